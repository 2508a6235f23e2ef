// The order of leaving: not ready, still accepting for a while, then the gateway, then the services in reverse of their start.
import type { Clock, Timer } from '../base/clock.ts'

export interface DrainPorts {
  clock: Clock
  /** Kubernetes takes a pod out of its Services while it still gets connections: how long to wait for that. */
  drainDelayMs: number
  /** From the end of the delay to the end of everything; what then still runs is ended. */
  budgetMs: number
  drainGateway: () => Promise<void>
  drainServices: () => Promise<void>
  /** Ends all threads at once. */
  kill: () => void
  /** Resolves when all threads have ended or were given up. */
  ended: () => Promise<void>
}

export interface Drain {
  /** Resolves when nothing runs any more. */
  done: Promise<void>
  /** First: do not wait for the delay. Again: do not wait for what is in flight. */
  hurry: () => void
}

/** For the services, when the gateway needed all of the time; two of the grace period's last five seconds stay for the end. */
const killSlackMs = 3_000

export function startDrain ({ clock, drainDelayMs, budgetMs, drainGateway, drainServices, kill, ended }: DrainPorts): Drain {
  let skipDelay: (() => void) | undefined
  let deadline: Timer | undefined

  async function run (): Promise<void> {
    if (drainDelayMs > 0) {
      await new Promise<void>((resolve) => {
        skipDelay = resolve
        clock.after(drainDelayMs, resolve)
      })
    }
    skipDelay = undefined
    deadline = clock.after(budgetMs + killSlackMs, kill)
    await drainGateway()
    await drainServices()
    deadline.cancel()
    kill()
    await ended()
  }

  return {
    done: run(),
    hurry () {
      if (skipDelay !== undefined) skipDelay()
      else kill()
    }
  }
}
