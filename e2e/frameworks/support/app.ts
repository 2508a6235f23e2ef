// One WattApp in this process, from its parts: what `wattapp run` starts, with its records and events for a test to look at.
import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { AppConfig, ServiceConfig } from '../../../src/api/app-config.ts'
import { startSupervisor, type Supervisor, type SupervisorEvent } from '../../../src/supervisor/supervisor.ts'
import type { LogRecord } from '../../../src/telemetry/logs/record.ts'

/** `workers`: how many. `prefix`: its one route, the path as browsers have it. */
export interface AppService extends Partial<Omit<ServiceConfig, 'workers' | 'name'>> { workers?: number, prefix?: string }

export interface AppOptions {
  /** The app's root; paths of services are relative to it. */
  root: string
  services: Readonly<Record<string, AppService>>
  /** By the frameworks' development servers. Default: what was built. */
  isDevelopment?: boolean
  /** What all services see, beside PATH, HOME and NODE_ENV. */
  env?: Readonly<Record<string, string>>
  port?: number
}

export interface RunningApp extends AsyncDisposable {
  url: string
  supervisor: Supervisor
  events: SupervisorEvent[]
  records: LogRecord[]
  /** Every record's text, for messages of failed assertions and for searching. */
  log: () => string
  /** Resolves once `is` says so; asked again whenever something is told. */
  until: (is: () => boolean) => Promise<void>
  /** Of the public port; redirects are not followed. */
  get: (path: string, init?: RequestInit) => Promise<Response>
}

/** Resolves when every service with a route has had a ready worker. @throws with the log, when one fails to start */
export async function startApp ({ root, services, isDevelopment = false, env = {}, port = 0 }: AppOptions): Promise<RunningApp> {
  const events: SupervisorEvent[] = []
  const records: LogRecord[] = []
  const told = new EventEmitter().setMaxListeners(0)
  const config: AppConfig = {
    version: 1,
    app: 'frameworks',
    namespace: 'default',
    services: Object.entries(services).map(([name, fields]) => serviceConfig(name, fields)),
    gateway: { threads: 1, trustedProxies: [], timeouts: { backendRequestMs: 60_000, idleMs: 300_000 } },
    logs: { level: 'info', access: false },
    drainDelayMs: 0
  }
  const supervisor = await startSupervisor({
    config,
    root,
    isDevelopment,
    fileEnv: () => ({}),
    http: { host: '127.0.0.1', port },
    admin: { host: '127.0.0.1', port: 0 },
    baseEnv: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_ENV: isDevelopment ? 'development' : 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      ASTRO_TELEMETRY_DISABLED: '1',
      ...env
    },
    sink (record) {
      records.push(record)
      told.emit('told')
    },
    onEvent (event) {
      events.push(event)
      told.emit('told')
    }
  })
  const app: RunningApp = {
    url: supervisor.url,
    supervisor,
    events,
    records,
    log: () => records.map((record) => JSON.stringify(record)).join('\n'),
    async until (is) {
      while (!is()) await once(told, 'told')
    },
    get: (path, init) => fetch(supervisor.url + path, { redirect: 'manual', ...init }),
    [Symbol.asyncDispose]: () => supervisor.close()
  }
  const failed = app.until(() => events.some(({ type }) => type === 'workerExited')).then(() => false)
  if (await Promise.race([supervisor.started.then(() => true), failed])) return app
  const exits = events.filter((event) => event.type === 'workerExited').map(({ service, message, hint }) => `${service}: ${message} (${hint})`)
  await supervisor.close()
  throw new Error(`the app did not start\n${exits.join('\n')}\n${app.log()}`)
}

function serviceConfig (name: string, { workers = 1, prefix, ...fields }: AppService): ServiceConfig {
  const routes = fields.routes ?? (prefix === undefined ? [] : [{ host: '*', pathPrefix: prefix }])
  return {
    name,
    path: name,
    args: [],
    routes,
    workers: { min: workers, max: workers },
    isolation: 'thread',
    health: { blockedTimeoutMs: 60_000 },
    memoryBytes: 1024 * 2 ** 20,
    env: {},
    fileEnv: [],
    dependsOn: [],
    required: routes.length > 0,
    restart: { initialMs: 100, maxMs: 1000, limit: 3, windowMs: 60_000 },
    startTimeoutMs: 120_000,
    drainTimeoutMs: 10_000,
    ...fields
  }
}

/** One that nobody listens on just now. */
export async function freePort (): Promise<number> {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
