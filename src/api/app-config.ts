// What the operator (or `wattapp run`) hands the supervisor: one `app.json`, everything defaulted, in plain numbers.
// It carries a schema version: an older supervisor refuses by name what it cannot honour.

export const appConfigVersion = 1

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The runtimes that this version can serve. Frameworks that need a build come as rows of src/runtimes. */
export type RuntimeName = 'node' | 'fastify' | 'express' | 'koa' | 'fetch' | 'nest' | 'next' | 'astro' | 'react-router' | 'remix' | 'vite' | 'static'

export interface AppConfig {
  version: typeof appConfigVersion
  /** metadata.name of the WattApp */
  app: string
  /** metadata.namespace; empty on a laptop */
  namespace: string
  services: ServiceConfig[]
  gateway: GatewaySettings
  logs: {
    level: LogLevel
    /** One line for each request from outside. */
    access: boolean
  }
  /** Absent: no traces leave the pod. */
  tracing?: TracingConfig
  /** After SIGTERM: not ready, still accepting, for this long. */
  drainDelayMs: number
  /** The container's memory limit as the manifest has it; absent: none, and nothing is held against it (memory-plan.ts). */
  memoryLimitBytes?: number
  /** Hash of the code of a ConfigMap source; new code for the same pods is told by another one. */
  sourceHash?: string
}

export interface GatewaySettings {
  /** Gateway threads that accept connections on the one port. */
  threads: number
  /** Addresses and CIDRs of proxies in front whose Forwarded and X-Forwarded-* fields are believed (RFC 7239 §8.1). */
  trustedProxies: string[]
  timeouts: {
    /** From the whole request head to the service's response head; then 504. 0: no limit. */
    backendRequestMs: number
    /** Silence in the middle of a body, either way; then the exchange is cut. 0: no limit. */
    idleMs: number
  }
}

export interface TracingConfig {
  /** OTLP/HTTP base URL, e.g. http://collector:4318 (OTEL_EXPORTER_OTLP_ENDPOINT; `/v1/traces` is appended) */
  endpoint: string
  /** Share of traces begun here that are sampled, 0 to 1; a sampled parent from outside is always followed. */
  samplingRatio: number
}

export interface RouteConfig {
  /** `*`, an exact host name, or `*.example.com` (Gateway API hostname matching) */
  host: string
  /** Begins with `/`; matches whole path segments (Gateway API PathPrefix) */
  pathPrefix: string
  /** Replaces the matched prefix (Gateway API ReplacePrefixMatch); absent: the path is passed as it came. */
  rewrite?: string
}

export interface ServiceConfig {
  name: string
  /** Folder or file, relative to the app's root. */
  path: string
  /** Absent: found from package.json and the module's exports. */
  runtime?: RuntimeName
  /** File inside `path` to load, instead of package.json `main`/`exports`/`index.*`. */
  entry?: string
  /** process.argv after the entry. */
  args: string[]
  /** Which of several listening servers joins the mesh. */
  port?: number
  routes: RouteConfig[]
  /** Bounds of the number of workers; between them it follows event loop utilization. */
  workers: { min: number, max: number }
  /** What a worker is: a thread of the pod's one process, or a child process. */
  isolation: 'thread' | 'process'
  /** Services that name the same thread share each of their workers. Only with isolation `thread`. */
  thread?: string
  /** What one worker may hold, in bytes: heap plus external memory (Buffers) of a thread, resident memory of a process. */
  memoryBytes: number
  /** Literal variables of this service alone. */
  env: Record<string, string>
  /** Variables whose values are files `<envDir>/<service>/<NAME>` (from Secrets and ConfigMaps), in this service's env alone. */
  fileEnv: Array<{ name: string, optional: boolean }>
  dependsOn: string[]
  /** The pod is not ready before this service has had a ready worker. */
  required: boolean
  health: HealthConfig
  restart: RestartConfig
  /** Rolling replacement against leaks; absent: off. */
  recycle?: { maxAgeMs?: number, maxRequests?: number }
  startTimeoutMs: number
  drainTimeoutMs: number
}

export interface HealthConfig {
  /** A worker whose loop has not turned for this long is replaced. */
  blockedTimeoutMs: number
  /** Asked of each worker over the mesh; absent: nothing is asked. */
  endpoint?: {
    /** 2xx and 3xx are healthy (as Kubernetes' httpGet probes). */
    path: string
    intervalMs: number
    timeoutMs: number
    /** So many failures in a row make a worker unhealthy. */
    failureThreshold: number
  }
}

export interface RestartConfig {
  initialMs: number
  maxMs: number
  /** More exits than this within the window are a crash loop (Erlang/OTP intensity). */
  limit: number
  windowMs: number
}
