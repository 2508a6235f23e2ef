// What each worker may hold when the pod has less or more memory than it was planned with. Pure.
import type { AppConfig } from '../api/app-config.ts'
import { gatewayThreadBytes, memoryPlan, memoryPlanLines, overshootBytes, supervisorBytes, threadOverheadBytes } from '../api/memory-plan.ts'
import { threadGroups } from '../api/thread-group.ts'

type Planned = Pick<AppConfig, 'services' | 'gateway' | 'memoryLimitBytes'>

const mebi = 2 ** 20
/** The least that `services[].memory` may be (src/api/schema-service.ts). */
const leastBytes = 16 * mebi
/** A worker that holds more than this of its new ceiling would soon be ended. */
const full = 0.9

/** By the group's name. */
export type Ceilings = ReadonlyMap<string, number>

export type Share = { ceilings: Ceilings } | { refused: string }

/** Why the plan does not fit, with the sum line by line; undefined when it does. */
export function doesNotFit (config: Planned, limitBytes: number): string | undefined {
  const plan = memoryPlan(config)
  return plan.sumBytes <= limitBytes ? undefined : memoryPlanLines(plan).join('; ')
}

/**
 * Ceilings in proportion to what is left of the limit beside what is fixed; as configured while the limit is the planned one, or
 * when none was planned.
 * @param heldBytes what the fullest worker of that group holds now
 */
export function shareOf (config: Planned, limitBytes: number | undefined, heldBytes: (group: string) => number): Share {
  const { memoryLimitBytes: plannedBytes } = config
  const groups = threadGroups(config)
  const ratio = plannedBytes === undefined || limitBytes === undefined ? 1 : ratioOf(config, limitBytes, plannedBytes)
  const ceilings = new Map(groups.map(({ name, services: [{ memoryBytes }] }) =>
    [name, ratio === 1 ? memoryBytes : Math.floor(memoryBytes * ratio / mebi) * mebi]))
  for (const [name, bytes] of ceilings) {
    if (ratio >= 1) break
    if (bytes < leastBytes) return { refused: `"${name}" would have ${inMib(Math.max(0, bytes))} MiB a worker; the least is ${inMib(leastBytes)} MiB` }
    const held = heldBytes(name)
    if (held > full * bytes) return { refused: `"${name}" would have ${inMib(bytes)} MiB a worker, and one holds ${inMib(held)} MiB now` }
  }
  return { ceilings }
}

function ratioOf (config: Planned, limitBytes: number, plannedBytes: number): number {
  const fixedBytes = fixedOf(config)
  return plannedBytes <= fixedBytes ? 1 : (limitBytes - fixedBytes) / (plannedBytes - fixedBytes)
}

/** What the pod needs whatever its workers may hold. */
function fixedOf (config: Planned): number {
  const threads = threadGroups(config).reduce((sum, { services: [{ isolation, workers }] }) => sum + (isolation === 'thread' ? workers.max : 0), 0)
  // One more while workers are replaced.
  return supervisorBytes + config.gateway.threads * gatewayThreadBytes + (threads + 1) * threadOverheadBytes + overshootBytes
}

function inMib (bytes: number): number {
  return Math.round(bytes / mebi)
}
