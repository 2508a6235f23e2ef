// What a pod says of itself at `GET /api/v1/status` on the admin port: read by the operator and the CLI. No stack traces.

export type WorkerState = 'starting' | 'ready' | 'unhealthy' | 'draining' | 'backoff' | 'crashLoop' | 'stopped'

/** Why a worker last ended: a closed set, also the `reason` label of wattapp_worker_restarts_total. */
export type ExitReason = 'error' | 'exit' | 'signal' | 'memory' | 'blocked' | 'health' | 'startTimeout' | 'startFailed' | 'stopped'

export interface WorkerStatus {
  /** Never reused within the life of the pod. */
  id: number
  state: WorkerState
  restarts: number
  /** Event loop utilization over the last sample, 0 to 1 */
  eventLoopUtilization: number
  heapUsedBytes: number
  externalBytes: number
  /** How long the event loop has not turned, or the longest delay over the last second, in milliseconds */
  eventLoopDelayMs: number
  /** Of a process: its resident memory. */
  residentBytes?: number
}

export interface ServiceStatus {
  name: string
  isolation: 'thread' | 'process'
  /** The thread that it shares with others: `workers` and `restarts` are that thread's. */
  thread?: string
  runtime: string
  /** Why that runtime was chosen, for people. */
  runtimeReason: string
  workers: WorkerStatus[]
  /** Workers asked for. */
  desired: number
  ready: number
  restarts: number
  required: boolean
  memoryBytes: number
  /** Last reason and one-line message, for people; empty while all is well. */
  lastExit?: { reason: ExitReason, message: string, at: string }
  message: string
  /** Servers of this service that stayed on loopback, e.g. ["127.0.0.1:9229"]. */
  otherServers: string[]
}

/** Of the container as a whole. */
export interface PodMemoryStatus {
  /** Absent: none is known. */
  limitBytes?: number
  residentBytes: number
  /** Resident, and in no worker's figures: SharedArrayBuffers, WebAssembly, native code */
  unaccountedBytes: number
  /** For people; empty while all is well. */
  message: string
}

export interface AppStatus {
  app: string
  version: string
  /** sha256 (hex, 16 characters) of the app config in force. */
  configHash: string
  /** Set while the app config on disk cannot be applied; the one before it stays in force. */
  configError?: { code: string, message: string }
  ready: boolean
  /** Why not, one sentence a cause. */
  notReady: string[]
  draining: boolean
  startedAt: string
  /** Absent: the pod's supervisor is older. */
  memory?: PodMemoryStatus
  services: ServiceStatus[]
}
