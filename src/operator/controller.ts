// Works the queue off: so many keys at once, never one key twice at a time.
import { type Clock, type Timer } from '../base/clock.ts'
import { defaultRetry, QueueState, type Priority, type RetryPolicy } from './queue-state.ts'

export type Outcome = 'success' | 'requeue_after' | 'error'

export interface ControllerOptions {
  /** Returns after how many milliseconds it wants to look again; undefined: not until something happens. */
  reconcile: (key: string) => Promise<number | undefined>
  concurrency: number
  clock: Clock
  retry?: RetryPolicy
  /** Milliseconds that a failure asks to be left alone for, if it says so. */
  retryAfterMs?: (thrown: unknown) => number | undefined
  on?: {
    added?: () => void
    taken?: (waitedMs: number) => void
    done?: (key: string, outcome: Outcome, tookMs: number, thrown?: unknown) => void
  }
}

export interface Controller {
  add: (key: string, priority?: Priority) => void
  /** Before this nothing is worked on; what was added waits. */
  start: () => void
  readonly depth: number
  /** Milliseconds that each key in work has been in work. */
  unfinishedMs: () => number[]
  /** Takes nothing new and waits for what is in work. */
  close: () => Promise<void>
}

export function createController ({ reconcile, concurrency, clock, retry = defaultRetry, retryAfterMs = () => undefined, on = {} }: ControllerOptions): Controller {
  const queue = new QueueState(retry)
  const running = new Set<Promise<void>>()
  let state: 'waiting' | 'running' | 'closed' = 'waiting'
  let timer: Timer | undefined

  function pump (): void {
    if (state !== 'running') return
    while (running.size < concurrency) {
      const next = queue.take(clock.monotonic())
      if (next === undefined) break
      on.taken?.(next.waitedMs)
      const work = run(next.key).finally(() => {
        running.delete(work)
        pump()
      })
      running.add(work)
    }
    timer?.cancel()
    const dueMs = queue.nextDueMs
    if (dueMs !== undefined && running.size < concurrency) timer = clock.after(Math.max(0, dueMs - clock.monotonic()), pump)
  }

  async function run (key: string): Promise<void> {
    const startedMs = clock.monotonic()
    try {
      const afterMs = await reconcile(key)
      queue.succeed(key, clock.monotonic(), afterMs)
      on.done?.(key, afterMs === undefined ? 'success' : 'requeue_after', clock.monotonic() - startedMs)
    } catch (thrown) {
      queue.fail(key, clock.monotonic(), retryAfterMs(thrown))
      on.done?.(key, 'error', clock.monotonic() - startedMs, thrown)
    }
  }

  return {
    add (key, priority = 'edit') {
      on.added?.()
      queue.add(key, clock.monotonic(), priority)
      pump()
    },
    start () {
      if (state === 'waiting') state = 'running'
      pump()
    },
    get depth () { return queue.depth },
    unfinishedMs: () => Array.from(queue.active.values(), (sinceMs) => clock.monotonic() - sinceMs),
    async close () {
      state = 'closed'
      timer?.cancel()
      await Promise.all(running)
    }
  }
}
