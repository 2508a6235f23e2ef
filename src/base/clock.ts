// Time as a port: decisions get it as an argument, shells get this.

export interface Timer { cancel: () => void }

export interface Clock {
  /** Milliseconds since the epoch. */
  now: () => number
  /** Milliseconds of a clock that never goes back (durations). */
  monotonic: () => number
  /** Calls `then` once after `ms` milliseconds. The timer keeps the process alive unless `unref`. */
  after: (ms: number, then: () => void, options?: { unref?: boolean }) => Timer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after (ms, then, options = {}) {
    const timer = setTimeout(then, ms)
    if (options.unref === true) timer.unref()
    return { cancel: () => clearTimeout(timer) }
  }
}
