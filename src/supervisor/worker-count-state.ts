// How many workers a service is to have, by how busy their event loops are: the algorithm of Kubernetes' HorizontalPodAutoscaler
// (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details), at the scale of threads. Pure.

export const targetUtilization = 0.7
/** Within so much of the target nothing changes, in either direction. */
const tolerance = 0.1
/** More workers once that long all looks asked for more: one spike does nothing. */
export const upWindowMs = 3_000
/** Fewer once that long no look asked for as many. */
export const downWindowMs = 60_000
/** With so little of the machine left, one more worker only takes from the others. */
const idleCores = 0.2

export interface WorkerCount {
  /** What each look came to, the oldest first, as far back as the longest window. */
  looks: ReadonlyArray<{ atMs: number, workers: number }>
}

export interface Load {
  /** Workers as wanted until now. */
  desired: number
  /** Of each ready worker, 0 to 1. */
  utilizations: readonly number[]
  /** Bounds of the configuration. */
  min: number
  max: number
  /** How many workers of this kind there is memory for. */
  room: number
  /** All threads of the pod together, in cores. */
  busyCores: number
  cores: number
}

export interface Verdict { workers: number, reason: string }

/** The count in force when looking begins is the first look: nothing changes before a window is over. */
export function beginCount (desired: number, atMs: number): WorkerCount {
  return { looks: [{ atMs, workers: desired }] }
}

export function nextCount ({ looks }: WorkerCount, load: Load, nowMs: number): [WorkerCount, Verdict] {
  const { desired, min, max, room } = load
  const asked = recommend(load)
  const seen = [...looks, { atMs: nowMs, workers: asked }].filter(({ atMs }) => atMs > nowMs - downWindowMs)
  const upwards = Math.min(...seen.filter(({ atMs }) => atMs > nowMs - upWindowMs).map(({ workers }) => workers))
  const downwards = Math.max(...seen.map(({ workers }) => workers))
  const stabilised = desired < upwards ? upwards : desired > downwards ? downwards : desired
  const wanted = Math.min(max, Math.max(min, stabilised))
  // What is configured as the least is not asked whether it helps.
  const most = Math.max(min, helpful(load) ? Math.max(room, desired) : desired)
  const workers = Math.min(wanted, most)
  return [{ looks: seen }, { workers, reason: `event loops are ${percent(mean(load))} busy, the target is ${percent(targetUtilization)}` }]
}

/** desired = ceil(current × utilization / target); what is not ready counts as idle when there are too few, as on target when too many. */
function recommend (load: Load): number {
  const { desired, utilizations } = load
  const sum = utilizations.reduce((total, one) => total + one, 0)
  const missing = Math.max(0, desired - utilizations.length)
  const [current, ratio] = [utilizations.length + missing, mean(load) / targetUtilization]
  if (utilizations.length === 0 || Math.abs(ratio - 1) <= tolerance) return desired
  const filled = ratio > 1 ? sum : sum + missing * targetUtilization
  const whole = filled / current / targetUtilization
  // With the missing ones the answer may be the other way round: then nothing is known yet.
  if (Math.abs(whole - 1) <= tolerance || (whole > 1) !== (ratio > 1)) return desired
  return Math.ceil(round(whole * current))
}

function helpful ({ busyCores, cores }: Load): boolean {
  return busyCores < cores - idleCores
}

function mean ({ utilizations }: Load): number {
  return utilizations.length === 0 ? 0 : utilizations.reduce((total, one) => total + one, 0) / utilizations.length
}

/** 3 × 0.7 / 0.7 is not 3 in binary, and must not become 4. */
function round (workers: number): number {
  return Math.round(workers * 1e9) / 1e9
}

function percent (share: number): string {
  return `${Math.round(share * 100)} %`
}
