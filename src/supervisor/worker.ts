// The shell around one worker's machine: performs what `next` decides, in order, and decides nothing.
// The same for services and the gateway; what a thread is, only `spawn` knows.
import type { Clock, Timer } from '../base/clock.ts'
import { messageOf, WattError } from '../base/error.ts'
import type { ExitReason } from '../api/app-status.ts'
import { begin, next, type Effect, type WorkerEvent, type WorkerLife, type WorkerPolicy } from './worker-state.ts'

/** For people; `stack` goes to the log alone. */
export interface ExitDetail { code?: string, message: string, hint?: string, stack?: string }

export interface WorkerExit extends ExitDetail {
  thread: number
  reason: ExitReason
  /** Absent: it stays stopped. */
  retryInMs?: number
  isCrashLoop: boolean
}

/**
 * Called by a thread in later turns, never inside of `spawn`. `culprit`: of several services in it, the one whose code ends it;
 * said with 'exited' only, since what a thread threw and whose it was come by different ports, in either order.
 */
export type Hear = (event: WorkerEvent, detail?: ExitDetail, culprit?: string) => void

export interface WorkerThread {
  /** Unique over the life of the pod. */
  id: number
  /** Ask it to finish and end. */
  retire: () => void
  terminate: () => void
  /** Its callers hear now that it is lost; then as `terminate`. */
  giveUp: () => void
}

export interface WorkerPorts {
  clock: Clock
  random: () => number
  /** May throw: a start that failed. */
  spawn: (hear: Hear) => WorkerThread
  admit: (thread: WorkerThread, startedInMs: number) => void
  expel: (thread: WorkerThread) => void
  exited: (exit: WorkerExit) => void
  /** After each move. */
  changed: () => void
}

export class SupervisedWorker {
  readonly #policy: WorkerPolicy
  readonly #ports: WorkerPorts
  #life: WorkerLife
  #thread: WorkerThread | undefined
  #startedMs = 0
  #detail: ExitDetail | undefined
  #culprit: string | undefined
  #timer: Timer | undefined

  constructor (policy: WorkerPolicy, ports: WorkerPorts) {
    this.#policy = policy
    this.#ports = ports
    const [life, effects] = begin(policy)
    this.#life = life
    effects.forEach((effect) => this.#perform(effect))
  }

  get life (): WorkerLife {
    return this.#life
  }

  /** Of the thread at hand, or the last. */
  get id (): number {
    return this.#thread?.id ?? 0
  }

  drain (): void {
    this.#say('drain')
  }

  /** Its thread ends at once; it is not started again. */
  kill (): void {
    this.#say('drain')
    this.#thread?.terminate()
  }

  #say (event: WorkerEvent): void {
    const { clock, random } = this.#ports
    const before = this.#life
    const [after, effects] = next(before, event, this.#policy, { nowMs: clock.now(), random: random() })
    if (after === before && effects.length === 0) return
    this.#life = after
    if (after.state !== before.state) this.#timer?.cancel()
    if (event === 'due' && after.ending === 'startTimeout') this.#detail ??= { message: `it was not ready within ${this.#policy.startTimeoutMs} ms` }
    const retryInMs = effects.find((effect) => effect.do === 'wake')?.afterMs
    effects.forEach((effect) => this.#perform(effect, retryInMs))
    this.#ports.changed()
  }

  #perform (effect: Effect, retryInMs?: number): void {
    const { clock, admit, expel } = this.#ports
    const thread = this.#thread
    switch (effect.do) {
      case 'spawn': return this.#spawn()
      case 'admit': return thread && admit(thread, clock.monotonic() - this.#startedMs)
      case 'expel': return thread && expel(thread)
      case 'retire': return thread?.retire()
      case 'terminate': return thread?.terminate()
      case 'giveUp': return thread?.giveUp()
      case 'report': return this.#report(retryInMs)
      case 'wake': this.#timer = clock.after(effect.afterMs, () => this.#say('due'))
    }
  }

  #spawn (): void {
    const { clock, spawn } = this.#ports
    this.#detail = undefined
    this.#culprit = undefined
    this.#startedMs = clock.monotonic()
    let mine: WorkerThread | undefined
    try {
      mine = this.#thread = spawn((event, detail, culprit) => {
        // One that was given up may end long after its successor started.
        if (this.#thread !== mine) return
        // Its own word has a code and a remedy; Node's may come before.
        if (this.#detail?.code === undefined && detail?.code !== undefined) this.#detail = detail
        this.#detail ??= detail
        this.#culprit = culprit
        this.#say(event)
      })
    } catch (thrown) {
      this.#thread = undefined
      this.#detail = thrown instanceof WattError ? thrown.toJSON() : { message: messageOf(thrown) }
      clock.after(0, () => {
        this.#say('failed')
        this.#say('exited')
      })
    }
  }

  #report (retryInMs: number | undefined): void {
    const { lastReason = 'exit', isLooping } = this.#life
    const detail = this.#detail ?? { message: '' }
    // What has a code is the thread's own word, and names its service. What it was ended for is nobody's alone.
    const isNamed = this.#culprit === undefined || detail.code !== undefined || !['error', 'exit', 'startFailed'].includes(lastReason)
    const message = isNamed ? detail.message : `service "${this.#culprit}": ${detail.message}`
    this.#ports.exited({ ...detail, message, thread: this.id, reason: lastReason, isCrashLoop: isLooping, ...(retryInMs !== undefined && { retryInMs }) })
  }
}
