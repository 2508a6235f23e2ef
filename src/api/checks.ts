// What is wrong with an app that is well formed, and that CEL cannot say: the operator's Accepted condition and `wattapp validate`
// ask the same checks, most basic first.
import { problem, type Problem } from './problem.ts'
import { bytes, formatBytes, parseBytes } from './quantity.ts'
import type { Service, WattApp } from './wattapp.ts'

export const checks: ReadonlyArray<(app: WattApp) => Problem | undefined> = [dependencyCycle, memoryDoesNotFit]

export function dependencyCycle ({ spec: { services } }: WattApp): Problem | undefined {
  const cycle = findCycle(services)
  if (cycle === undefined) return undefined
  const index = services.findIndex(({ name }) => name === cycle[0])
  const on = services[index]?.dependsOn?.indexOf(cycle[1] ?? '') ?? 0
  return problem(['spec', 'services', index, 'dependsOn', on], 'DependencyCycle',
    `services wait for each other: ${cycle.join(' → ')}`,
    'remove one of these dependsOn; calls need none, it only orders the start')
}

/** A pod whose workers may all be within their ceilings and yet be killed as a whole by the kernel. */
export function memoryDoesNotFit ({ spec: { services, podTemplate } }: WattApp): Problem | undefined {
  const limit = parseBytes(podTemplate?.resources?.limits?.memory ?? '')
  const sum = services.reduce((total, { workers, memory }) => total + workers.min * bytes(memory), 0)
  if (limit === undefined || sum <= limit) return undefined
  const terms = services.map(({ name, workers, memory }) => `${name} ${workers.min} × ${memory}`).join(', ')
  return problem(['spec', 'podTemplate', 'resources', 'limits', 'memory'], 'MemoryDoesNotFit',
    `the workers may hold ${formatBytes(sum)} together (${terms}), more than the container's limit of ${formatBytes(limit)}`,
    `remove the limit, raise it well above ${formatBytes(sum)}, or lower services[].memory`)
}

/** Names along the first cycle of dependsOn, the first one repeated at the end; deterministic in the order of the manifest. */
function findCycle (services: readonly Service[]): string[] | undefined {
  const dependencies = new Map(services.map(({ name, dependsOn = [] }) => [name, dependsOn]))
  const done = new Set<string>()
  const visit = (name: string, road: readonly string[]): string[] | undefined => {
    if (road.includes(name)) return [...road.slice(road.indexOf(name)), name]
    if (done.has(name)) return undefined
    const cycle = dependencies.get(name)?.values().map((next) => visit(next, [...road, name])).find((found) => found !== undefined)
    done.add(name)
    return cycle
  }
  return services.values().map(({ name }) => visit(name, [])).find((cycle) => cycle !== undefined)
}
