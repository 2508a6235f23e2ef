// A body in chunks (RFC 9112 §7.1), from bytes as they come to its content and trailers. Pure.
import type { RawHeaders } from '../../mesh/mesh.ts'
import { readFieldLines } from './request-head.ts'

/** A line with a size and its extensions, which nobody uses; a client could send them without end. */
const longestLine = 256
/** Digits of a size: 2^44 bytes are enough for one chunk. */
const maxDigits = 11
/** A piece up to this is moved to the one before it: a frame each would cost more than the copy. */
const joinBytes = 4096

type Line = 'size' | 'extension' | 'sizeEnd' | 'dataCr' | 'dataLf'
type State = Line | 'data' | 'trailers' | 'done'

const cr = 13
const lf = 10
const semicolon = 59

export class ChunkedReader {
  trailers: RawHeaders = []
  /** What is wrong; empty: nothing so far. Nothing is read after a fault. */
  fault = ''
  readonly #limitBytes: number
  #state: State = 'size'
  #size = 0
  #digits = 0
  #lineLength = 0
  #text = ''

  /** `limitBytes`: of the trailers. */
  constructor (limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get isDone (): boolean {
    return this.#state === 'done'
  }

  /** Gives the content in `bytes`, which is changed by it, to `take`; returns the index behind what belongs to this body. */
  read (bytes: Buffer, take: (content: Buffer) => void): number {
    let at = 0
    // Content that is not yet given: it lies together.
    let from = 0
    let to = 0
    while (at < bytes.length && this.#state !== 'done' && this.fault === '') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size)
        if (to > from && end - at <= joinBytes) {
          bytes.copyWithin(to, at, end)
          to += end - at
        } else {
          if (to > from) take(bytes.subarray(from, to))
          from = at
          to = end
        }
        this.#size -= end - at
        at = end
        if (this.#size === 0) this.#state = 'dataCr'
      } else if (this.#state === 'trailers') {
        at = this.#readTrailers(bytes, at)
      } else {
        this.#step(this.#state, bytes[at++] ?? 0)
      }
    }
    if (to > from) take(bytes.subarray(from, to))
    return at
  }

  #step (state: Line, byte: number): void {
    switch (state) {
      case 'size': return this.#readSize(byte)
      case 'extension':
        if (byte === cr) this.#state = 'sizeEnd'
        else if ((byte < 0x20 && byte !== 9) || byte === 0x7f || ++this.#lineLength > longestLine) this.fault = 'a chunk has an extension that is too long or none'
        return
      case 'sizeEnd':
        if (byte !== lf) this.fault = 'the size of a chunk does not end with its line'
        else if (this.#size > 0) this.#state = 'data'
        else {
          this.#state = 'trailers'
          this.#text = ''
        }
        return
      case 'dataCr':
        if (byte === cr) this.#state = 'dataLf'
        else this.fault = 'a chunk is longer than its size'
        return
      case 'dataLf':
        if (byte !== lf) this.fault = 'a chunk is longer than its size'
        this.#state = 'size'
        this.#size = this.#digits = this.#lineLength = 0
    }
  }

  #readSize (byte: number): void {
    const digit = byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : byte >= 65 && byte <= 70 ? byte - 55 : -1
    if (digit !== -1) {
      this.#size = this.#size * 16 + digit
      if (++this.#digits > maxDigits) this.fault = 'a chunk has a size of too many digits'
    } else if (this.#digits > 0 && byte === cr) this.#state = 'sizeEnd'
    else if (this.#digits > 0 && byte === semicolon) this.#state = 'extension'
    else this.fault = 'a chunk does not begin with its size'
  }

  #readTrailers (bytes: Buffer, at: number): number {
    const before = this.#text.length
    // The line of the last chunk ends what comes before: without it, no trailers would not be found by the same search.
    const text = this.#text + bytes.toString('latin1', at, Math.min(bytes.length, at + this.#limitBytes + 4 - before))
    const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n', Math.max(0, before - 3)) + 2
    if (end === 1) {
      if (text.length > this.#limitBytes) this.fault = 'its trailers are too long'
      this.#text = text
      return at + text.length - before
    }
    this.fault = readFieldLines(text, 0, end, this.trailers)
    this.#state = 'done'
    return at + end + 2 - before
  }
}
