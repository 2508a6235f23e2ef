// What the supervisor's tests share: app configs with every field, and fixtures that are small real programs.
import { EventEmitter, once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { AppConfig, ServiceConfig } from '../../src/api/app-config.ts'
import { startSupervisor, type Supervisor, type SupervisorEvent, type SupervisorOptions } from '../../src/supervisor/supervisor.ts'
import type { LogRecord } from '../../src/telemetry/logs/record.ts'

export const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))

type Fields = Partial<Omit<ServiceConfig, 'workers'>> & { workers?: number | ServiceConfig['workers'] }

/** A number of workers that does not change may be given as one. */
export function service (name: string, { workers = 1, ...fields }: Fields = {}): ServiceConfig {
  return {
    name,
    path: 'web.mjs',
    args: [],
    routes: [],
    workers: typeof workers === 'number' ? { min: workers, max: workers } : workers,
    isolation: 'thread',
    health: { blockedTimeoutMs: 10_000 },
    memoryBytes: 256 * 2 ** 20,
    env: {},
    fileEnv: [],
    dependsOn: [],
    required: (fields.routes ?? []).length > 0,
    restart: { initialMs: 10, maxMs: 300, limit: 3, windowMs: 60_000 },
    startTimeoutMs: 20_000,
    drainTimeoutMs: 10_000,
    ...fields
  }
}

export function app (services: ServiceConfig[], fields: Partial<AppConfig> = {}): AppConfig {
  return { version: 1, app: 'shop', namespace: 'default', services, gateway: { threads: 1, trustedProxies: [], timeouts: { backendRequestMs: 60_000, idleMs: 300_000 } }, logs: { level: 'info', access: false }, drainDelayMs: 0, ...fields }
}

export function route (pathPrefix: string, fields: { host?: string, rewrite?: string } = {}): ServiceConfig['routes'][number] {
  return { host: '*', pathPrefix, ...fields }
}

export interface Running extends AsyncDisposable {
  supervisor: Supervisor
  events: SupervisorEvent[]
  records: LogRecord[]
  /** Resolves once `is` says so; asked again whenever something is told. */
  until: (is: () => boolean) => Promise<void>
  /** Of the public port. */
  get: (path: string, init?: RequestInit) => Promise<Response>
  admin: (path: string) => Promise<Response>
}

export async function start (config: AppConfig, options: Partial<SupervisorOptions> = {}): Promise<Running> {
  const events: SupervisorEvent[] = []
  const records: LogRecord[] = []
  const told = new EventEmitter()
  const supervisor = await startSupervisor({
    config,
    root: fixtures,
    fileEnv: () => ({}),
    http: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    baseEnv: { PATH: process.env.PATH ?? '', NODE_ENV: 'test' },
    sink (record) {
      records.push(record)
      told.emit('told')
    },
    onEvent (event) {
      events.push(event)
      told.emit('told')
    },
    ...options
  })
  return {
    supervisor,
    events,
    records,
    async until (is) {
      while (!is()) await once(told, 'told')
    },
    get: (path, init) => fetch(supervisor.url + path, init),
    admin: (path) => fetch(`${supervisor.adminUrl}${path}`),
    [Symbol.asyncDispose]: () => supervisor.close()
  }
}

/** One that is left running would keep a test that has failed from its end. */
export interface Load extends AsyncDisposable {
  /** Ends it; what every request came to, by status (0: none). */
  stop: () => Promise<Record<number, number>>
  /** Resolves when so many more have been answered. */
  answered: (count: number) => Promise<void>
}

/** `width` requests at a time, one after the other on a connection each, until stopped. */
export function load (url: string, width: number, method = 'GET'): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: width })
  const came: Record<number, number> = {}
  const told = new EventEmitter()
  const state = { isStopped: false, total: 0 }

  async function run (): Promise<void> {
    while (!state.isStopped) {
      const status = await new Promise<number>((resolve) => {
        request(url, { agent, method }, (response) => {
          response.on('end', () => resolve(response.statusCode ?? 0)).on('error', () => resolve(0)).resume()
        }).on('error', () => resolve(0)).end()
      })
      came[status] = (came[status] ?? 0) + 1
      state.total++
      told.emit('told')
    }
  }

  const runs = Promise.all(Array.from({ length: width }, run))

  async function stop (): Promise<Record<number, number>> {
    state.isStopped = true
    await runs
    agent.destroy()
    return came
  }

  return {
    stop,
    async [Symbol.asyncDispose] () { await stop() },
    async answered (count) {
      const goal = state.total + count
      while (state.total < goal) await once(told, 'told')
    }
  }
}
