// Memory that two threads share, for long bodies: the sender copies bytes into a slot and says its number, the reader gives the
// slot back when it is done. Nothing is allocated, transferred or collected on the way, which costs more than the copy:
// at 600 MiB/s, buffers of their own kept the garbage collectors of both threads busy without end.
import { YoungBuffers } from '../base/young-buffers.ts'

/** As much as a read from a socket gives, and as most streams write at once. */
const slotBytes = 65_536
/** Room before and behind the bytes, so that what frames them (the size of an HTTP chunk, a response's head) needs no write of its own. */
const headBytes = 1024
const tailBytes = 64
const stride = headBytes + slotBytes + tailBytes
/** 16 MiB for each direction between two threads, at most: only slots that were used take memory, and the lowest free one is taken. */
const slotCount = 256
const flagBytes = slotCount * Int32Array.BYTES_PER_ELEMENT

const free = 0
const lent = 1

/** Of this thread. */
const young = new YoungBuffers()

/** The sender's side: it alone takes slots. */
export class Lender {
  readonly memory = new SharedArrayBuffer(flagBytes + slotCount * stride)
  readonly #flags = new Int32Array(this.memory, 0, slotCount)
  readonly #bytes = Buffer.from(this.memory)

  /** Copies as many of the bytes from `at` on as fit into a slot; gives how to find them, or -1: none is free. */
  lend (bytes: Uint8Array, at: number): number {
    for (let slot = 0; slot < slotCount; slot++) {
      // A plain look first, which costs a tenth: hundreds may be lent, and what is free is only ever taken here.
      if (this.#flags[slot] !== free || Atomics.load(this.#flags, slot) !== free) continue
      const size = lentAt(bytes, at)
      copy(bytes, this.#bytes, flagBytes + slot * stride + headBytes, at, at + size)
      Atomics.store(this.#flags, slot, lent)
      return slot * slotBytes + size - 1
    }
    return -1
  }
}

/** How many bytes from `at` on fit into one slot. */
export function lentAt (bytes: Uint8Array, at: number): number {
  return Math.min(slotBytes, bytes.byteLength - at)
}

/** The reader's side: it alone gives slots back. */
export class Borrower {
  readonly #flags: Int32Array
  readonly #bytes: Buffer

  constructor (memory: SharedArrayBuffer) {
    this.#flags = new Int32Array(memory, 0, slotCount)
    this.#bytes = Buffer.from(memory)
  }

  /** @param place as the sender said it */
  borrow (place: number): Loan {
    const slot = Math.floor(place / slotBytes)
    return new Loan(this.#flags, this.#bytes, slot, place % slotBytes + 1)
  }
}

/** Bytes in a slot, until they are given back. */
export class Loan {
  readonly byteLength: number
  readonly #flags: Int32Array
  readonly #memory: Buffer
  readonly #slot: number
  readonly #at: number
  #isOver = false

  constructor (flags: Int32Array, memory: Buffer, slot: number, byteLength: number) {
    this.#flags = flags
    this.#memory = memory
    this.#slot = slot
    this.#at = flagBytes + slot * stride + headBytes
    this.byteLength = byteLength
  }

  /**
   * The bytes between two texts of one byte a character, all in one piece, not to be looked at after `end`; undefined: there is not
   * so much room around them.
   */
  framed (head: string, tail: string): Buffer | undefined {
    if (head.length > headBytes || tail.length > tailBytes) return undefined
    const end = this.#at + this.byteLength
    if (head !== '') this.#memory.write(head, this.#at - head.length, 'latin1')
    if (tail !== '') this.#memory.write(tail, end, 'latin1')
    return this.#memory.subarray(this.#at - head.length, end + tail.length)
  }

  /** The bytes in memory of their own; the slot is given back. */
  take (): Buffer {
    young.made(this.byteLength)
    const own = Buffer.allocUnsafeSlow(this.byteLength)
    if (!this.#isOver) this.#memory.copy(own, 0, this.#at, this.#at + this.byteLength)
    this.end()
    return own
  }

  /** Gives the slot back: at once when it is called, once. */
  readonly end = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    Atomics.store(this.#flags, this.#slot, free)
  }
}

/** As Buffer.copy, which is the machine's own; TypedArray.set goes word by word, where memory is shared. */
function copy (from: Uint8Array, to: Buffer, at: number, begin: number, end: number): void {
  const source = Buffer.isBuffer(from) ? from : Buffer.from(from.buffer, from.byteOffset, from.byteLength)
  source.copy(to, at, begin, end)
}
