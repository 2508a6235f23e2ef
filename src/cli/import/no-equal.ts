// Fields of Watt 3.67 that a WattApp has no equal for, each with the reason and what to do: rows of docs/migrating-from-watt.md. Pure.
import { isObject } from '../../api/defaults.ts'
import type { Unequal } from '../draft/draft.ts'
import type { Fields } from '../draft/loose.ts'

/** `here`: it is read, or needs nothing because WattApp does it anyway. */
export type Verdict = 'here' | readonly [reason: string, remedy: string]
export type Verdicts = Readonly<Record<string, Verdict>>

const wholePod = "put what is meant for the whole process into the image's ENV"
const ownLogger: Verdict = ["log levels are the app's, or the service's own logger's", 'set observability.logs.level, or the level in the service']
const sourceMaps: Verdict = ['stack traces are as Node gives them', "put NODE_OPTIONS=--enable-source-maps into the image's ENV"]
const build = (what: string): Verdict => [`${what} is part of the build`, "make it the build script of the service's package.json"]

export const runtimeFields: Verdicts = {
  $schema: 'here',
  module: 'here',
  entrypoint: 'here',
  basePath: 'here',
  autoload: 'here',
  applications: 'here',
  services: 'here',
  web: 'here',
  application: 'here',
  workers: 'here',
  verticalScaler: 'here',
  startTimeout: 'here',
  health: 'here',
  env: 'here',
  resolvedApplicationsBasePath: 'here',
  // Names of version 2.
  resolvedServicesBasePath: 'here',
  allowCycles: 'here',
  hotReload: 'here',
  // The supervisor starts services side by side, and shares ports by itself.
  reuseTcpPorts: 'here',
  startupConcurrency: 'here',
  // Of `wattpm dev` alone.
  watch: 'here',
  inspectorOptions: 'here',
  // Watt sets its own value in production.
  restartOnError: 'here',
  logger: 'here',
  server: 'here',
  metrics: 'here',
  telemetry: 'here',
  gracefulShutdown: 'here',
  healthProbes: ['the pod has /livez, /readyz and /startupz on its admin port, and the operator writes the probes', 'nothing; point checks of your own at port 9464'],
  managementApi: 'here',
  envfile: ['there is no file of variables: what a service sees is in its `env`', 'write its variables into `env`, secrets as valueFrom'],
  preload: ['nothing is loaded before a service', "import it at the top of each service's entry"],
  extensions: ['no code of an app runs in the supervisor', 'make it a service of its own'],
  workersRestartDelay: ['workers are replaced one after the other, each when the one before is ready', 'nothing'],
  exitOnUnhandledErrors: ['an unhandled error ends the worker alone, and it is started again', 'handle the error; see restart'],
  undici: ['the HTTP client of a service is its own', 'set a dispatcher in the service; calls by name go over the mesh all the same'],
  httpCache: ['responses are not cached on the mesh', 'cache in the service that calls, such as with the cache interceptor of undici'],
  management: ['services cannot steer the pod', 'use kubectl and `wattapp status`'],
  applicationTimeout: ['a call over the mesh has no timeout of its own', 'set gateway.timeouts.backendRequest for requests from outside, and AbortSignal.timeout() in the caller'],
  serviceTimeout: ['a call over the mesh has no timeout of its own', 'set gateway.timeouts.backendRequest for requests from outside, and AbortSignal.timeout() in the caller'],
  messagingTimeout: ['there is no messaging beside HTTP', 'call the other service by name: http://ID.plt.local'],
  strictEnv: ['a variable from a Secret that is not there holds the pod back, and says so', 'nothing'],
  sourceMaps,
  nodeModulesSourceMaps: sourceMaps,
  scheduler: ['schedules come with a later version', 'let a Kubernetes CronJob call the path at the app\'s Service for now'],
  policies: ['every service may call every other, yet', 'refuse callers in the service for now'],
  compileCache: ['the compile cache is the process\'s, and the file system of the pod is read-only', "put NODE_COMPILE_CACHE=/tmp/cache into the image's ENV"]
}

export const applicationFields: Verdicts = {
  id: 'here',
  enabled: 'here',
  path: 'here',
  config: 'here',
  url: 'here',
  workers: 'here',
  dependencies: 'here',
  arguments: 'here',
  env: 'here',
  envfile: 'here',
  restartOnError: 'here',
  // The mesh carries HTTP and WebSockets for every client: no port is needed.
  useHttp: 'here',
  websocket: 'here',
  reuseTcpPorts: 'here',
  packageManager: 'here',
  health: 'here',
  gitBranch: ['the code of a service is a folder of the app: nothing is fetched', 'fetch it where the image is built'],
  sourceMaps,
  nodeModulesSourceMaps: sourceMaps,
  preload: ['nothing is loaded before a service', "import it at the top of the service's entry"],
  nodeOptions: ['a worker has no options of Node.js of its own', wholePod],
  execArgv: ['a worker has no options of Node.js of its own', wholePod],
  permissions: ['services of one pod share its file system', 'make the service an app of its own where it must not read the others\' files'],
  telemetry: ['hops between services are traced without instrumentation; what happens inside a service is its own', 'load the instrumentation in the entry'],
  compileCache: ['the compile cache is the process\'s, and the file system of the pod is read-only', "put NODE_COMPILE_CACHE=/tmp/cache into the image's ENV"],
  management: ['services cannot steer the pod', 'use kubectl and `wattapp status`'],
  logger: ownLogger
}

export const workersFields: Verdicts = {
  static: 'here',
  dynamic: 'here',
  minimum: 'here',
  maximum: 'here',
  total: ['workers are bounded for each service', "set max so that the services' sum is not above it"],
  maxMemory: ['the sum of workers and their memory is checked against podTemplate.resources', 'set podTemplate.resources.limits.memory'],
  cooldown: ['the scaler waits by itself', 'nothing'],
  gracePeriod: ['the scaler waits by itself', 'nothing'],
  scaleUpELU: ['the scaler has targets of its own', 'nothing'],
  scaleDownELU: ['the scaler has targets of its own', 'nothing']
}

const blocked: Verdict = ['a worker is replaced when its event loop has not turned for health.blockedTimeout (10s), whatever its utilization', 'set health.blockedTimeout, or health.path for a question of your own']
const memory: Verdict = ['one ceiling holds for heap and Buffers together', 'set `memory`']
const pool: Verdict = ['Node\'s own size is kept', 'nothing']

export const healthFields: Verdicts = {
  maxHeapTotal: 'here',
  enabled: ['a blocked loop and too much memory are always seen', 'set health.blockedTimeout: 1h to let a loop block'],
  interval: blocked,
  gracePeriod: blocked,
  maxUnhealthyChecks: blocked,
  maxELU: blocked,
  maxEventLoopDelay: blocked,
  maxEventLoopDelayP99: blocked,
  maxHeapUsed: memory,
  maxYoungGeneration: memory,
  codeRangeSize: memory,
  bufferPoolSize: pool,
  defaultHighWaterMark: pool
}

export const loggerFields: Verdicts = {
  level: 'here',
  transport: ['logs are JSON lines on standard output', 'collect them from there'],
  pipeline: ['logs are JSON lines on standard output', 'collect them from there'],
  formatters: ['log lines have fixed fields, and those of the service', "format in the service's own logger"],
  timestamp: ['time is ISO 8601', 'nothing'],
  redact: ['nothing is redacted yet', "redact in the services' own loggers for now"],
  base: ['log lines have fixed fields, and those of the service', "add fields in the service's own logger"],
  messageKey: ['the message is in msg', 'nothing'],
  customLevels: ['levels are trace, debug, info, warn, error and fatal', 'use one of these'],
  openTelemetryExporter: ['logs are JSON lines on standard output', 'let a collector read them from there'],
  captureStdio: 'here'
}

export const serverFields: Verdicts = {
  // The gateway listens on 8080 of the pod, whatever a program says.
  hostname: 'here',
  port: 'here',
  portAssignment: ['workers have no ports', 'nothing'],
  backlog: ['the gateway has the system\'s backlog', 'nothing'],
  http2: ['the gateway speaks HTTP/1.1', 'let the ingress speak HTTP/2 to clients'],
  https: ['TLS ends in front of the pod', "put the certificate into an Ingress or Gateway that leads to the app's Service"]
}

export const metricsFields: Verdicts = {
  enabled: 'here',
  // Always there: port 9464, path /metrics.
  port: 'here',
  hostname: 'here',
  endpoint: 'here',
  timeout: 'here',
  healthChecksTimeouts: 'here',
  https: ['the admin port speaks plain HTTP, inside of the cluster', 'bound it by a NetworkPolicy'],
  auth: ['the admin port asks nobody', 'bound it by a NetworkPolicy'],
  labels: ['labels are fixed: app, service, route and status', 'add labels where Prometheus scrapes (relabelings)'],
  applicationLabel: ['the label is `service`', 'rename it where Prometheus scrapes (metricRelabelings)'],
  httpClientMetrics: ['calls between services are measured at the caller; those elsewhere are not', 'measure them in the service'],
  readiness: ['the pod has /readyz, and says in it what is not ready', 'nothing'],
  liveness: ['the pod has /livez', 'nothing'],
  plugins: ['no code of an app runs in the supervisor', 'nothing'],
  otlpExporter: ['metrics are scraped, not sent', 'let a collector scrape port 9464'],
  opentelemetry: ['metrics are scraped, not sent', 'let a collector scrape port 9464'],
  httpCustomLabels: ['labels are fixed, so that they stay bounded', 'log the header instead']
}

export const telemetryFields: Verdicts = {
  enabled: 'here',
  exporter: 'here',
  applicationName: ['spans carry the name of the service', 'nothing'],
  serviceName: ['spans carry the name of the service', 'nothing'],
  version: ['spans carry no version', 'add it in the collector'],
  skip: ['every request is sampled alike', 'drop spans in the collector, or lower samplingRatio'],
  diagLogger: ['what goes wrong with exporting is logged', 'nothing']
}

export const gracefulShutdownFields: Verdicts = {
  application: 'here',
  // Its name in version 2.
  service: 'here',
  // Follows from drainDelay and the longest drainTimeout.
  runtime: 'here',
  closeConnections: 'here'
}

/** Of an application's own file. */
export const configFields: Verdicts = {
  $schema: 'here',
  module: 'here',
  basePath: 'here',
  watch: 'here',
  // Read by Watt only when the application runs alone.
  runtime: 'here',
  server: 'here',
  application: 'here',
  node: 'here',
  // Told as a whole where the framework is.
  service: 'here',
  db: 'here',
  migrations: 'here',
  plugins: 'here',
  types: 'here',
  clients: 'here',
  gateway: 'here',
  composer: 'here',
  php: 'here',
  next: 'here',
  astro: 'here',
  vite: 'here',
  remix: 'here',
  reactRouter: 'here',
  nest: 'here',
  logger: ownLogger,
  telemetry: ['tracing is the app\'s', 'set observability.tracing'],
  metrics: ['every service is measured', 'nothing'],
  cache: 'here'
}

const frontend: Verdict = ["the framework's own configuration holds", "write it into the framework's own configuration"]

/** Sections of an application's own file, by name. */
export const frameworkSections: Readonly<Record<string, Verdicts>> = {
  application: {
    basePath: 'here',
    outputDirectory: 'here',
    include: 'here',
    entrypointPort: 'here',
    commands: 'here',
    changeDirectoryBeforeExecution: 'here',
    preferLocalCommands: 'here',
    processSpawner: 'here'
  },
  node: {
    main: 'here',
    absoluteUrl: 'here',
    hasServer: 'here',
    dispatchViaHttp: 'here',
    disablePlatformaticInBuild: 'here',
    disableBuildInDevelopment: 'here'
  },
  'application.commands': { production: 'here', development: 'here', install: build('the install command'), build: build('the build command') },
  next: { trailingSlash: frontend, standalone: 'here', https: 'here', useExperimentalAdapter: 'here', imageOptimizer: ['the framework optimises images in its own worker', 'nothing'] },
  cache: {
    enabled: 'here',
    adapter: 'here',
    url: 'here',
    cacheComponents: 'here',
    ignoreNextConfig: 'here',
    prefix: ['keys begin with `wattapp:next:` and the name of the service', 'nothing'],
    maxTTL: ['an entry is kept as long as its `revalidate` says, 30 days at most', 'nothing'],
    remote: ['one server keeps pages and components alike', 'nothing']
  },
  vite: { configFile: frontend, devServer: 'here', ssr: frontend, notFoundHandler: 'here' },
  astro: { configFile: frontend, port: 'here' },
  remix: { viteConfigFile: frontend },
  nest: { adapter: 'here', appModule: 'here' }
}

/** What of `fields` has no equal: by the table, and what the table does not know. */
export function unequalFields (fields: Fields, verdicts: Verdicts, prefix: string): Unequal[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const verdict = Object.hasOwn(verdicts, field) ? verdicts[field] : undefined
    if (verdict === 'here' || value === undefined || value === null) return []
    const [reason, remedy] = verdict ?? ['this field is not known here', 'see docs/migrating-from-watt.md, or leave it out']
    // Nobody's password gets into a report.
    return [{ path: `${prefix}${field}`, value: field === 'auth' || field === 'https' ? isObject(value) ? '(not shown)' : value : value, reason, remedy }]
  })
}
