// Who is there: what the switchboard told this thread, and what it found out by itself.
import { type MessagePort } from 'node:worker_threads'

/** Switchboard → thread. Always the whole truth: it changes seldom and is small. */
export interface DirectoryMessage {
  type: 'directory'
  services: Listing[]
  /** Every worker whose thread lives, ready or not. */
  alive: number[]
}

export interface Listing { name: string, ready: number[], isCrashLoop: boolean }

/** Switchboard → thread: `port` leads to a worker of `service`, which wants to call. */
export interface AcceptMessage { type: 'accept', service: string, port: MessagePort }

/** Thread → switchboard: hand my port to `worker`. */
export interface DialMessage { type: 'dial', worker: number, port: MessagePort }

export interface Whereabouts { isCrashLoop: boolean, ready: readonly number[] }

export class Directory {
  #services = new Map<string, Listing>()
  #alive = new Set<number>()
  /** Workers that are no more to be picked, whatever the switchboard still says. Ids are never used again. */
  readonly #shunned = new Set<number>()

  update ({ services, alive }: DirectoryMessage): void {
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
