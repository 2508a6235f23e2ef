// Asks the libuv pool for something small once a second; when that has to wait, has the threads count whose jobs come out of it.
import { access } from 'node:fs'
import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from './log.ts'
import { lowerPoolPriority } from './pool-priority.ts'
import { counted, flooding, freePool, waited, type PoolLife } from './pool-state.ts'

export interface PoolPorts {
  clock: Clock
  log: Log
  /** Has each service's thread count the jobs that end within that time; the ids of those threads. */
  count: (forMs: number) => number[]
}

const everyMs = 1_000
const countMs = 2_000
/** Past it, who has not said its count is blocked, or gone. */
const answerMs = 2_000
const lookMs = 250

/** One count that all threads have been asked for. */
interface Round {
  awaited: Set<number>
  untilMs: number
  jobs: Array<[thread: string, jobs: number]>
}

export class PoolWatch {
  readonly #ports: PoolPorts
  #pool: PoolLife = freePool
  #askedMs: number | undefined
  #restsUntilMs = 0
  #round: Round | undefined
  /** Told of since it is flooded. */
  readonly #named = new Set<string>()
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

  /** So many jobs of that thread ended while it counted. */
  ended (id: number, name: string, jobs: number): void {
    const round = this.#round
    if (round?.awaited.delete(id) !== true) return
    round.jobs.push([name, jobs])
    if (round.awaited.size === 0) this.#judge(round)
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
      if (this.#round !== undefined && nowMs >= this.#round.untilMs) this.#judge(this.#round)
      if (this.#round === undefined && this.#pool.isFlooded) this.#round = { awaited: new Set(this.#ports.count(countMs)), untilMs: nowMs + countMs + answerMs, jobs: [] }
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

  #judge ({ jobs }: Round): void {
    this.#round = undefined
    this.#pool = counted(this.#pool, jobs)
    for (const [thread] of jobs) {
      const message = flooding(this.#pool, thread)
      if (message === undefined || this.#named.has(thread)) continue
      this.#named.add(thread)
      this.#ports.log('warn', `service "${thread}" ${message}`, { service: thread, hint: '`isolation: process` gives it a pool of its own' })
    }
  }

  #waited (forMs: number): void {
    this.#pool = waited(this.#pool, forMs)
    if (!this.#pool.isFlooded) this.#named.clear()
  }
}
