// Asks the libuv pool for something small once a second; when that has to wait, has the threads count whose jobs come out of it.
import { access } from 'node:fs'
import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from './log.ts'
import { lowerPoolPriority } from './pool-priority.ts'
import { ended, flooding, freePool, waited, type PoolLife } from './pool-state.ts'

export interface PoolPorts {
  clock: Clock
  log: Log
  /** Has each service's thread count the jobs that end within that time. */
  count: (forMs: number) => void
}

const everyMs = 1_000
const countMs = 2_000
const lookMs = 250

export class PoolWatch {
  readonly #ports: PoolPorts
  #pool: PoolLife = freePool
  #askedMs: number | undefined
  #restsUntilMs = 0
  #countsUntilMs = 0
  #named: string | undefined
  #isPolite = false
  #timer: Timer | undefined

  constructor (ports: PoolPorts) {
    this.#ports = ports
    this.#wake()
  }

  /** For people; undefined while that thread is not the cause of anything. */
  flooding (thread: string): string | undefined {
    return flooding(this.#pool, thread)
  }

  ended (thread: string, jobs: number): void {
    this.#pool = ended(this.#pool, thread, jobs)
    const message = flooding(this.#pool, thread)
    if (message === undefined || this.#named === thread) return
    this.#named = thread
    this.#ports.log('warn', `service "${thread}" ${message}`, { service: thread, hint: '`isolation: process` gives it a pool of its own' })
  }

  close (): void {
    this.#timer?.cancel()
  }

  #wake (): void {
    this.#timer = this.#ports.clock.after(lookMs, () => {
      const nowMs = this.#ports.clock.monotonic()
      if (this.#askedMs === undefined && nowMs >= this.#restsUntilMs) this.#ask(nowMs)
      // One that still waits may tell of a flood, but not of its end.
      else if (this.#askedMs !== undefined && nowMs - this.#askedMs >= everyMs) this.#waited(nowMs - this.#askedMs)
      if (this.#pool.isFlooded && nowMs >= this.#countsUntilMs) {
        this.#countsUntilMs = nowMs + countMs
        this.#ports.count(countMs)
      }
      this.#wake()
    }, { unref: true })
  }

  #ask (nowMs: number): void {
    this.#askedMs = nowMs
    access('/', () => {
      if (!this.#isPolite) lowerPoolPriority()
      this.#isPolite = true
      const answeredMs = this.#ports.clock.monotonic()
      this.#waited(answeredMs - nowMs)
      this.#askedMs = undefined
      this.#restsUntilMs = answeredMs + everyMs
    })
  }

  #waited (forMs: number): void {
    this.#pool = waited(this.#pool, forMs)
    if (!this.#pool.isFlooded) this.#named = undefined
  }
}
