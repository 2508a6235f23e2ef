// What the supervisor and the worker of one or more services say to each other (parentPort and workerData of a thread, a pipe to a
// process); the mesh has ports of its own.
import type { MessagePort } from 'node:worker_threads'
import type { ServiceConfig } from '../api/app-config.ts'
import type { RecordMessage } from '../telemetry/record/record.ts'

/** workerData of src/runtimes/main.ts. The thread's process.env is the Worker's `env` option. */
export interface ThreadData {
  app: string
  /** The thread's name: that of its service, or of the thread that its services share. */
  name: string
  /** Unique over all services and the life of the pod. */
  worker: number
  /** At least one; more share this thread. They are loaded in this order. */
  services: HostedService[]
  /** Real path of the app's root. */
  root: string
  /** process.cwd(): the folder of the only service, or the app's root where several share the thread. */
  folder: string
  /** Shared page for this thread's metrics, Float64. */
  page: SharedArrayBuffer
  /** Services are served by their frameworks' development servers, where there are any. */
  isDevelopment: boolean
  /** For traces that begin in this service (work that no request asked for); absent: off. */
  tracing: { samplingRatio: number } | undefined
}

/** One service of a thread: a member of the mesh by itself, whoever else runs there. */
export interface HostedService {
  service: ServiceConfig
  /** Real path of the service's folder (or of the folder of its file). */
  folder: string
  /** Its number in the mesh's directory; that of the first service is the worker's. */
  endpoint: number
  mesh: MessagePort
  /** Waits for a debugger before its code runs. */
  waits?: true
}

/** Thread → supervisor. */
export type ThreadMessage =
  | RecordMessage
  /** Said once more, with hasServer true, by a background service that begins to listen after all. */
  | {
    type: 'ready'
    service: string
    runtime: string
    /** Why that runtime, for people: "package.json depends on fastify". */
    reason: string
    /** False for a background service, which no one can call. */
    hasServer: boolean
    /** Servers that did not join the mesh and stay on loopback: "127.0.0.1:9229". */
    otherServers: string[]
  }
  /** This service did not come to run, and with it none of those that share its thread, which ends now. */
  | { type: 'failed', service: string, error: ThreadError }
  /** Several services share the thread, and the code of this one ends it now: by process.exit(), or by an error that nobody caught. */
  | { type: 'ended', service: string }
  /** All callers agreed to go elsewhere and nothing is served: the thread ends itself now. */
  | { type: 'drained' }
  /** Its code, which begins with that file (absolute), is held until a debugger lets it run. */
  | { type: 'waits', service: string, file: string }
  /** The answer to a ping: the event loop turns. */
  | { type: 'pong' }
  /** What nobody needs is given back, as was asked for; it took that much processor time. */
  | { type: 'collected', tookMs: number }
  /** Jobs of the libuv pool that ended while they were counted. */
  | { type: 'poolJobs', jobs: number }

export interface ThreadError { code: string, message: string, hint: string, stack?: string }

/** Supervisor → thread. */
export type ThreadOrder =
  /** Finish what is in flight, run the service's own SIGTERM handlers, end. */
  | { type: 'drain' }
  /** Say `pong`: asked of a thread that is never idle. */
  | { type: 'ping' }
  /** Collect garbage now, and say `collected`: before this worker is held to be over its ceiling. */
  | { type: 'collect' }
  /** Count the jobs of the libuv pool that end within that time, and say `poolJobs`. */
  | { type: 'countPoolJobs', forMs: number }
