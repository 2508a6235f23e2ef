// Which worker is to be replaced before its time, against leaks: by its age or by the requests it has answered. Pure.
import type { ServiceConfig } from '../api/app-config.ts'

export interface AgedWorker {
  ageMs: number
  requests: number
  /** Drawn when its thread started, in [0, 1). */
  lot: number
}

type Limits = NonNullable<ServiceConfig['recycle']>

/** Workers that started together must not all go together: each lives for the last quarter of maxAge by chance. */
const spread = 0.25

/** Why it is to be replaced, for people; undefined: it stays. */
export function dueForRecycling ({ ageMs, requests, lot }: AgedWorker, { maxAgeMs, maxRequests }: Limits): string | undefined {
  if (maxRequests !== undefined && requests >= maxRequests) return `it has answered ${requests} requests (recycle.maxRequests is ${maxRequests})`
  if (maxAgeMs !== undefined && ageMs >= maxAgeMs * (1 - spread * lot)) return `it has run for ${Math.round(ageMs / 1000)} s (recycle.maxAge is ${Math.round(maxAgeMs / 1000)} s)`
  return undefined
}
