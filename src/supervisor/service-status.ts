// What a service says of itself in the status: its own part, and that of the workers that it may share. Pure.
import type { ServiceConfig } from '../api/app-config.ts'
import type { ServiceStatus, WorkerStatus } from '../api/app-status.ts'
import type { Readiness } from './group-worker.ts'
import { serviceMessage, type ServiceHealth } from './service-message.ts'
import type { WorkerExit } from './worker.ts'

export interface GroupFacts {
  /** What the service said last when it was ready. */
  readiness: Readiness | undefined
  workers: WorkerStatus[]
  desired: number
  restarts: number
  memoryBytes: number
  lastExit: (WorkerExit & { atMs: number }) | undefined
  isInCrashLoop: boolean
  isLeaving: boolean
  abandoned: number
  flooding: string | undefined
}

export function serviceStatus ({ name, isolation, thread, required, dependsOn }: ServiceConfig, facts: GroupFacts): ServiceStatus {
  const { readiness, workers, desired, restarts, memoryBytes, isInCrashLoop, isLeaving, abandoned, flooding } = facts
  const lastExit = facts.lastExit && { reason: facts.lastExit.reason, message: oneLine(facts.lastExit.message), at: new Date(facts.lastExit.atMs).toISOString() }
  const health: ServiceHealth = { dependsOn, states: workers.map(({ state }) => state), desired, isInCrashLoop, isLeaving, lastExit, abandoned, flooding }
  return {
    name,
    isolation,
    ...(thread !== undefined && { thread }),
    runtime: readiness?.runtime ?? '',
    runtimeReason: readiness?.reason ?? '',
    workers,
    desired,
    ready: workers.filter(({ state }) => state === 'ready').length,
    restarts,
    required,
    memoryBytes,
    ...(lastExit !== undefined && { lastExit }),
    message: serviceMessage(health),
    otherServers: readiness?.otherServers ?? []
  }
}

/** Status is for everybody who may reach the admin port: no stack traces, no essays. */
function oneLine (message: string): string {
  const [line = ''] = message.split('\n', 1)
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
