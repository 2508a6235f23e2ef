// Bounded concurrency: at most `width` tasks at once, the rest wait in order.

export class Gate {
  readonly #width: number
  #running = 0
  #waiting: Array<() => void> = []

  constructor (width: number) {
    this.#width = width
  }

  /** Runs `task` when there is room; its failure is the caller's. */
  async run<Result> (task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
