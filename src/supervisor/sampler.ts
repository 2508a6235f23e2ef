// Figures of every thread, taken from outside so that a blocked loop is seen too: how busy, how much memory; and who is over.
import type { Clock, Timer } from '../base/clock.ts'
import type { Thread } from './thread.ts'

/** Between two looks at a thread. A thread that only fills memory gains some 5 to 40 MiB in that time. */
export const sampleMs = 50
/** Event loop utilization is a mean over so many looks: one alone is noise. */
const looksAMean = 20
/** A thread that still boots loses the question; one that runs answers within a garbage collection. */
const askAgainMs = 250
/** Questions that may wait for a thread in a native call. */
const maxAsked = 40

export interface Figures {
  /** Over the last second, 0 to 1 */
  eventLoopUtilization: number
  heapUsedBytes: number
  externalBytes: number
  /** How long the loop has not turned, or the longest delay over the last second */
  eventLoopDelayMs: number
}

export const noFigures: Figures = { eventLoopUtilization: 0, heapUsedBytes: 0, externalBytes: 0, eventLoopDelayMs: 0 }

interface Sampled {
  thread: Pick<Thread, 'loop' | 'heap'>
  limitBytes: number
  /** Called once, with the figures that were too much. */
  over: (figures: Figures) => void
  figures: Figures
  loops: Array<{ idle: number, active: number }>
  asked: number
  askedAtMs: number
  isOver: boolean
}

export class Sampler {
  readonly #clock: Clock
  readonly #sampled = new Map<number, Sampled>()
  #timer: Timer | undefined

  constructor (clock: Clock) {
    this.#clock = clock
    this.#wake()
  }

  add (id: number, thread: Pick<Thread, 'loop' | 'heap'>, limitBytes: number, over: (figures: Figures) => void): void {
    this.#sampled.set(id, { thread, limitBytes, over, figures: noFigures, loops: [], asked: 0, askedAtMs: 0, isOver: false })
  }

  remove (id: number): void {
    this.#sampled.delete(id)
  }

  figures (id: number): Figures {
    return this.#sampled.get(id)?.figures ?? noFigures
  }

  close (): void {
    this.#timer?.cancel()
    this.#sampled.clear()
  }

  #wake (): void {
    this.#timer = this.#clock.after(sampleMs, () => {
      for (const sampled of this.#sampled.values()) this.#look(sampled)
      this.#wake()
    }, { unref: true })
  }

  #look (sampled: Sampled): void {
    const { thread, loops } = sampled
    const now = thread.loop()
    loops.push(now)
    const then = (loops.length > looksAMean ? loops.shift() : loops[0]) ?? now
    const [idle, active] = [now.idle - then.idle, now.active - then.active]
    sampled.figures = { ...sampled.figures, eventLoopUtilization: idle + active > 0 ? active / (idle + active) : 0 }

    const nowMs = this.#clock.monotonic()
    const mayAsk = sampled.asked === 0 || (nowMs - sampled.askedAtMs >= askAgainMs && sampled.asked < maxAsked)
    if (!mayAsk) return
    sampled.asked++
    sampled.askedAtMs = nowMs
    // A rejection is a thread that has ended, of which others tell.
    thread.heap().then((heap) => this.#hear(sampled, heap), () => {})
  }

  #hear (sampled: Sampled, heap: { heapUsedBytes: number, externalBytes: number }): void {
    // Earlier questions were lost or are answered in the same breath.
    sampled.asked = 0
    sampled.figures = { ...sampled.figures, ...heap }
    if (sampled.isOver || heap.heapUsedBytes + heap.externalBytes <= sampled.limitBytes) return
    sampled.isOver = true
    sampled.over(sampled.figures)
  }
}
