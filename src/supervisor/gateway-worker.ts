// One thread of the gateway, supervised like any worker: it comes back on the port that it had.
import type { DevelopmentState, GatewayConfig, GatewayData, GatewayOrder } from '../gateway/thread.ts'
import type { Clock } from '../base/clock.ts'
import { WattError } from '../base/error.ts'
import { errors } from './errors.ts'
import type { StartedThread, Start } from './threads.ts'
import { SupervisedWorker, type WorkerExit } from './worker.ts'
import type { WorkerPolicy } from './worker-state.ts'

export interface GatewayPorts {
  clock: Clock
  random: () => number
  start: (start: Start) => StartedThread
  env: Record<string, string>
  isDevelopment?: boolean
  /** Before its first request. */
  listens: (port: number) => void
  /** Whole log records of the gateway, one JSON object a line. */
  accessLog: (lines: string) => void
  exited: (exit: WorkerExit) => void
  changed: () => void
}

export type Place = Pick<GatewayData, 'app' | 'host' | 'port' | 'reusePort'>

/** Without a gateway the pod is out of service: it is tried often, for as long as the pod lives. */
const restart = { initialMs: 5, maxMs: 2_000, limit: 5, windowMs: 60_000 }
const startTimeoutMs = 30_000
/** No code of users runs there: a loop that stands still for so long is a fault of ours. */
const blockedTimeoutMs = 10_000
const memoryBytes = 256 * 2 ** 20
/** The gateway cuts what is late by itself; this is for one that cannot. */
const drainSlackMs = 500

export class GatewayWorker {
  /** The port that it got. Rejects with the gateway's error when its first thread ends before it listens. */
  readonly listening: Promise<number>
  readonly #place: Place
  readonly #ports: GatewayPorts
  readonly #policy: WorkerPolicy
  readonly #worker: SupervisedWorker
  #config: GatewayConfig
  #states: DevelopmentState[] = []
  #thread: StartedThread | undefined
  #configured: Array<() => void> = []
  #stopped: Array<() => void> = []

  constructor (place: Place, config: GatewayConfig, drainTimeoutMs: number, ports: GatewayPorts) {
    this.#place = { ...place }
    this.#config = config
    this.#ports = ports
    this.#policy = { restart, startTimeoutMs, drainTimeoutMs: drainTimeoutMs + drainSlackMs }
    let tellPort = (_: number): void => {}
    let tellFailure = (_: WattError): void => {}
    this.listening = new Promise((resolve, reject) => {
      tellPort = resolve
      tellFailure = reject
    })
    this.#worker = new SupervisedWorker(this.#policy, {
      clock: ports.clock,
      random: ports.random,
      spawn: (hear) => {
        const { start, env } = this.#ports
        const thread = start({
          kind: 'gateway',
          name: 'gateway',
          services: ['gateway'],
          memoryBytes,
          blockedTimeoutMs,
          env,
          argv: [],
          data: ([endpoint]) => ({ ...this.#place, config: this.#config, mesh: endpoint?.mesh, ...(ports.isDevelopment === true && { development: this.#states }) }),
          hear,
          message: (message) => {
            if (message.type === 'listening') {
              this.#place.port = message.port
              ports.listens(message.port)
              hear('started')
              tellPort(message.port)
            }
            if (message.type === 'accessLog') ports.accessLog(message.lines)
            if (message.type === 'configured') this.#configured.shift()?.()
            if (message.type === 'drained') thread.terminate()
          }
        })
        const retire: GatewayOrder = { type: 'drain', timeoutMs: drainTimeoutMs }
        this.#thread = { ...thread, retire: () => thread.post(retire) }
        return this.#thread
      },
      // It calls, and is not called: there is nothing to admit.
      admit: () => {},
      expel: () => {},
      exited: (exit) => {
        this.#thread = undefined
        // Its successor starts with the config at hand.
        this.#configured.splice(0).forEach((resolve) => resolve())
        ports.exited(exit)
        tellFailure(startError(exit))
      },
      changed: () => {
        if (this.#worker.life.state === 'stopped') this.#stopped.splice(0).forEach((resolve) => resolve())
        ports.changed()
      }
    })
  }

  get isListening (): boolean {
    return this.#worker.life.state === 'ready'
  }

  /** Resolves when every request from then on is routed by `config`. */
  configure (config: GatewayConfig): Promise<void> {
    this.#config = config
    const thread = this.#thread
    if (thread === undefined) return Promise.resolve()
    const order: GatewayOrder = { type: 'configure', config }
    return new Promise((resolve) => {
      this.#configured.push(resolve)
      thread.post(order)
    })
  }

  /** What browsers are shown of services in development. */
  develop (states: DevelopmentState[]): void {
    this.#states = states
    const order: GatewayOrder = { type: 'develop', states }
    this.#thread?.post(order)
  }

  /** Resolves when the last answer is out, or the time is up. */
  drain (): Promise<void> {
    return new Promise((resolve) => {
      if (this.#worker.life.state === 'stopped') return resolve()
      this.#stopped.push(resolve)
      this.#worker.drain()
    })
  }

  kill (): void {
    this.#worker.kill()
  }
}

/** The gateway's own words, where it has said any. */
function startError ({ code, message, hint = '' }: WorkerExit): WattError {
  return code === undefined ? errors.WATT_GATEWAY_FAILED(message) : new WattError(code, 500, message, hint)
}
