// An app config for a developer's machine: one worker a service, room for development servers, and no clock that a debugger or a
// compiler would run out. Pure.
import type { AppConfig, ServiceConfig } from '../../api/app-config.ts'
import { unhurried } from '../local/inspected-config.ts'

/** Of heap and buffers: what a development server that compiles takes before it is held to leak. */
const leastMemoryBytes = 2 * 2 ** 30
const leastStartMs = 180_000
/** A bundler's longest step; a loop without an end is still found. */
const leastBlockedMs = 60_000
/** An event stream must not hold up what replaces its worker. */
const longestDrainMs = 3_000
/** Crashes in requests are started anew at once; the third in ten seconds waits for a change. */
const restart = { initialMs: 100, maxMs: 1_000, limit: 2, windowMs: 10_000 }

export interface DevelopmentOptions {
  /** A debugger may stop this service. */
  isInspected: (service: string) => boolean
  /** Only these, and what they depend on; undefined: all. */
  only?: readonly string[] | undefined
}

export function developmentConfig (config: AppConfig, { isInspected, only }: DevelopmentOptions): AppConfig {
  // A laptop is not the container that the plan was made for.
  const { memoryLimitBytes: _, ...rest } = config
  const wanted = only === undefined ? undefined : withDependencies(config.services, only)
  return {
    ...rest,
    drainDelayMs: 0,
    gateway: { ...config.gateway, threads: 1, timeouts: { backendRequestMs: 0, idleMs: 0 } },
    services: config.services.filter(({ name }) => wanted?.has(name) !== false).map((service) => developed(service, isInspected(service.name)))
  }
}

/** One worker: reload and HMR are of one server. */
function developed ({ recycle: _, ...service }: ServiceConfig, isInspected: boolean): ServiceConfig {
  return {
    ...service,
    workers: { min: 1, max: 1 },
    memoryBytes: Math.max(service.memoryBytes, leastMemoryBytes),
    // Read at each start, from where they are.
    fileEnv: [],
    restart,
    startTimeoutMs: Math.max(service.startTimeoutMs, leastStartMs),
    drainTimeoutMs: Math.min(service.drainTimeoutMs, longestDrainMs),
    health: { blockedTimeoutMs: Math.max(service.health.blockedTimeoutMs, leastBlockedMs) },
    ...isInspected && unhurried
  }
}

function withDependencies (services: readonly ServiceConfig[], names: readonly string[]): Set<string> {
  const wanted = new Set(names)
  for (const name of wanted) services.find((service) => service.name === name)?.dependsOn.forEach((other) => wanted.add(other))
  return wanted
}
