// Gives memory back once a thread has started: what loading modules left behind is a good fifth of a small app's memory, and V8
// would keep it for as long as the thread has little to do (hello: 86 MiB private without, 66 with).
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from './clock.ts'

export type Collect = () => void

/** Neither while others of the process still start, if that can be helped. */
const lookMs = 1_000
/** Of a look, busy: a collection takes some 40 ms, which must not come between requests. */
const idleUtilization = 0.2
/** A thread that stays busy for so many looks is left to V8. */
const looks = 10

/** Collects once, as soon as the thread has little to do. `open` is asked for the collector then; without one it is asked again. */
export function compactWhenIdle (open: () => Collect | undefined, clock: Clock): void {
  let before = performance.eventLoopUtilization()

  function look (left: number): void {
    if (left === 0) return
    clock.after(lookMs, () => {
      const { utilization } = performance.eventLoopUtilization(before)
      before = performance.eventLoopUtilization()
      const collect = utilization < idleUtilization ? open() : undefined
      if (collect === undefined) look(left - 1)
      else collect()
    }, { unref: true })
  }
  look(looks)
}

/** Collects at once, however busy the thread is: what is free counts, not the pages; a fraction of what giving them back takes. */
export function collectNow (): void {
  let collect: Collect | undefined
  // Twice lost to another thread is chance enough.
  for (let tries = 0; collect === undefined && tries < 3; tries++) collect = collector('regular')
  collect?.()
}

const kinds = {
  /** Gives pages back (a regular one freed nothing here). */
  'last-resort': { type: 'major', execution: 'sync', flavor: 'last-resort' },
  regular: { type: 'major', execution: 'sync', flavor: 'regular' },
  young: { type: 'minor', execution: 'sync' }
}

/**
 * V8's own collector of this thread. Only contexts made while a flag of the whole process is set have it, so the flag is set for one
 * context; undefined when another thread has just taken the flag back.
 */
export function collector (kind: keyof typeof kinds = 'last-resort'): Collect | undefined {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return typeof gc === 'function' ? () => gc(kinds[kind]) : undefined
}
