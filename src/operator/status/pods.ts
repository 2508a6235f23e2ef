// What a pod's own status says, in one sentence for people. Pure.
import type { AppStatus } from '../../api/app-status.ts'
import type { LivePod } from '../slim.ts'

/** States that a pod passes through when all is well. */
const passing = new Set(['ContainerCreating', 'PodInitializing'])

export function isReady ({ status }: LivePod): boolean {
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}

/** Counts as one of the app's: it neither leaves nor is over. */
export function isAlive ({ metadata, status }: LivePod): boolean {
  return metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed'
}

// A node that has the image makes a container within this time; a supervisor listens within it.
const soonMs = 10_000

/** It has its node, and its container is still not made. */
export function isStuck ({ metadata, status }: LivePod, nowMs: number): boolean {
  const waiting = status.containerStatuses?.[0]?.state?.waiting
  return waiting !== undefined && passing.has(waiting.reason ?? '') && nowMs - Date.parse(metadata.creationTimestamp ?? '') > soonMs
}

/**
 * Why a pod that is not ready is not, in its own words; undefined while it may well be on its way.
 * @param answer what its admin port said, or why it said nothing
 */
export function notReady ({ metadata }: LivePod, { status, failed }: { status?: AppStatus, failed?: string }, nowMs: number): string | undefined {
  if (failed !== undefined) {
    const isNew = nowMs - Date.parse(metadata.creationTimestamp ?? '') <= soonMs
    return isNew ? undefined : `pod ${metadata.name}: no answer from its supervisor (${failed}); is its image built FROM the runtime image?`
  }
  return status === undefined || status.notReady.length === 0 ? undefined : `pod ${metadata.name}: ${status.notReady.join(', ')}`
}

/** In a word or two where the pod is, while its services cannot be asked. */
export function phase ({ metadata, status }: LivePod): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  const waiting = status.containerStatuses?.[0]?.state?.waiting?.reason
  const unscheduled = status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  return waiting ?? unscheduled?.reason ?? (status.phase === 'Running' ? undefined : status.phase)
}

/** Why the pod cannot run, or undefined while it runs or is on its way. */
export function trouble ({ metadata, status }: LivePod): string | undefined {
  const unscheduled = status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  if (unscheduled !== undefined) return sentence(metadata.name, unscheduled)
  const [container] = status.containerStatuses ?? []
  const waiting = container?.state?.waiting
  if (waiting === undefined || passing.has(waiting.reason ?? '')) return undefined
  const ended = container?.lastState?.terminated
  const last = ended === undefined ? '' : ` (last end: ${ended.reason ?? 'unknown'}, exit code ${ended.exitCode ?? '?'})`
  return sentence(metadata.name, waiting) + last
}

function sentence (name: string, { reason, message }: { reason?: string, message?: string }): string {
  return `pod ${name}: ${reason ?? 'not running'}${message === undefined || message === '' ? '' : `, ${message}`}`
}
