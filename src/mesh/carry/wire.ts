// Messages on a stream of bytes: each is a head of fixed size, the sizes of its pieces, its body, and the pieces as they are.
// Whatever is not this is an error: the other side is broken then, and must be ended.
import type { Encoded, Form } from './codec.ts'

/** On the pipe between the supervisor and a process; `channel` says for which port. */
export interface Packet extends Encoded { channel: number }

/** magic and form, number of pieces, channel, size of the body: 4 × 32 bits, little endian */
const headBytes = 16
const magic: Readonly<Record<Form, number>> = { json: 0x57_41_54_01, v8: 0x57_41_54_02 }
/** Nothing that we send comes near these: they keep a broken head from claiming all memory. */
const maxPieces = 65_536
const maxBytes = 2 ** 30

/** In the order in which they are to be written. */
export function toBytes ({ form, channel, body, pieces }: Packet): Uint8Array[] {
  const head = Buffer.allocUnsafe(headBytes + 4 * pieces.length + body.byteLength)
  head.writeUInt32LE(magic[form], 0)
  head.writeUInt32LE(pieces.length, 4)
  head.writeUInt32LE(channel, 8)
  head.writeUInt32LE(body.byteLength, 12)
  let at = headBytes
  for (const piece of pieces) at = head.writeUInt32LE(piece.byteLength, at)
  head.set(body, at)
  return [head, ...pieces]
}

/** Bytes in, in whatever chunks they come; packets out, each as soon as it is whole. Pieces have memory of their own. */
export class PacketReader {
  readonly #heard: (packet: Packet) => void
  /** What has come of the part that is being read, when it came in more than one chunk. */
  #partial: Uint8Array | undefined
  #filled = 0
  #head: { form: Form, channel: number, count: number, bodyBytes: number } | undefined
  #body: { bytes: Uint8Array, sizes: number[] } | undefined
  #pieces: Uint8Array[] = []

  /** @param heard must be done with the body when it returns: it may lie in the chunk */
  constructor (heard: (packet: Packet) => void) {
    this.#heard = heard
  }

  /** @throws RangeError when it is no packet: nothing more can be read then */
  push (chunk: Uint8Array): void {
    let at = 0
    for (;;) {
      const size = this.#nextSize()
      const isWhole = this.#partial === undefined && chunk.byteLength - at >= size
      if (isWhole) {
        this.#step(chunk.subarray(at, at + size))
        at += size
        continue
      }
      if (at === chunk.byteLength) return
      const partial = this.#partial ??= new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
      const some = Math.min(size - this.#filled, chunk.byteLength - at)
      partial.set(chunk.subarray(at, at + some), this.#filled)
      this.#filled += some
      at += some
      if (this.#filled < size) return
      this.#partial = undefined
      this.#filled = 0
      this.#step(partial)
    }
  }

  #nextSize (): number {
    if (this.#head === undefined) return headBytes
    if (this.#body === undefined) return 4 * this.#head.count + this.#head.bodyBytes
    return this.#body.sizes[this.#pieces.length] ?? 0
  }

  #step (part: Uint8Array): void {
    if (this.#head === undefined) {
      this.#head = readHead(part)
      return
    }
    const { form, channel, count, bodyBytes } = this.#head
    if (this.#body === undefined) {
      const sizes = Array.from({ length: count }, (_, index) => checked(readUint32(part, 4 * index), maxBytes))
      this.#body = { sizes, bytes: part.subarray(4 * count, 4 * count + bodyBytes) }
      // The chunk will not be there any more when its pieces have come.
      if (count > 0) this.#body.bytes = new Uint8Array(this.#body.bytes)
    } else this.#pieces.push(part.byteLength === part.buffer.byteLength ? part : new Uint8Array(part))
    if (this.#pieces.length < count) return

    const packet: Packet = { form, channel, body: this.#body.bytes, pieces: this.#pieces }
    this.#head = this.#body = undefined
    this.#pieces = []
    this.#heard(packet)
  }
}

function readHead (head: Uint8Array): { form: Form, channel: number, count: number, bodyBytes: number } {
  const mark = readUint32(head, 0)
  const form = mark === magic.json ? 'json' : mark === magic.v8 ? 'v8' : undefined
  if (form === undefined) throw new RangeError(`a packet begins with ${mark.toString(16)}`)
  return { form, count: checked(readUint32(head, 4), maxPieces), channel: readUint32(head, 8), bodyBytes: checked(readUint32(head, 12), maxBytes) }
}

function readUint32 (bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16 | (bytes[at + 3] ?? 0) << 24) >>> 0
}

function checked (value: number, limit: number): number {
  if (value > limit) throw new RangeError(`a packet claims ${value} of something`)
  return value
}
