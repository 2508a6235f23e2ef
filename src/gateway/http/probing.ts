// Asks again and again, ever less often, whether a client that has ended its half is still there.

/** The second one learns what the first one brought about; a client on a slow path needs longer to say it. */
const delaysMs = [50, 100, 250, 500, 1_000, 2_000, 5_000]

export class Probing {
  #timer: NodeJS.Timeout | undefined
  #count = 0
  readonly #probe: () => void

  constructor (probe: () => void) {
    this.#probe = probe
    this.#wait()
  }

  stop (): void {
    clearTimeout(this.#timer)
  }

  #wait (): void {
    this.#timer = setTimeout(() => {
      this.#probe()
      this.#wait()
    }, delaysMs[Math.min(this.#count++, delaysMs.length - 1)])
  }
}
