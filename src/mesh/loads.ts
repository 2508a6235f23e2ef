// How busy each worker is, over all its callers: counts in memory that the threads of the pod share. Who sends adds, so that the
// next one to choose sees it before the worker does; who has answered takes away.

/** Worker ids are never used again: two that live at once are never this far apart. */
const slots = 4096
/** Its worker is a process, which shares no memory: each caller knows its own requests only. */
const notShared = -(2 ** 31)

export function makeLoadMemory (): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT)
}

export class Loads {
  #counts: Int32Array | undefined

  constructor (memory?: SharedArrayBuffer) {
    if (memory !== undefined) this.share(memory)
  }

  share (memory: SharedArrayBuffer): void {
    this.#counts = new Int32Array(memory)
  }

  /** A new worker. */
  open (worker: number, sharesMemory: boolean): void {
    if (this.#counts !== undefined) Atomics.store(this.#counts, worker % slots, sharesMemory ? 0 : notShared)
  }

  /** Requests under way in `worker`; undefined where nobody counts. */
  of (worker: number): number | undefined {
    const count = this.#counts?.[worker % slots]
    return count === notShared ? undefined : count
  }

  /** False: nobody counts, and the worker cannot be told. */
  begin (worker: number): boolean {
    if (this.#counts === undefined || this.of(worker) === undefined) return false
    Atomics.add(this.#counts, worker % slots, 1)
    return true
  }

  /** @param isIdle the worker has nothing else under way, whatever callers that ended had counted */
  end (worker: number, isIdle: boolean): void {
    if (this.#counts === undefined) return
    if (isIdle) Atomics.store(this.#counts, worker % slots, 0)
    else Atomics.sub(this.#counts, worker % slots, 1)
  }
}
