// Who is there: what the switchboard told this thread, and what it found out by itself.

export interface Listing { name: string, ready: number[], isCrashLoop: boolean }

export interface Whereabouts { isCrashLoop: boolean, ready: readonly number[] }

export class Directory {
  #services = new Map<string, Listing>()
  #alive = new Set<number>()
  /** Workers that are no more to be picked, whatever the switchboard still says. Ids are never used again. */
  readonly #shunned = new Set<number>()

  update ({ services, alive }: { services: readonly Listing[], alive: readonly number[] }): void {
    this.#alive = new Set(alive)
    for (const worker of this.#shunned) if (!this.#alive.has(worker)) this.#shunned.delete(worker)
    this.#services = new Map(services.map((listing) => [listing.name, this.#without(listing)]))
  }

  /** Undefined: no such service. */
  find (service: string): Whereabouts | undefined {
    return this.#services.get(service)
  }

  isAlive (worker: number): boolean {
    return this.#alive.has(worker)
  }

  /** This worker said goodbye or is gone: known here before the switchboard says so. */
  shun (worker: number): void {
    this.#shunned.add(worker)
    for (const [name, listing] of this.#services) {
      if (listing.ready.includes(worker)) this.#services.set(name, this.#without(listing))
    }
  }

  #without (listing: Listing): Listing {
    if (this.#shunned.size === 0) return listing
    return { ...listing, ready: listing.ready.filter((worker) => !this.#shunned.has(worker)) }
  }
}
