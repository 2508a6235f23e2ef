// The end of a worker that several services share: whose code brings it about, and how each has its time when all leave together.
import type { Resident } from './resident.ts'
import type { ThreadMessage } from './thread.ts'

export interface SharedEndOptions {
  /** Whose code runs; undefined: nobody's. */
  current: () => Resident | undefined
  post: (message: ThreadMessage) => void
}

export class SharedEnd {
  readonly #options: SharedEndOptions
  /** Those that said process.exit() while all leave. */
  readonly #left = new Set<Resident>()
  readonly #allLeft = Promise.withResolvers<void>()
  /** Those that do something of their own about it. */
  #leaving: ReadonlySet<Resident> | undefined
  #culprit: Resident | undefined

  constructor (options: SharedEndOptions) {
    this.#options = options
    const exit = process.exit.bind(process)
    // Node tells process.exit() and process.exit(undefined) apart: only the latter forgets process.exitCode.
    process.exit = ((...code: Parameters<typeof process.exit>) => {
      const who = options.current()
      if (who !== undefined && this.#culprit === undefined && this.#leaving?.has(who) === true) {
        if (code.length > 0) process.exitCode = code[0]
        this.#leave(who)
        return
      }
      if (who !== undefined) this.tell(who)
      exit(...code)
    }) as typeof process.exit
  }

  /**
   * From now on process.exit() of these ends their own part alone, and returns: each has things to close.
   * The worker ends when all are done.
   */
  begin (leaving: ReadonlySet<Resident>): void {
    this.#leaving = leaving
  }

  /** Whose code ends the worker. */
  get culprit (): Resident | undefined {
    return this.#culprit
  }

  /** Resolves when all of them said process.exit(). */
  get allLeft (): Promise<void> {
    return this.#allLeft.promise
  }

  get hasAnyLeft (): boolean {
    return this.#left.size > 0
  }

  /** The worker ends now, by the code of this one. */
  tell (who: Resident): void {
    // Node ends a thread by process.exit() too, after an error that nobody caught.
    if (this.#culprit !== undefined) return
    this.#culprit = who
    // Of one that was not ready its report says more.
    if (!who.report.isOpen) this.#options.post({ type: 'ended', service: who.name })
  }

  #leave (who: Resident): void {
    this.#left.add(who)
    if (this.#left.size === this.#leaving?.size) this.#allLeft.resolve()
  }
}
