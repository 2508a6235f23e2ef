// Many changes at once become one: an editor saves by three steps, a compiler writes a hundred files.
import type { Clock, Timer } from '../../base/clock.ts'

/** Silence after which a change is whole; a person does not notice it. */
const quietMs = 40
/** A compiler that writes on and on is not waited for. */
const longestMs = 400

export class Settle {
  readonly #clock: Clock
  readonly #settled: (key: string, files: string[]) => void
  readonly #pending = new Map<string, { files: Set<string>, sinceMs: number, timer: Timer }>()

  /** `settled` gets the files of each key, in the order in which they changed. */
  constructor (clock: Clock, settled: (key: string, files: string[]) => void) {
    this.#clock = clock
    this.#settled = settled
  }

  add (key: string, file: string): void {
    const nowMs = this.#clock.monotonic()
    const before = this.#pending.get(key)
    before?.timer.cancel()
    const files = before?.files ?? new Set<string>()
    const sinceMs = before?.sinceMs ?? nowMs
    const timer = this.#clock.after(Math.max(0, Math.min(quietMs, sinceMs + longestMs - nowMs)), () => {
      this.#pending.delete(key)
      this.#settled(key, [...files])
    })
    this.#pending.set(key, { files: files.add(file), sinceMs, timer })
  }

  close (): void {
    for (const { timer } of this.#pending.values()) timer.cancel()
    this.#pending.clear()
  }
}
