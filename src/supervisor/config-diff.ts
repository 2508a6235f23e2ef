// What of a new app config can be put in force in this pod, as steps; the rest needs a new pod and is named.
import { isEqual, keysThatDiffer } from '../base/equal.ts'
import type { AppConfig, LogLevel, ServiceConfig } from '../api/app-config.ts'
import type { GatewayRoute } from '../gateway/thread.ts'

export type ConfigStep =
  | { do: 'route', routes: GatewayRoute[] }
  | { do: 'scale', service: string, workers: number }
  | { do: 'setLogLevel', level: LogLevel }

export interface ConfigChange {
  steps: ConfigStep[]
  /** The old config with the steps taken: what is in force after them. */
  config: AppConfig
  /** Paths of fields that differ and stay as they were. */
  needsNewPod: string[]
}

export function configDiff (old: AppConfig, wanted: AppConfig): ConfigChange {
  const wantedByName = new Map(wanted.services.map((service) => [service.name, service]))
  const services = old.services.map((service) => withLiveFields(service, wantedByName.get(service.name)))
  const config = { ...old, logs: { ...old.logs, level: wanted.logs.level }, services }

  const steps: ConfigStep[] = []
  if (!isEqual(routesOf(old), routesOf(config))) steps.push({ do: 'route', routes: routesOf(config) })
  services.forEach(({ name, workers }, i) => {
    if (!isEqual(workers, old.services[i]?.workers)) steps.push({ do: 'scale', service: name, workers: workers.min })
  })
  if (config.logs.level !== old.logs.level) steps.push({ do: 'setLogLevel', level: config.logs.level })
  return { steps, config, needsNewPod: differences(config, wanted) }
}

export function routesOf ({ services }: Pick<AppConfig, 'services'>): GatewayRoute[] {
  return services.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, service: name })))
}

/** One sentence, for the log and `wattapp run`. */
export function describeStep (step: ConfigStep): string {
  switch (step.do) {
    case 'route': return `routes are now ${step.routes.map(({ host, pathPrefix, service }) => `${host === '*' ? '' : host}${pathPrefix} → ${service}`).join(', ') || 'none'}`
    case 'scale': return `service "${step.service}" now has ${step.workers} worker${step.workers === 1 ? '' : 's'}`
    case 'setLogLevel': return `log level is now ${step.level}`
  }
}

function withLiveFields (service: ServiceConfig, wanted: ServiceConfig | undefined): ServiceConfig {
  return wanted === undefined ? service : { ...service, routes: wanted.routes, workers: wanted.workers }
}

function differences (config: AppConfig, wanted: AppConfig): string[] {
  const { services: _, ...app } = config
  const { services: __, ...wantedApp } = wanted
  const paths = fieldsThatDiffer(app, wantedApp, '')
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
