// What the supervisor and the gateway's thread say to each other; the mesh has a port of its own.
import type { MessagePort } from 'node:worker_threads'
import type { GatewaySettings, RouteConfig } from '../api/app-config.ts'
import type { RecordMessage } from '../telemetry/record/record.ts'

export interface GatewayRoute extends RouteConfig { service: string }

/** What may change while it runs. */
export interface GatewayConfig {
  routes: GatewayRoute[]
  tracing: { samplingRatio: number } | undefined
  /** Addresses and CIDRs; absent: nobody in front is believed. */
  trustedProxies?: string[]
  timeouts?: GatewayTimeouts
  /** One log record a request. */
  accessLog?: boolean
}

export type GatewayTimeouts = GatewaySettings['timeouts']

/** In development: why a service does not answer, for the one who writes it. Says nothing of secrets. */
export interface Trouble {
  /** An ExitReason. */
  reason: string
  message: string
  /** Empty: there is none. */
  hint: string
  /** "api/index.js:3:9" */
  place?: string
  /** The code around it. */
  frame?: string
  /** Its own frames, a line each. */
  stack?: string
}

/** In development, of one service. A new revision: its files have changed, and what came of that is known. */
export interface DevelopmentState { service: string, revision: number, trouble?: Trouble }

/** workerData of src/gateway/main.ts. */
export interface GatewayData {
  app: string
  worker: number
  host: string
  /** 0 picks a free one. */
  port: number
  /** Other threads listen on the same port; the kernel shares the connections out. */
  reusePort?: boolean
  config: GatewayConfig
  /** Absent in production. */
  development?: DevelopmentState[]
  mesh: MessagePort
  page: SharedArrayBuffer
}

/** Thread → supervisor. */
export type GatewayMessage =
  | RecordMessage
  /** Whole log records, one JSON object a line. */
  | { type: 'accessLog', lines: string }
  | { type: 'listening', host: string, port: number }
  /** It could not listen, or lost its listener. */
  | { type: 'failed', error: { code: string, message: string, hint: string } }
  /** `configure` is in force for every request that came after it. */
  | { type: 'configured' }
  /** The listener is closed and the last answer is out. */
  | { type: 'drained' }
  /** The answer to a ping: the event loop turns. */
  | { type: 'pong' }

/** Supervisor → thread. */
export type GatewayOrder =
  | { type: 'configure', config: GatewayConfig }
  /** Only to one that was started for development. */
  | { type: 'develop', states: DevelopmentState[] }
  /** Close idle connections with `Connection: close` on their next answer, close the listener, finish what is in flight. */
  | { type: 'drain', timeoutMs: number }
  /** Say `pong`: asked of a thread that is never idle. */
  | { type: 'ping' }
