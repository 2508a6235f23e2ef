// The app's services: started in the order of their dependencies, as many workers at once as there is room, and drained in reverse.
import { startable, stoppable } from './start-order.ts'
import type { Service } from './service.ts'

export class Tree {
  readonly services: readonly Service[]
  readonly #width: number
  readonly #begun = new Set<string>()
  #isLeaving = false
  #isPumping = false

  /** @param width workers that may start at once: each takes a core for most of that time */
  constructor (services: readonly Service[], width: number) {
    this.services = services
    this.#width = width
  }

  /** Call it after each change of a service: begins what may begin now, and adds workers that are missing. */
  pump (): void {
    // Adding a worker is a change too.
    if (this.#isPumping || this.#isLeaving) return
    this.#isPumping = true
    const configs = this.services.map(({ config }) => config)
    const settled = new Set(this.services.filter(({ isSettled }) => isSettled).map(({ config }) => config.name))
    startable(configs, this.#begun, settled).forEach((name) => this.#begun.add(name))
    for (;;) {
      const starting = this.services.reduce((sum, service) => sum + service.starting, 0)
      // One worker of each service before the second of any.
      const next = this.services.filter(({ config, missing }) => missing > 0 && this.#begun.has(config.name)).toSorted((a, b) => a.size - b.size)[0]
      if (next === undefined || starting >= this.#width) break
      next.add()
    }
    this.#isPumping = false
  }

  /** Each service once all that depend on it have stopped; resolves when all have. */
  drain (): Promise<void> {
    this.#isLeaving = true
    const configs = this.services.map(({ config }) => config)
    const begun = new Set<string>()
    const stopped = new Set<string>()
    return new Promise((resolve) => {
      const step = (): void => {
        if (stopped.size === this.services.length) return resolve()
        for (const name of stoppable(configs, begun, stopped)) {
          begun.add(name)
          this.services.find(({ config }) => config.name === name)?.drain(() => {
            stopped.add(name)
            step()
          })
        }
      }
      step()
    })
  }

  kill (): void {
    this.#isLeaving = true
    for (const service of this.services) service.kill()
  }
}
