// What of a new app config can be put in force in this pod, as steps; the rest needs a new pod and is named.
//
// Live, with workers replaced one by one: of a service memoryBytes, env, args, entry, port, path, runtime, health; and the code of a
// ConfigMap source (sourceHash). Live at once: of a service routes, workers, restart, recycle, startTimeoutMs, required, dependsOn;
// of the app logs.level, logs.access, gateway.trustedProxies, gateway.timeouts.
// In a new pod only: which services there are; of a service isolation, thread, fileEnv, drainTimeoutMs; of the app version, app,
// namespace, gateway.threads, tracing, drainDelayMs, memoryLimitBytes.
// `frozenPart` of src/operator/render/revision.ts is that last list (test/live-parts.test.ts holds both together).
import { isEqual, keysThatDiffer } from '../base/equal.ts'
import type { AppConfig, LogLevel, ServiceConfig } from '../api/app-config.ts'
import { threadGroups } from '../api/thread-group.ts'
import type { GatewayRoute } from '../gateway/thread.ts'

/** Brings one part in line with the new config, or, when a later step fails, with the old one again. Those that may fail come first. */
export type ConfigStep =
  /** Other files are mounted: waits for them. */
  | { do: 'awaitSource' }
  /** Replaces the group's workers, one by one. */
  | { do: 'roll', group: string, fields: string[] }
  /** For workers that start later, and for their supervision. */
  | { do: 'adopt', group: string, fields: string[] }
  | { do: 'scale', group: string, workers: { min: number, max: number } }
  | { do: 'route', routes: GatewayRoute[] }
  | { do: 'setGateway', fields: string[] }
  | { do: 'setLogLevel', level: LogLevel }

export interface ConfigChange {
  steps: ConfigStep[]
  /** The old config with the steps taken: what is in force after them. */
  config: AppConfig
  /** Paths of fields that differ and stay as they were. */
  needsNewPod: string[]
}

/** A thread has them from its start. */
const ofTheWorker: ReadonlyArray<keyof ServiceConfig> = ['memoryBytes', 'env', 'args', 'entry', 'port', 'path', 'runtime', 'health']

export function configDiff (old: AppConfig, wanted: AppConfig): ConfigChange {
  const wantedByName = new Map(wanted.services.map((service) => [service.name, service]))
  const services = old.services.map((service) => withLiveFields(service, wantedByName.get(service.name)))
  const { sourceHash: _, ...rest } = old
  const config: AppConfig = {
    ...rest,
    services,
    gateway: { ...wanted.gateway, threads: old.gateway.threads },
    logs: wanted.logs,
    ...(wanted.sourceHash !== undefined && { sourceHash: wanted.sourceHash })
  }
  return { steps: [...workerSteps(old, config), ...gatewaySteps(old, config), ...logSteps(old, config)], config, needsNewPod: differences(config, wanted) }
}

export function routesOf ({ services }: Pick<AppConfig, 'services'>): GatewayRoute[] {
  return services.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, service: name })))
}

/** One sentence, for the log and `wattapp run`; empty when another step says it. */
export function describeStep (step: ConfigStep): string {
  switch (step.do) {
    case 'awaitSource': return 'the new code is there'
    case 'roll': return `all workers of "${step.group}" were replaced, one by one (${step.fields.join(', ')})`
    case 'adopt': {
      const fields = step.fields.filter((field) => field !== 'routes')
      return fields.length === 0 ? '' : `"${step.group}" has another ${fields.join(', ')}`
    }
    case 'scale': return `"${step.group}" now has ${countOf(step.workers)}`
    case 'route': return `routes are now ${step.routes.map(({ host, pathPrefix, service }) => `${host === '*' ? '' : host}${pathPrefix} → ${service}`).join(', ') || 'none'}`
    case 'setGateway': return `the gateway has another ${step.fields.join(', ')}`
    case 'setLogLevel': return `log level is now ${step.level}`
  }
}

function countOf ({ min, max }: ServiceConfig['workers']): string {
  return min === max ? `${min} worker${min === 1 ? '' : 's'}` : `${min} to ${max} workers`
}

/** As wanted, but for what a pod cannot change. */
function withLiveFields (service: ServiceConfig, wanted: ServiceConfig | undefined): ServiceConfig {
  if (wanted === undefined) return service
  const { isolation, thread, fileEnv, drainTimeoutMs } = service
  const { thread: _, ...live } = wanted
  return { ...live, isolation, ...(thread !== undefined && { thread }), fileEnv, drainTimeoutMs }
}

function workerSteps (old: AppConfig, config: AppConfig): ConfigStep[] {
  const hasNewCode = old.sourceHash !== config.sourceHash
  const oldGroups = threadGroups(old)
  const changes = threadGroups(config).map(({ name: group, services }, i) => {
    const before = oldGroups[i]?.services ?? []
    const fields = [...new Set(services.flatMap((service, j) => keysThatDiffer(before[j] ?? {}, service)))]
    const fromStart = fields.filter((field) => ofTheWorker.some((name) => name === field))
    return { group, workers: services[0].workers, fields, fromStart: hasNewCode ? [...fromStart, 'code'] : fromStart }
  })
  return [
    ...(hasNewCode ? [{ do: 'awaitSource' as const }] : []),
    ...changes.flatMap(({ group, fromStart }) => fromStart.length === 0 ? [] : [{ do: 'roll' as const, group, fields: fromStart }]),
    ...changes.flatMap(({ group, fields, fromStart }) => {
      // A worker that starts later is to know of its routes too.
      const later = fields.filter((field) => !fromStart.includes(field) && field !== 'workers')
      return later.length === 0 ? [] : [{ do: 'adopt' as const, group, fields: later }]
    }),
    ...changes.flatMap(({ group, fields, workers }) => fields.includes('workers') ? [{ do: 'scale' as const, group, workers }] : [])
  ]
}

function gatewaySteps (old: AppConfig, config: AppConfig): ConfigStep[] {
  const fields = [...keysThatDiffer(old.gateway, config.gateway), ...(old.logs.access === config.logs.access ? [] : ['access log'])]
  return [
    ...(isEqual(routesOf(old), routesOf(config)) ? [] : [{ do: 'route' as const, routes: routesOf(config) }]),
    ...(fields.length === 0 ? [] : [{ do: 'setGateway' as const, fields }])
  ]
}

function logSteps (old: AppConfig, { logs: { level } }: AppConfig): ConfigStep[] {
  return level === old.logs.level ? [] : [{ do: 'setLogLevel', level }]
}

function differences (config: AppConfig, wanted: AppConfig): string[] {
  const { services: _, gateway, ...app } = config
  const { services: __, gateway: wantedGateway, ...wantedApp } = wanted
  const paths = [...fieldsThatDiffer(app, wantedApp, ''), ...fieldsThatDiffer(gateway, wantedGateway, 'gateway.')]
  const names = new Set([...config.services, ...wanted.services].map(({ name }) => name))
  for (const name of names) {
    const [is, should] = [config, wanted].map(({ services }) => services.find((service) => service.name === name))
    paths.push(...(is === undefined || should === undefined ? [`services[${name}]`] : fieldsThatDiffer(is, should, `services[${name}].`)))
  }
  return paths
}

function fieldsThatDiffer (is: object, should: object, prefix: string): string[] {
  return keysThatDiffer(is, should).map((key) => prefix + key)
}
