// The supervisor as a library: an app's services, gateway, mesh and admin server, run from this thread.
// src/supervisor/main.ts is its face in a container, `wattapp run` its face on a laptop.
import { realpath } from 'node:fs/promises'
import type { AppConfig, LogLevel } from '../api/app-config.ts'
import type { AppStatus, ExitReason } from '../api/app-status.ts'
import type { DevelopmentState } from '../gateway/thread.ts'
import type { LogRecord } from '../telemetry/logs/record.ts'
import { withCause } from '../base/error.ts'
import { setCollectorFlags } from './collector.ts'
import { checkAppConfig } from './config-shape.ts'
import { checkMemory } from './memory-fit.ts'
import { errors } from './errors.ts'
import type { Inspection } from './inspection.ts'
import type { ListenAddress } from './listen.ts'
import { Pod } from './pod.ts'
import { findPlaces } from './service-folder.ts'

export type { DevelopmentState, Trouble } from '../gateway/thread.ts'
export type { Inspection } from './inspection.ts'
export type { ListenAddress } from './listen.ts'

export interface SupervisorOptions {
  config: AppConfig
  /** The app's root: every service's real path lies inside it. */
  root: string
  /**
   * The variables of `service` whose values are files. Read again at each start of a worker, so that a rotated Secret reaches it.
   * @throws WattError when one that is not optional is missing
   */
  fileEnv: (service: string) => Record<string, string>
  /** metadata.name of the pod, for traces; absent outside of a cluster. */
  podName?: string
  /** What the container may have, where that is known; `config.memoryLimitBytes` is what was planned. */
  memoryLimitBytes?: number
  /** How many may compute at once. Default: what the operating system says, by its cores and the container's CPU limit. */
  cores?: number
  http: ListenAddress
  /** Absent: no admin server. */
  admin: ListenAddress | undefined
  /** What every service sees: PATH, HOME, LANG, NODE_ENV… (src/supervisor/environment.ts picks them). */
  baseEnv: Record<string, string>
  /** Gets every record, the supervisor's own and the services' output; telemetry/logs/sink.ts drops those below its level. */
  sink: (record: LogRecord) => void
  /** Gets records that are JSON lines already, many at once, all of that level; absent: `sink` gets them, one by one. */
  lines?: (level: LogLevel, lines: string) => void
  onEvent?: (event: SupervisorEvent) => void
  /**
   * Services run by their frameworks' development servers, where there are any; one that cannot start is not tried again before
   * `restart`. Default: false.
   */
  isDevelopment?: boolean
  /** Debuggers may attach to the services' workers. */
  inspection?: Inspection | undefined
}

/** What happened, for a person who looks on; the figures are in `status()`. */
export type SupervisorEvent =
  | { type: 'listening', url: string }
  /** A worker may be called from now on. */
  | { type: 'workerReady', service: string, worker: number, runtime: string, runtimeReason: string, startedInMs: number, otherServers: string[] }
  /** Not sent for workers that were told to stop. Without `retryInMs` it is not started again by itself. */
  | { type: 'workerExited', service: string, worker: number, reason: ExitReason, message: string, hint: string, stack?: string, retryInMs?: number, isCrashLoop: boolean }
  /** The load asks for more or fewer workers, within workers.min and workers.max. */
  | { type: 'workersScaled', service: string, from: number, to: number, reason: string }
  /** One is being replaced by another like it, against leaks (`recycle`), or since its health endpoint says so. */
  | { type: 'workerRecycled', service: string, worker: number, reason: string }
  | { type: 'ready' }
  | { type: 'notReady', causes: string[] }
  /** A live change is in force; one sentence a step. */
  | { type: 'configApplied', changes: string[], logLevel: LogLevel }
  | { type: 'configRefused', code: string, message: string, hint: string }
  | { type: 'draining' }
  /** A thread survived terminate(). More than one can not be borne: drain and exit 1. */
  | { type: 'threadAbandoned', service: string, worker: number, total: number }

export interface Supervisor extends AsyncDisposable {
  /** Of the gateway, e.g. http://127.0.0.1:8080 */
  readonly url: string
  readonly adminUrl?: string
  /** Resolves when each required service has had a ready worker, or cannot have one without help (crash loop, startTimeout). */
  readonly started: Promise<void>
  status: () => AppStatus
  /**
   * Puts the live part of `config` in force (config-diff.ts lists it), whole or not at all: resolves when each worker that had to be
   * replaced has been, and new requests are routed by it; or when all is again as it was, since a service did not become ready.
   * That, and what needs a new pod, is told in `status().configError`.
   * @throws WattError when it is no valid app config; the one before stays in force
   */
  apply: (config: AppConfig) => Promise<void>
  /**
   * Other workers for `service` (and for those that share its thread), since its files have changed: the ones at hand are called no
   * more from now on, and requests wait for the new ones. Resolves when those begin to start; nothing to do for one that is unknown.
   */
  restart: (service: string) => Promise<void>
  /** In development: what browsers are shown in place of answers that services cannot give. */
  tellBrowsers: (states: DevelopmentState[]) => void
  /**
   * The container may have another amount of memory from now on: the workers' ceilings follow in proportion, by replacing workers
   * one by one. Resolves when they do; what cannot be is told in `status().memory`.
   */
  resize: (memoryLimitBytes: number) => Promise<void>
  /** What is said of a config that cannot even be read; cleared by the next `apply`. */
  refuse: (error: { code: string, message: string, hint: string }) => void
  /**
   * Ordered leaving: not ready, drainDelay, gateway, services in reverse order of their dependencies. Resolves when all is over.
   * A second call skips the delay, a third what is in flight.
   */
  drain: () => Promise<void>
  /** Ends everything at once. */
  close: () => Promise<void>
}

/**
 * Resolves when the gateway listens: requests are held from then on for services that still start.
 * @throws WattError when the config cannot be run or a port cannot be had; nothing is left running then
 */
export async function startSupervisor (options: SupervisorOptions): Promise<Supervisor> {
  const { services } = checkAppConfig(options.config)
  checkMemory(options.config, options.memoryLimitBytes)
  setCollectorFlags()
  const root = await realpath(options.root).catch((thrown: unknown) => { throw withCause(errors.WATT_ROOT_MISSING(options.root), thrown) })
  const pod = new Pod(options, await findPlaces(services, root))
  try {
    await pod.start()
  } catch (thrown) {
    await pod.close()
    throw thrown
  }
  return pod
}
