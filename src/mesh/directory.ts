// Who is there: what the switchboard told this thread, and what it found out by itself.

import { type Meeting } from './carry/meeting.ts'

export interface Listing { name: string, ready: number[], isCrashLoop: boolean }

export interface Whereabouts { isCrashLoop: boolean, ready: readonly number[] }

export class Directory {
  #services = new Map<string, Listing>()
  #alive = new Set<number>()
  #doors = new Map<number, Meeting>()
  /** Workers that are no more to be picked, whatever the switchboard still says. Ids are never used again. */
  readonly #shunned = new Set<number>()

  update ({ services, alive, doors = [] }: { services: readonly Listing[], alive: readonly number[], doors?: ReadonlyArray<[number, Meeting]> }): void {
    this.#alive = new Set(alive)
    this.#doors = new Map(doors)
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

  /** Undefined: it is no process, or is not known to be met anywhere. */
  doorOf (worker: number): Meeting | undefined {
    return this.#doors.get(worker)
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
