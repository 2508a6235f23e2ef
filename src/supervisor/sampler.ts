// Figures of every thread, taken from outside so that a blocked loop is seen too: how busy, how late, how much memory; and who is
// over its ceiling, who does not turn.
import type { Clock, Timer } from '../base/clock.ts'
import { answered, delayMs, look, newLoop, turned, type LoopLife, type LoopTime } from './loop-state.ts'
import { collected, judge, within, type MemoryLife } from './memory-state.ts'
import type { Memory, Thread } from './thread.ts'

/** Between two looks at a thread. A thread that only fills memory gains some 5 to 40 MiB in that time. */
export const sampleMs = 50
/** Event loop utilization is a mean over so many looks: one alone is noise. */
const looksAMean = 20
/** A thread that still boots loses the question; one that runs answers within a garbage collection. */
const askAgainMs = 250
/** Questions that may wait for a thread in a native call. */
const maxAsked = 40
/** A thread that seems blocked is looked at more closely for so long, from half of its limit on, but not sooner than that before it. */
const profileMs = 100
const profileBeforeMs = 2_000

export interface Figures {
  /** Over the last second, 0 to 1 */
  eventLoopUtilization: number
  heapUsedBytes: number
  externalBytes: number
  /** How long the loop has not turned, or the longest delay over the last second */
  eventLoopDelayMs: number
  /** Of a child process: what counts against its ceiling. */
  residentBytes?: number
}

export interface Watch {
  memoryBytes: number
  blockedTimeoutMs: number
  /** Called once, with the figures that were too much. */
  over: (figures: Figures) => void
  /** Called at each look from the limit on: for how long it has not turned, and where its JavaScript is, if that can be told. */
  blocked: (silentMs: number, where: Whereabouts) => void
}

/** Native: it does not answer V8's interrupts, so `terminate()` cannot end it before the call returns. */
export interface Whereabouts { isNative: boolean, stack?: string }

type Sampling = Pick<Thread, 'loop' | 'heap' | 'post' | 'where'>

export const noFigures: Figures = { eventLoopUtilization: 0, heapUsedBytes: 0, externalBytes: 0, eventLoopDelayMs: 0 }

interface Sampled extends Watch {
  thread: Sampling
  figures: Figures
  loop: LoopLife
  loops: LoopTime[]
  pingedAtMs: number
  asked: number
  askedAtMs: number
  /** Since the first question was put that is not answered yet; counts the time that was looked at, as the silence does. */
  unansweredMs: number
  memory: MemoryLife
  isOver: boolean
  isStarted: boolean
  /** Since it seems blocked. */
  closer: { stack?: string } | undefined
}

export class Sampler {
  readonly #clock: Clock
  readonly #sampled = new Map<number, Sampled>()
  #timer: Timer | undefined
  #lookedAtMs: number

  constructor (clock: Clock) {
    this.#clock = clock
    this.#lookedAtMs = clock.monotonic()
    this.#wake()
  }

  add (id: number, thread: Sampling, watch: Watch): void {
    this.#sampled.set(id, {
      ...watch, thread, figures: noFigures, loop: newLoop, loops: [], pingedAtMs: 0, asked: 0, askedAtMs: 0, unansweredMs: 0, memory: within, isOver: false, isStarted: false, closer: undefined
    })
  }

  remove (id: number): void {
    this.#sampled.delete(id)
  }

  figures (id: number): Figures {
    return this.#sampled.get(id)?.figures ?? noFigures
  }

  /** All threads together, in cores. */
  get busyCores (): number {
    return this.#sampled.values().reduce((sum, { figures }) => sum + figures.eventLoopUtilization, 0)
  }

  /** What all of them hold; processes by themselves. */
  get held (): { heldBytes: number, processBytes: number, threads: number } {
    const held = { heldBytes: 0, processBytes: 0, threads: 0 }
    for (const { figures: { heapUsedBytes, externalBytes, residentBytes } } of this.#sampled.values()) {
      if (residentBytes !== undefined) held.processBytes += residentBytes
      else {
        held.heldBytes += heapUsedBytes + externalBytes
        held.threads++
      }
    }
    return held
  }

  /** The thread answered a ping. */
  pong (id: number): void {
    const sampled = this.#sampled.get(id)
    if (sampled !== undefined) sampled.loop = answered(sampled.loop, this.#clock.monotonic() - sampled.pingedAtMs)
  }

  /** The thread has collected its garbage, as it was told, and says what that took it. */
  collected (id: number, tookMs: number): void {
    const sampled = this.#sampled.get(id)
    if (sampled !== undefined) sampled.memory = collected(sampled.memory, this.#clock.monotonic(), tookMs)
  }

  /** What came before does not count: it was starting. */
  started (id: number): void {
    const sampled = this.#sampled.get(id)
    if (sampled === undefined) return
    sampled.isStarted = true
    sampled.loop = turned(sampled.loop)
  }

  close (): void {
    this.#timer?.cancel()
    this.#sampled.clear()
  }

  #wake (): void {
    this.#timer = this.#clock.after(sampleMs, () => {
      const nowMs = this.#clock.monotonic()
      const stepMs = Math.min(nowMs - this.#lookedAtMs, 2 * sampleMs)
      this.#lookedAtMs = nowMs
      for (const sampled of this.#sampled.values()) this.#look(sampled, stepMs)
      this.#wake()
    }, { unref: true })
  }

  #look (sampled: Sampled, stepMs: number): void {
    const { thread, loops } = sampled
    const now = thread.loop()
    loops.push(now)
    const then = (loops.length > looksAMean ? loops.shift() : loops[0]) ?? now
    const [idle, active] = [now.idle - then.idle, now.active - then.active]
    const { loop, ping } = look(sampled.loop, now, stepMs)
    sampled.loop = loop
    sampled.figures = { ...sampled.figures, eventLoopUtilization: idle + active > 0 ? active / (idle + active) : 0, eventLoopDelayMs: delayMs(loop) }

    const nowMs = this.#clock.monotonic()
    if (ping) {
      sampled.pingedAtMs = nowMs
      thread.post({ type: 'ping' })
    }
    sampled.unansweredMs = sampled.asked === 0 ? 0 : sampled.unansweredMs + stepMs
    this.#askHeap(sampled, nowMs)
    if (sampled.isStarted) this.#judge(sampled)
  }

  #askHeap (sampled: Sampled, nowMs: number): void {
    const mayAsk = sampled.asked === 0 || (nowMs - sampled.askedAtMs >= askAgainMs && sampled.asked < maxAsked)
    if (!mayAsk) return
    sampled.asked++
    sampled.askedAtMs = nowMs
    // A rejection is a thread that has ended, of which others tell.
    const isAfter = sampled.memory.state === 'collected'
    sampled.thread.heap().then((heap) => this.#hear(sampled, heap, isAfter), () => {})
  }

  #hear (sampled: Sampled, heap: Memory, isAfter: boolean): void {
    // Earlier questions were lost or are answered in the same breath.
    sampled.asked = 0
    sampled.figures = { ...sampled.figures, ...heap }
    if (sampled.isOver) return
    const [memory, verdict] = judge(sampled.memory, {
      bytes: heap.residentBytes ?? heap.heapUsedBytes + heap.externalBytes,
      limitBytes: sampled.memoryBytes,
      isAfter,
      turns: sampled.isStarted && sampled.loop.silentMs <= 2 * sampleMs,
      nowMs: this.#clock.monotonic()
    })
    sampled.memory = memory
    if (verdict === 'collect') sampled.thread.post({ type: 'collect' })
    if (verdict !== 'end') return
    sampled.isOver = true
    sampled.over(sampled.figures)
  }

  #judge (sampled: Sampled): void {
    const { thread, loop: { silentMs }, blockedTimeoutMs, unansweredMs, blocked } = sampled
    if (silentMs === 0 || silentMs < Math.max(blockedTimeoutMs / 2, blockedTimeoutMs - profileBeforeMs)) {
      sampled.closer = undefined
      return
    }
    if (sampled.closer === undefined) {
      const closer: Sampled['closer'] = sampled.closer = {}
      thread.where?.(profileMs).then((stack) => { if (stack !== undefined) closer.stack = stack }, () => {})
    }
    if (silentMs < blockedTimeoutMs) return
    const { stack } = sampled.closer
    blocked(silentMs, { isNative: stack === undefined && unansweredMs > silentMs / 2, ...(stack !== undefined && { stack }) })
  }
}
