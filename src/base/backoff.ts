// Delays that grow and spread, so that ten workers that crashed together do not come back in step.
// Half of each delay is fixed and half is chance ("equal jitter"): a lone service must not restart at once.

export interface Backoff { initialMs: number, maxMs: number }

/** Milliseconds before retry number `attempt` (1 is the first). `random` is in [0, 1). */
export function backoffMs (attempt: number, { initialMs, maxMs }: Backoff, random: number): number {
  const ceilingMs = Math.min(maxMs, initialMs * 2 ** (attempt - 1))
  return Math.round(ceilingMs / 2 + random * ceilingMs / 2)
}
