// Is the libuv pool, which all services of the process share, so full that others wait for it, and of whose work? Pure.
import { threadPoolSize } from '../api/thread-pool.ts'

export interface PoolLife {
  isFlooded: boolean
  /** How long the supervisor's own last question waited. */
  waitedMs: number
  /** Jobs that ended since it is flooded, by thread name. */
  jobs: ReadonlyMap<string, number>
}

/** From here on others notice; a busy machine makes a job wait for a tenth of that. */
const floodedMs = 1_000
const freeMs = 250
/** Who has so much of it is the cause. */
const culpritShare = 0.5

export const freePool: PoolLife = { isFlooded: false, waitedMs: 0, jobs: new Map() }

/** A question of our own has waited so long, answered or not yet. */
export function waited (pool: PoolLife, waitedMs: number): PoolLife {
  if (pool.isFlooded ? waitedMs < freeMs : waitedMs < floodedMs) return { ...freePool, waitedMs }
  return { isFlooded: true, waitedMs: Math.max(waitedMs, pool.isFlooded ? pool.waitedMs : 0), jobs: pool.jobs }
}

/** So many jobs have ended within one while, all threads asked: whoever answers first would else have had all of them. */
export function counted (pool: PoolLife, jobs: ReadonlyArray<readonly [thread: string, jobs: number]>): PoolLife {
  if (!pool.isFlooded) return pool
  const sums = new Map(pool.jobs)
  for (const [thread, count] of jobs) {
    // A thread runs code of users, and may say what it likes.
    if (Number.isSafeInteger(count) && count > 0) sums.set(thread, (sums.get(thread) ?? 0) + count)
  }
  return { ...pool, jobs: sums }
}

/** For people: what that thread does to the others; undefined when it is not the cause, or nobody knows yet. */
export function flooding ({ isFlooded, waitedMs, jobs }: PoolLife, thread: string): string | undefined {
  const own = jobs.get(thread) ?? 0
  const all = jobs.values().reduce((sum, count) => sum + count, 0)
  // Fewer than run at a time tell nothing of those that hold the others up.
  if (!isFlooded || all < threadPoolSize || own / all < culpritShare) return undefined
  return `floods the pool that all services share for files, DNS, compression and hashes: ${own} of the last ${all} jobs were its own, and others wait ${(waitedMs / 1000).toFixed(1)} s`
}
