// `globalThis.platformatic`, which the code of Watt's applications takes for granted (a service that Watt generates logs by it): what of
// it has an equal here. It is made when it is first asked for; other services never pay for it.
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'
import { Logger, type Level } from './logger.ts'

/** https://docs.platformatic.dev/docs/reference/globals; what is not here is undefined, as code that may run elsewhere expects. */
export interface Platformatic {
  applicationId: string
  /** Its name in version 2. */
  serviceId: string
  workerId: number
  isBuilding: false
  /** A file URL. */
  root: string
  basePath: string | undefined
  runtimeBasePath: null
  logLevel: Level
  logger: Logger
  /** Says `close` when the worker leaves. */
  events: EventEmitter
  [setter: `set${string}`]: (given: unknown) => void
}

export interface Owner { name: string, worker: number, folder: string, basePath: string }

/** What has no effect here, and what has it instead; said when it is first called. */
const withoutEffect = {
  setOpenapiSchema: 'OpenAPI documents are not composed',
  setGraphqlSchema: 'GraphQL schemas are not composed',
  setConnectionString: undefined,
  setBasePath: 'the `routes` of the service say which paths lead to it',
  setCustomHealthCheck: 'name a path that answers so in `health.path` of the service',
  setCustomReadinessCheck: 'name a path that answers so in `health.path` of the service'
} as const

export function createPlatformatic ({ name, worker, folder, basePath }: Owner): Platformatic {
  const logLevel = levelOf(process.env.LOG_LEVEL)
  const logger = new Logger({ level: logLevel, write: (line) => process.stdout.write(line) })
  const told = new Set<string>()
  const setters = Object.entries(withoutEffect).map(([setter, instead]) => [setter, () => {
    if (instead === undefined || told.has(setter)) return
    told.add(setter)
    logger.warn(`globalThis.platformatic.${setter}() has no effect: ${instead}`)
  }])
  return {
    applicationId: name,
    serviceId: name,
    workerId: worker,
    isBuilding: false,
    root: pathToFileURL(folder).href,
    basePath: basePath === '' ? undefined : basePath,
    runtimeBasePath: null,
    logLevel,
    logger,
    events: new EventEmitter(),
    ...Object.fromEntries(setters) as Pick<Platformatic, 'setBasePath'>
  }
}

/** `current`: of the service whose code runs. Code may put another one in its place, as Watt's own does. */
export function lendPlatformatic (current: () => Platformatic): void {
  Object.defineProperty(globalThis, 'platformatic', {
    configurable: true,
    enumerable: false,
    get: current,
    set (value: unknown) {
      Object.defineProperty(globalThis, 'platformatic', { value, configurable: true, enumerable: true, writable: true })
    }
  })
}

function levelOf (level: string | undefined): Level {
  const levels: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
  return levels.find((known) => known === level?.toLowerCase()) ?? 'info'
}
