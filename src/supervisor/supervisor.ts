// The supervisor as a library: an app's services, gateway, mesh and admin server, run from this thread.
// src/supervisor/main.ts is its face in a container, `wattapp run` its face on a laptop.
import type { AppConfig, LogLevel } from '../api/app-config.ts'
import type { AppStatus, ExitReason } from '../api/app-status.ts'
import type { LogSink } from './log-record.ts'

export interface ListenAddress {
  host: string
  /** 0 picks a free one. */
  port: number
}

export interface SupervisorOptions {
  config: AppConfig
  /** The app's root: every service's real path lies inside it. */
  root: string
  /**
   * The variables of `service` whose values are files. Read again at each start of a worker, so that a rotated Secret reaches it.
   * @throws WattError when one that is not optional is missing
   */
  fileEnv: (service: string) => Record<string, string>
  http: ListenAddress
  /** Absent: no admin server. */
  admin: ListenAddress | undefined
  /** What every service sees: PATH, HOME, LANG, NODE_ENV… (src/supervisor/environment.ts picks them). */
  baseEnv: Record<string, string>
  sink: LogSink
  onEvent?: (event: SupervisorEvent) => void
}

/** What happened, for a person who looks on; the figures are in `status()`. */
export type SupervisorEvent =
  | { type: 'listening', url: string }
  /** A worker may be called from now on. */
  | { type: 'workerReady', service: string, worker: number, runtime: string, runtimeReason: string, startedInMs: number, otherServers: string[] }
  /** Not sent for workers that were told to stop. */
  | { type: 'workerExited', service: string, worker: number, reason: ExitReason, message: string, hint: string, retryInMs: number, isCrashLoop: boolean }
  | { type: 'ready' }
  | { type: 'notReady', causes: string[] }
  /** A live change is in force; one sentence a step. */
  | { type: 'configApplied', changes: string[], logLevel: LogLevel }
  | { type: 'configRefused', code: string, message: string, hint: string }
  | { type: 'draining' }
  /** More threads survived terminate() than can be borne: the caller should drain and exit 1. */
  | { type: 'threadAbandoned', service: string, worker: number, total: number }

export interface Supervisor extends AsyncDisposable {
  /** Of the gateway, e.g. http://127.0.0.1:8080 */
  readonly url: string
  readonly adminUrl?: string
  status: () => AppStatus
  /**
   * Makes the live part of `config` the one in force (routes, worker counts, log level, environment of workers to come); resolves when it is.
   * The rest waits for a new pod, and is said so in a `configApplied` event and the log.
   * @throws WattError when it cannot be applied; the one before stays in force
   */
  apply: (config: AppConfig) => Promise<void>
  /** Ordered leaving (not ready, drainDelay, gateway, services in reverse order of their dependencies). A second call skips the delay. */
  drain: () => Promise<void>
  /** Ends everything at once. */
  close: () => Promise<void>
}

/**
 * Resolves when the gateway listens and every `required` service has had a ready worker, or when none of those that have not can
 * get further without help (each is in crash loop): the supervisor then keeps trying, as in a pod.
 * @throws WattError when the config cannot be run or a port cannot be had; nothing is left running then
 */
export declare function startSupervisor (options: SupervisorOptions): Promise<Supervisor>
