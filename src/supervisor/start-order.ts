// Which services may start, and which may stop: those they depend on first, those that depend on them first.
// An order, not a promise: a dependency in crash loop does not hold its dependents back for ever (they may have other work,
// and their calls to it are answered 503 at once).
import type { ServiceConfig } from '../api/app-config.ts'
import type { ThreadGroup } from '../api/thread-group.ts'

export type Dependent = Pick<ServiceConfig, 'name' | 'dependsOn'>

/** Groups by what their services depend on; within a group nothing waits (they are loaded in the order of the manifest). */
export function groupDependents (groups: readonly ThreadGroup[]): Dependent[] {
  const groupOf = new Map(groups.flatMap(({ name, services }) => services.map((service) => [service.name, name])))
  return groups.map(({ name, services }) => {
    const others = services.flatMap(({ dependsOn }) => dependsOn.map((service) => groupOf.get(service) ?? service))
    return { name, dependsOn: [...new Set(others)].filter((other) => other !== name) }
  })
}

/** Services in levels: each depends on earlier levels only. Those of a cycle, and what hangs on it, are in no level. */
export function startLevels (services: readonly Dependent[]): string[][] {
  const levels: string[][] = []
  const placed = new Set<string>()
  for (;;) {
    const level = services.filter(({ name, dependsOn }) => !placed.has(name) && dependsOn.every((other) => placed.has(other))).map(({ name }) => name)
    if (level.length === 0) return levels
    level.forEach((name) => placed.add(name))
    levels.push(level)
  }
}

/** The names of one cycle, in its order, the first repeated at the end; or nothing. */
export function dependencyCycle (services: readonly Dependent[]): string[] | undefined {
  const placed = new Set(startLevels(services).flat())
  const tangled = new Map(services.filter(({ name }) => !placed.has(name)).map((service) => [service.name, service]))
  // Every tangled service depends on a tangled or an unknown one: following them either leaves the list or comes round.
  for (const start of tangled.values()) {
    const path: string[] = []
    for (let at: Dependent | undefined = start; at !== undefined; at = at.dependsOn.map((name) => tangled.get(name)).find((other) => other !== undefined)) {
      const seen = path.indexOf(at.name)
      if (seen >= 0) return [...path.slice(seen), at.name]
      path.push(at.name)
    }
  }
  return undefined
}

/** `settled`: has had a ready worker, is in crash loop, or ran into its startTimeout once. */
export function startable (services: readonly Dependent[], begun: ReadonlySet<string>, settled: ReadonlySet<string>): string[] {
  return services.filter(({ name, dependsOn }) => !begun.has(name) && dependsOn.every((other) => settled.has(other))).map(({ name }) => name)
}

/** Those whose dependents have all stopped. */
export function stoppable (services: readonly Dependent[], begun: ReadonlySet<string>, stopped: ReadonlySet<string>): string[] {
  return services
    .filter(({ name }) => !begun.has(name) && services.every((other) => !other.dependsOn.includes(name) || stopped.has(other.name)))
    .map(({ name }) => name)
}
