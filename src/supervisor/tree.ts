// The app's groups: started in the order of their dependencies, as many workers at once as there are cores, and drained in reverse.
import type { Clock, Timer } from '../base/clock.ts'
import { groupDependents, startable, stoppable } from './start-order.ts'
import type { Group } from './group.ts'

/** A worker that takes longer waits for something else than a core, such as a database: the next one need not wait for it. */
const ownCoreMs = 1_000

export class Tree {
  readonly groups: readonly Group[]
  readonly #width: number
  readonly #clock: Clock
  #timer: Timer | undefined
  readonly #begun = new Set<string>()
  #isLeaving = false
  #isPumping = false

  /** @param width workers that may start at once: each takes a core, and the first to be ready answers the sooner for it */
  constructor (groups: readonly Group[], width: number, clock: Clock) {
    this.groups = groups
    this.#width = width
    this.#clock = clock
  }

  /** @throws RangeError when there is none of that name */
  find (name: string): Group {
    const found = this.groups.find((group) => group.name === name)
    if (found === undefined) throw new RangeError(`there is no group "${name}"`)
    return found
  }

  /** Call it after each change of a group: begins what may begin now, and adds workers that are missing. */
  pump (): void {
    // Adding a worker is a change too.
    if (this.#isPumping || this.#isLeaving) return
    this.#isPumping = true
    this.#timer?.cancel()
    const settled = new Set(this.groups.filter(({ isSettled }) => isSettled).map(({ name }) => name))
    startable(this.#dependents(), this.#begun, settled).forEach((name) => this.#begun.add(name))
    for (;;) {
      const starting = this.groups.reduce((sum, group) => sum + group.startingSince(ownCoreMs), 0)
      // One worker of each group before the second of any.
      const next = this.groups.filter(({ name, missing }) => missing > 0 && this.#begun.has(name)).toSorted((a, b) => a.size - b.size)[0]
      if (next === undefined) break
      if (starting >= this.#width) {
        this.#timer = this.#clock.after(ownCoreMs, () => this.pump(), { unref: true })
        break
      }
      next.add()
    }
    this.#isPumping = false
  }

  /** Each group once all that depend on it have stopped; resolves when all have. */
  drain (): Promise<void> {
    this.#isLeaving = true
    this.#timer?.cancel()
    const begun = new Set<string>()
    const stopped = new Set<string>()
    return new Promise((resolve) => {
      const step = (): void => {
        if (stopped.size === this.groups.length) return resolve()
        for (const next of stoppable(this.#dependents(), begun, stopped)) {
          begun.add(next)
          this.find(next).drain(() => {
            stopped.add(next)
            step()
          })
        }
      }
      step()
    })
  }

  kill (): void {
    this.#isLeaving = true
    this.#timer?.cancel()
    for (const group of this.groups) group.kill()
  }

  #dependents (): ReturnType<typeof groupDependents> {
    return groupDependents(this.groups.map(({ group }) => group))
  }
}
