// For how many workers of a group there is memory, beside what all others take now. Pure.
import { gatewayThreadBytes, overshootBytes, supervisorBytes, threadOverheadBytes } from '../api/memory-plan.ts'

export interface Taken {
  name: string
  /** Workers as wanted. */
  desired: number
  /** Threads that could not be ended: they hold what they hold. */
  abandoned: number
  memoryBytes: number
  isolation: 'thread' | 'process'
}

/** @param limitBytes of the pod; undefined: there is none */
export function roomFor (name: string, groups: readonly Taken[], gatewayThreads: number, limitBytes: number | undefined): number {
  const group = groups.find((one) => one.name === name)
  if (limitBytes === undefined || group === undefined) return Infinity
  // As memoryPlan has it: one more worker of the largest kind while workers are replaced.
  const fixedBytes = supervisorBytes + gatewayThreads * gatewayThreadBytes + overshootBytes + Math.max(...groups.map(eachBytes))
  const takenBytes = groups.reduce((sum, one) => sum + eachBytes(one) * (one.abandoned + (one === group ? 0 : one.desired)), 0)
  return Math.max(0, Math.floor((limitBytes - fixedBytes - takenBytes) / eachBytes(group)))
}

function eachBytes ({ memoryBytes, isolation }: Taken): number {
  return memoryBytes + (isolation === 'thread' ? threadOverheadBytes : 0)
}
