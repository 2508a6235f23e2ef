// What the pod may need at most, line by line, against what its container may have: `wattapp validate`, the operator and the
// supervisor refuse the same plans with the same sum.
import type { AppConfig } from './app-config.ts'
import { formatBytes } from './quantity.ts'
import { threadGroups } from './thread-group.ts'

export interface MemoryLine {
  /** For people: "storefront", "gateway" */
  what: string
  count: number
  eachBytes: number
}

export interface MemoryPlan { lines: MemoryLine[], sumBytes: number }

type Planned = Pick<AppConfig, 'services' | 'gateway'>

const mebi = 2 ** 20

/** Node itself, the main thread, its libraries. */
export const supervisorBytes = 64 * mebi
/** One gateway thread under load. */
export const gatewayThreadBytes = 64 * mebi
/** What a thread takes beside heap and Buffers: its stack, V8's code and tables. */
export const threadOverheadBytes = 16 * mebi
/** How far past its ceiling a worker may get before it is seen and ended: measured up to 168 MiB at 50 ms. One worker at a time. */
export const overshootBytes = 168 * mebi

/** Ceilings of all workers at their greatest number, one more of the largest for a rolling replacement, and what the pod needs itself. */
export function memoryPlan (config: Planned): MemoryPlan {
  const groups = threadGroups(config).map(({ name, services: [{ workers, memoryBytes, isolation }] }) => ({
    what: name,
    count: workers.max,
    eachBytes: memoryBytes + (isolation === 'thread' ? threadOverheadBytes : 0)
  }))
  const largest = groups.reduce((a, b) => b.eachBytes > a.eachBytes ? b : a)
  const lines = [
    { what: 'supervisor', count: 1, eachBytes: supervisorBytes },
    { what: 'gateway', count: config.gateway.threads, eachBytes: gatewayThreadBytes },
    ...groups,
    { what: `one more of ${largest.what} while workers are replaced`, count: 1, eachBytes: largest.eachBytes },
    { what: 'overshoot of a worker before it is ended', count: 1, eachBytes: overshootBytes }
  ]
  return { lines, sumBytes: lines.reduce((sum, { count, eachBytes }) => sum + count * eachBytes, 0) }
}

/** One line a term, for people: what the sum is made of. */
export function memoryPlanLines ({ lines, sumBytes }: MemoryPlan): string[] {
  const text = lines.map(({ what, count, eachBytes }) => `${what}: ${count === 1 ? '' : `${count} × `}${inMebi(eachBytes)}`)
  return [...text, `sum: ${inMebi(sumBytes)}`]
}

/** The least whole number of Mi that holds it. */
export function inMebi (bytes: number): string {
  return formatBytes(Math.ceil(bytes / mebi) * mebi)
}
