// What is wrong with an app that is well formed, and that CEL cannot say: the operator's Accepted condition and `wattapp validate`
// ask the same checks, most basic first.
import { isEqual } from '../base/equal.ts'
import { inMebi, memoryPlan, memoryPlanLines } from './memory-plan.ts'
import { problem, type Problem } from './problem.ts'
import { formatBytes } from './quantity.ts'
import { toAppConfig } from './to-app-config.ts'
import type { Service, WattApp } from './wattapp.ts'

export const checks: ReadonlyArray<(app: WattApp) => Problem | undefined> = [dependencyCycle, threadMembersDiffer, threadEnvDiffers, memoryDoesNotFit]

export function dependencyCycle ({ spec: { services } }: WattApp): Problem | undefined {
  const cycle = findCycle(services)
  if (cycle === undefined) return undefined
  const [first, second = ''] = cycle
  const index = services.findIndex(({ name, thread, dependsOn }) => (thread ?? name) === first && dependsOn?.some((other) => unitOf(services, other) === second) === true)
  const on = services[index]?.dependsOn?.findIndex((other) => unitOf(services, other) === second) ?? 0
  return problem(['spec', 'services', index, 'dependsOn', on], 'DependencyCycle',
    `services wait for each other: ${cycle.join(' → ')}`,
    'remove one of these dependsOn; calls need none, it only orders the start')
}

/** What a thread has once; its workers and memory are compared by the schema's own rules. */
const ofTheThread = ['restart', 'recycle', 'args'] as const

export function threadMembersDiffer ({ spec: { services } }: WattApp): Problem | undefined {
  for (const [index, service] of services.entries()) {
    const first = services.find(({ thread }) => thread !== undefined && thread === service.thread)
    const field = ofTheThread.find((name) => first !== undefined && !isEqual(first[name], service[name]))
    if (first === undefined || field === undefined) continue
    return problem(['spec', 'services', index, field], 'ThreadMembersDiffer',
      `services "${first.name}" and "${service.name}" share the thread "${service.thread}" and differ in ${field}, which a thread has once`,
      `write the same \`${field}\` in both, or give one of them a thread of its own`)
  }
  return undefined
}

export function threadEnvDiffers ({ spec: { services } }: WattApp): Problem | undefined {
  for (const [index, { name, thread, env = [] }] of services.entries()) {
    if (thread === undefined) continue
    for (const [position, variable] of env.entries()) {
      const other = services.slice(0, index).find((other) => other.thread === thread &&
        other.env?.some((theirs) => theirs.name === variable.name && !isEqual(theirs, variable)) === true)
      if (other === undefined) continue
      return problem(['spec', 'services', index, 'env', position], 'ThreadEnvDiffers',
        `services "${other.name}" and "${name}" share the thread "${thread}", and with it process.env: ${variable.name} cannot have two values`,
        `give ${variable.name} one value in both, or one of the services a thread of its own`)
    }
  }
  return undefined
}

/** A pod whose workers may all be within their ceilings and yet be killed as a whole by the kernel. */
export function memoryDoesNotFit (app: WattApp): Problem | undefined {
  const config = toAppConfig(app)
  const { memoryLimitBytes: limit } = config
  if (limit === undefined) return undefined
  const plan = memoryPlan(config)
  if (plan.sumBytes <= limit) return undefined
  return problem(['spec', 'podTemplate', 'resources', 'limits', 'memory'], 'MemoryDoesNotFit',
    `the pod may need ${inMebi(plan.sumBytes)}, more than the container's limit of ${formatBytes(limit)}:${memoryPlanLines(plan).map((line) => `\n  ${line}`).join('')}`,
    `raise the limit to ${inMebi(plan.sumBytes)} or more, remove it, lower services[].memory or workers, or let services share a thread`)
}

function unitOf (services: readonly Service[], name: string): string {
  return services.find((service) => service.name === name)?.thread ?? name
}

/** Names along the first cycle of dependsOn between threads, the first one repeated at the end; deterministic in the order of the manifest. */
function findCycle (services: readonly Service[]): string[] | undefined {
  const dependencies = new Map<string, string[]>()
  for (const { name, thread = name, dependsOn = [] } of services) {
    // Services of one thread are loaded in the order of the manifest: within it nothing waits.
    const others = dependsOn.filter((other) => other === name || unitOf(services, other) !== thread).map((other) => unitOf(services, other))
    dependencies.set(thread, [...dependencies.get(thread) ?? [], ...others])
  }
  const done = new Set<string>()
  const visit = (name: string, road: readonly string[]): string[] | undefined => {
    if (road.includes(name)) return [...road.slice(road.indexOf(name)), name]
    if (done.has(name)) return undefined
    const cycle = dependencies.get(name)?.values().map((next) => visit(next, [...road, name])).find((found) => found !== undefined)
    done.add(name)
    return cycle
  }
  return dependencies.keys().map((name) => visit(name, [])).find((cycle) => cycle !== undefined)
}
