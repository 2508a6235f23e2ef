// What the operator (or `wattapp run`) hands the supervisor: one `app.json`, everything defaulted, in plain numbers.
// It carries a schema version: an older supervisor refuses by name what it cannot honour.

export const appConfigVersion = 1

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The runtimes that this version can serve. Frameworks that need a build come as rows of src/runtimes. */
export type RuntimeName = 'node' | 'fastify' | 'express' | 'koa' | 'fetch' | 'static'

export interface AppConfig {
  version: typeof appConfigVersion
  /** metadata.name of the WattApp */
  app: string
  /** metadata.namespace; empty on a laptop */
  namespace: string
  services: ServiceConfig[]
  logs: { level: LogLevel }
  /** Absent: no traces leave the pod. */
  tracing?: TracingConfig
  /** After SIGTERM: not ready, still accepting, for this long. */
  drainDelayMs: number
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
  /** Number of worker threads. */
  workers: number
  /** What one worker may hold: heap plus external memory (Buffers), in bytes. */
  memoryBytes: number
  /** Literal variables of this service alone. */
  env: Record<string, string>
  /** Variables whose values are files `<envDir>/<service>/<NAME>` (from Secrets and ConfigMaps), in this service's env alone. */
  fileEnv: Array<{ name: string, optional: boolean }>
  dependsOn: string[]
  /** The pod is not ready before this service has had a ready worker. */
  required: boolean
  restart: RestartConfig
  startTimeoutMs: number
  drainTimeoutMs: number
}

export interface RestartConfig {
  initialMs: number
  maxMs: number
  /** More exits than this within the window are a crash loop (Erlang/OTP intensity). */
  limit: number
  windowMs: number
}
