// How far a worker has come with the requests of one link, in memory that its caller shares: it outlives the worker, and can be
// read while the worker's loop is blocked. Requests of a link are begun in the order of their ids (int32, which wrap).

/** Not an id that comes within the first four thousand million requests of a link. */
const takenBack = -1

export function makeBegunMemory (): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** As the worker holds it. */
export class Begins {
  readonly #word: Int32Array
  #last = 0

  constructor (memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory)
  }

  /** False: the caller has given this worker up and sent the request elsewhere; it must not be carried out here too. */
  begin (id: number): boolean {
    if (Atomics.compareExchange(this.#word, 0, this.#last, id) !== this.#last) return false
    this.#last = id
    return true
  }
}

/** As the caller holds it. */
export class Begun {
  readonly #word: Int32Array
  #last: number | undefined

  constructor (memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory)
  }

  /** The worker begins nothing more; requests that it has not begun are the caller's again. */
  takeBack (): void {
    this.#last ??= Atomics.exchange(this.#word, 0, takenBack)
  }

  /** After `takeBack`. */
  has (id: number): boolean {
    return this.#last === undefined || ((id - this.#last) | 0) <= 0
  }
}
