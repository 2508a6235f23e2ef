// Is this an app config that this supervisor can honour, whole? Pure. Strict: an unknown field is refused by its path, since
// an older supervisor that skipped one would run an app that nobody asked for.
import { appConfigVersion, type AppConfig, type ServiceConfig } from '../api/app-config.ts'
import { threadGroups } from '../api/thread-group.ts'
import { isEqual } from '../base/equal.ts'
import { messageOf } from '../base/error.ts'
import { errors } from './errors.ts'
import { dependencyCycle, groupDependents } from './start-order.ts'

type Shape =
  | 'string' | 'boolean' | 'count' | 'share'
  | { oneOf: readonly (string | number)[] }
  | { listOf: Shape }
  | { mapOf: Shape }
  /** A name that ends in `?` may be absent. */
  | { fields: Readonly<Record<string, Shape>> }

const restart: Shape = { fields: { initialMs: 'count', maxMs: 'count', limit: 'count', windowMs: 'count' } }

const service: Shape = {
  fields: {
    name: 'string',
    path: 'string',
    'runtime?': { oneOf: ['node', 'fastify', 'express', 'koa', 'fetch', 'static'] },
    'entry?': 'string',
    args: { listOf: 'string' },
    'port?': 'count',
    routes: { listOf: { fields: { host: 'string', pathPrefix: 'string', 'rewrite?': 'string' } } },
    workers: { fields: { min: 'count', max: 'count' } },
    isolation: { oneOf: ['thread', 'process'] },
    'thread?': 'string',
    memoryBytes: 'count',
    env: { mapOf: 'string' },
    fileEnv: { listOf: { fields: { name: 'string', optional: 'boolean' } } },
    dependsOn: { listOf: 'string' },
    required: 'boolean',
    health: {
      fields: {
        blockedTimeoutMs: 'count',
        'endpoint?': { fields: { path: 'string', intervalMs: 'count', timeoutMs: 'count', failureThreshold: 'count' } }
      }
    },
    restart,
    'recycle?': { fields: { 'maxAgeMs?': 'count', 'maxRequests?': 'count' } },
    startTimeoutMs: 'count',
    drainTimeoutMs: 'count'
  }
}

const appConfig: Shape = {
  fields: {
    version: { oneOf: [appConfigVersion] },
    app: 'string',
    namespace: 'string',
    services: { listOf: service },
    gateway: {
      fields: { threads: 'count', trustedProxies: { listOf: 'string' }, timeouts: { fields: { backendRequestMs: 'count', idleMs: 'count' } } }
    },
    logs: { fields: { access: 'boolean', level: { oneOf: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] } } },
    'tracing?': { fields: { endpoint: 'string', samplingRatio: 'share' } },
    drainDelayMs: 'count',
    'memoryLimitBytes?': 'count',
    'sourceHash?': 'string'
  }
}

/** @throws WATT_CONFIG_UNREADABLE when `text` is not JSON, and as `checkAppConfig` */
export function parseAppConfig (text: string, file: string): AppConfig {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw errors.WATT_CONFIG_UNREADABLE(file, messageOf(thrown))
  }
  return checkAppConfig(value)
}

/** @throws WATT_CONFIG_VERSION, WATT_CONFIG_INVALID */
export function checkAppConfig (value: unknown): AppConfig {
  // The version first: a newer config differs in more than its number, and that is its reason.
  if (isObject(value) && value.version !== appConfigVersion) throw errors.WATT_CONFIG_VERSION(JSON.stringify(value.version) ?? 'none', appConfigVersion)
  const problem = problemOf(value, appConfig, '') ?? problemOfApp(value as AppConfig)
  if (problem !== undefined) throw errors.WATT_CONFIG_INVALID(problem.path, problem.reason)
  return value as AppConfig
}

interface Problem { path: string, reason: string }

function problemOf (value: unknown, shape: Shape, path: string): Problem | undefined {
  if (typeof shape === 'string') return scalars[shape](value) ? undefined : { path, reason: `is ${shown(value)}; expected ${expected[shape]}` }
  if ('oneOf' in shape) return shape.oneOf.some((one) => one === value) ? undefined : { path, reason: `is ${shown(value)}; expected one of ${shape.oneOf.join(', ')}` }
  if ('listOf' in shape) {
    if (!Array.isArray(value)) return { path, reason: `is ${shown(value)}; expected a list` }
    return first(value.map((item: unknown, i) => () => problemOf(item, shape.listOf, `${path}[${i}]`)))
  }
  if (!isObject(value)) return { path, reason: `is ${shown(value)}; expected an object` }
  if ('mapOf' in shape) return first(Object.entries(value).map(([name, item]) => () => problemOf(item, shape.mapOf, inside(path, name))))
  return first([
    ...Object.entries(shape.fields).map(([field, inner]) => () => {
      const name = field.replace('?', '')
      if (Object.hasOwn(value, name)) return problemOf(value[name], inner, inside(path, name))
      return field.endsWith('?') ? undefined : { path: inside(path, name), reason: 'is missing' }
    }),
    ...Object.keys(value).map((name) => () => Object.hasOwn(shape.fields, name) || Object.hasOwn(shape.fields, `${name}?`) ? undefined : { path: inside(path, name), reason: 'is not known to this version' })
  ])
}

function problemOfApp ({ services }: AppConfig): Problem | undefined {
  const names = services.map(({ name }) => name)
  const cycle = dependencyCycle(groupDependents(threadGroups({ services })))
  return first([
    () => services.length === 0 ? { path: 'services', reason: 'is empty' } : undefined,
    ...services.flatMap(({ name, thread, isolation, dependsOn, workers }, i) => [
      () => names.indexOf(name) === i ? undefined : { path: `services[${i}].name`, reason: `is "${name}", as that of an earlier service` },
      () => workers.min >= 1 ? undefined : { path: `services[${i}].workers.min`, reason: 'is 0; expected at least 1' },
      () => workers.max >= workers.min ? undefined : { path: `services[${i}].workers.max`, reason: `is ${workers.max}; expected at least workers.min, ${workers.min}` },
      () => dependsOn.includes(name) ? { path: `services[${i}].dependsOn`, reason: 'names the service itself' } : undefined,
      () => thread === undefined || isolation === 'thread' ? undefined : { path: `services[${i}].thread`, reason: `is "${thread}"; only with isolation "thread"` },
      () => thread === undefined || !names.includes(thread) ? undefined : { path: `services[${i}].thread`, reason: `is "${thread}", which is a service's name` },
      ...dependsOn.map((other) => () => names.includes(other) ? undefined : { path: `services[${i}].dependsOn`, reason: `names "${other}", which is no service of this app` })
    ]),
    ...services.map((service, i) => () => problemOfMember(service, i, services)),
    () => cycle === undefined ? undefined : { path: 'services', reason: `depend on each other in a circle: ${cycle.join(' → ')}` }
  ])
}

/** Of a thread's services all must agree on what the thread has once (as `threadMembersDiffer` of src/api/checks.ts). */
const ofTheThread = ['workers', 'memoryBytes', 'restart', 'recycle', 'args'] as const

function problemOfMember (service: ServiceConfig, i: number, services: readonly ServiceConfig[]): Problem | undefined {
  const earlier = service.thread === undefined ? [] : services.slice(0, i).filter(({ thread }) => thread === service.thread)
  return first(earlier.flatMap((other) => [
    ...ofTheThread.map((field) => () => isEqual(service[field], other[field])
      ? undefined
      : { path: `services[${i}].${field}`, reason: `differs from that of "${other.name}", with which it shares the thread "${service.thread}"` }),
    ...[...Object.keys(service.env), ...service.fileEnv.map(({ name }) => name)].map((name) => () => isOneValue(name, service, other)
      ? undefined
      : { path: `services[${i}].env.${name}`, reason: `has another value for "${other.name}", with which it shares the thread "${service.thread}"` })
  ]))
}

/** Where both are files, it is not for us to compare them. */
function isOneValue (variable: string, one: ServiceConfig, other: ServiceConfig): boolean {
  const [has, hasToo] = [one, other].map(({ env, fileEnv }) => Object.hasOwn(env, variable) ? 'text' : fileEnv.some(({ name }) => name === variable) ? 'file' : 'none')
  return hasToo === 'none' || (has === hasToo && one.env[variable] === other.env[variable])
}

const scalars = {
  string: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  count: (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0,
  share: (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1
}

const expected = { string: 'text', boolean: 'true or false', count: 'a whole number, 0 or more', share: 'a number from 0 to 1' }

function first (checks: ReadonlyArray<() => Problem | undefined>): Problem | undefined {
  for (const check of checks) {
    const problem = check()
    if (problem !== undefined) return problem
  }
  return undefined
}

function inside (path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Never a whole value: it may be long, or a secret. */
function shown (value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return String(value)
  if (typeof value === 'string') return value.length > 40 ? `a text of ${value.length} characters` : JSON.stringify(value)
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
