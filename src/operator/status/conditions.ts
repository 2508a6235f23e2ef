// Conditions: what is, for people and programs. Each is an ordered list of named findings; the first that holds speaks. Pure.
import type { Condition } from '../../api/wattapp.ts'
import type { LiveDeployment } from '../slim.ts'

export interface Verdict { reason: string, message: string }

export interface Seen {
  generation: number
  /** Why the spec is refused; undefined: it is accepted. */
  refused?: Verdict | undefined
  isPaused: boolean
  /** `shop-5d8c7f`: what the spec renders to; undefined while it is refused. */
  revision?: string | undefined
  /** Undefined: there is none (yet). */
  deployment?: LiveDeployment | undefined
  /** The API server took the spec but not what it renders to: a quota, an admission policy, a missing right. */
  applyFailed?: string | undefined
  /** Sentences on pods that cannot run. */
  troubles: readonly string[]
  /** Sentences of pods that run and are not ready. */
  notReady: readonly string[]
  /** Pods whose admin port answered. */
  asked: number
  /** Sentences on running pods whose admin port did not answer. */
  unreachable: readonly string[]
  crashLoops: readonly string[]
  /** Sentences on pods that refuse the app config they were given. */
  configErrors: readonly string[]
}

type Finding = Verdict & { status: Condition['status'] }
type Check = (seen: Seen, figures: Figures) => Finding | undefined | false

/** In the order in which they are shown. */
export const conditionTypes = ['Accepted', 'Progressing', 'Ready', 'Degraded'] as const
type ConditionType = (typeof conditionTypes)[number]

const yes = (reason: string, message: string): Finding => ({ status: 'True', reason, message })
const no = (reason: string, message: string): Finding => ({ status: 'False', reason, message })
const unknown = (reason: string, message: string): Finding => ({ status: 'Unknown', reason, message })

const paused: Check = ({ isPaused }) => isPaused && unknown('Paused', 'the annotation wattapp.dev/paused stops reconciling; remove it to go on')
const applyFailed: Check = ({ applyFailed }) => applyFailed !== undefined && no('ApplyFailed', applyFailed)
const notMadeYet: Check = ({ deployment }) => deployment === undefined && unknown('Reconciling', 'the Deployment is being made')

const checks: Record<ConditionType, readonly Check[]> = {
  Accepted: [
    ({ refused }) => refused !== undefined && no(refused.reason, refused.message),
    paused,
    ({ revision }) => yes('Accepted', `the spec is valid; it is revision ${revision ?? ''}`)
  ],
  Progressing: [
    paused,
    ({ refused }) => refused !== undefined && no('NotAccepted', 'nothing is rolled out before the spec is accepted'),
    applyFailed,
    notMadeYet,
    (_, { replicaFailure }) => replicaFailure !== undefined && no('ReplicaFailure', replicaFailure),
    (seen, { isLate, isRolledOut }) => isLate && !isRolledOut && no('ProgressDeadlineExceeded', because('the new pods did not become ready in time', seen)),
    (seen, { isRolledOut, updated, wanted }) => !isRolledOut && yes('RollingOut', because(`${updated} of ${wanted} pods are of revision ${seen.revision ?? ''}`, seen)),
    ({ revision }) => no('RolledOut', `all pods are of revision ${revision ?? ''}`)
  ],
  Ready: [
    ({ refused, deployment }, { ready }) => refused !== undefined &&
      no(refused.reason, `${refused.message}${deployment === undefined ? '' : ` (${ready} pods of the last accepted spec are ready)`}`),
    (seen, figures) => seen.deployment === undefined && applyFailed(seen, figures),
    ({ deployment }) => deployment === undefined && no('Reconciling', 'the Deployment is being made'),
    (_, { isRolledOut, replicaFailure, ready, wanted }) => !isRolledOut && replicaFailure !== undefined && no('ReplicaFailure', `${ready} of ${wanted} pods are ready; ${replicaFailure}`),
    (seen, { isRolledOut, ready, wanted }) => !isRolledOut && no('RollingOut', because(`a new revision is being rolled out; ${ready} of ${wanted} pods are ready`, seen)),
    (seen, { ready, wanted }) => ready < wanted && no('PodsNotReady', because(`${ready} of ${wanted} pods are ready`, seen)),
    (_, { wanted }) => wanted === 0 && yes('ScaledToZero', 'no pods are asked for'),
    (_, { ready, wanted }) => yes('Ready', `${ready} of ${wanted} pods are ready`)
  ],
  Degraded: [
    ({ crashLoops }) => crashLoops.length > 0 && yes('ServiceCrashLoop', crashLoops.join('; ')),
    ({ configErrors }) => configErrors.length > 0 && yes('ConfigRefused', configErrors.join('; ')),
    ({ unreachable }) => unreachable.length > 0 && unknown('PodsUnreachable', `the operator cannot ask the pods for their services: ${few(unreachable)}; a NetworkPolicy must let it reach the port admin (9464)`),
    ({ asked }) => asked === 0 && unknown('NoPods', 'no pod runs that could be asked'),
    () => no('AsExpected', 'no service is in a crash loop')
  ]
}

interface Figures { wanted: number, updated: number, ready: number, isRolledOut: boolean, isLate: boolean, replicaFailure: string | undefined }

function figures (deployment: LiveDeployment | undefined): Figures {
  const { status = {}, spec, metadata } = deployment ?? {}
  const wanted = spec?.replicas ?? 1
  const condition = (type: string) => status.conditions?.find((candidate) => candidate.type === type)
  const failure = condition('ReplicaFailure')
  return {
    wanted,
    // Before its controller has looked, the Deployment's figures speak of the revision before.
    updated: deployment !== undefined && isSeen(deployment) ? status.updatedReplicas ?? 0 : 0,
    ready: Math.min(status.readyReplicas ?? 0, wanted),
    isRolledOut: deployment !== undefined && isRolledOut(deployment),
    isLate: metadata !== undefined && condition('Progressing')?.reason === 'ProgressDeadlineExceeded',
    replicaFailure: failure?.status === 'True' ? failure.message ?? 'pods cannot be made' : undefined
  }
}

/** As `kubectl rollout status` judges: seen by its controller, all pods new, none old, and once all available. */
export function isRolledOut (deployment: LiveDeployment): boolean {
  const { spec, status } = deployment
  const wanted = spec.replicas ?? 1
  // Stays so when a pod is lost later: that is no roll.
  const wasComplete = status.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'NewReplicaSetAvailable') === true
  return isSeen(deployment) && (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted &&
    (wasComplete || (status.availableReplicas ?? 0) === wanted)
}

function isSeen ({ metadata, status }: LiveDeployment): boolean {
  return (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
}

/** All conditions, as they are now. `lastTransitionTime` moves only when `status` does. */
export function conditions (seen: Seen, before: readonly Condition[], now: string): Condition[] {
  const known = figures(seen.deployment)
  return conditionTypes.map((type) => {
    const finding = checks[type].values().map((check) => check(seen, known)).find((found) => found !== undefined && found !== false) ?? unknown('Unknown', '')
    return stamped(type, finding, seen.generation, before, now)
  })
}

/** At first sight: every condition at once, since one that is absent is read as Unknown by some and as fine by others. */
export function firstConditions (generation: number, now: string): Condition[] {
  return conditionTypes.map((type) => stamped(type, unknown('Reconciling', 'seen for the first time'), generation, [], now))
}

function stamped (type: ConditionType, { status, reason, message }: Finding, observedGeneration: number, before: readonly Condition[], now: string): Condition {
  const same = before.find((condition) => condition.type === type && condition.status === status)
  return { type, status, observedGeneration, lastTransitionTime: same?.lastTransitionTime ?? now, reason, message: message.slice(0, 4096) }
}

function because (what: string, { troubles, notReady }: Seen): string {
  const why = [...troubles, ...notReady]
  return why.length === 0 ? what : `${what}; ${few(why)}`
}

/** The first three: a message is for reading. */
function few (sentences: readonly string[]): string {
  return sentences.slice(0, 3).join('; ') + (sentences.length > 3 ? `; and ${sentences.length - 3} more` : '')
}
