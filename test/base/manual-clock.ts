// A clock that goes on when a test says so.
import type { Clock } from '../../src/base/clock.ts'

export interface ManualClock extends Clock {
  /** Calls what is due by then, each at its time. */
  pass: (ms: number) => void
  /** Time goes on and nothing is called, as when a machine pauses. */
  pause: (ms: number) => void
}

export function manualClock (): ManualClock {
  const timers = new Set<{ atMs: number, then: () => void }>()
  let nowMs = 0
  const nextBy = (untilMs: number) => [...timers].filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs)[0]
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    after (ms, then) {
      const timer = { atMs: nowMs + ms, then }
      timers.add(timer)
      return { cancel: () => { timers.delete(timer) } }
    },
    pass (ms) {
      const untilMs = nowMs + ms
      for (let next = nextBy(untilMs); next !== undefined; next = nextBy(untilMs)) {
        timers.delete(next)
        nowMs = Math.max(nowMs, next.atMs)
        next.then()
      }
      nowMs = untilMs
    },
    pause (ms) { nowMs += ms }
  }
}
