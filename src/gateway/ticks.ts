// One look at the clocks for all connections: what is late is found by going over them, since a timer a request costs more.
import { tickMs } from './limits.ts'

export class Ticks {
  /** Of the clock that never goes back; at most one tick old. */
  nowMs = performance.now()
  /** IMF-fixdate (RFC 9110 §5.6.7). */
  date = new Date().toUTCString()
  #timer: NodeJS.Timeout
  readonly #tick: () => void

  constructor (tick: () => void) {
    this.#tick = () => {
      this.nowMs = performance.now()
      this.date = new Date().toUTCString()
      tick()
    }
    this.#timer = setInterval(this.#tick, tickMs(Infinity)).unref()
  }

  /** So often that what may last for `shortestMs` is found soon after. */
  adjust (shortestMs: number): void {
    clearInterval(this.#timer)
    this.#timer = setInterval(this.#tick, tickMs(shortestMs)).unref()
  }

  close (): void {
    clearInterval(this.#timer)
  }
}
