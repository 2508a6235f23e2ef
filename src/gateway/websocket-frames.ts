// Where frames end in a stream of WebSocket bytes (RFC 6455 §5.2), so that a close frame can be put between two of them. Pure.

/** Unmasked close frame with status 1001, "going away" (RFC 6455 §7.4.1). */
export const goingAway = Uint8Array.of(0x88, 0x02, 0x03, 0xe9)

export class FrameBoundary {
  /** Bytes of payload (and masking key) that the current frame still has. */
  #payloadLeft = 0
  /** Bytes of the current frame's head read so far, and how many it has as far as is known. */
  #headRead = 0
  #headLength = 2
  #length = 0

  /** True between two frames. */
  get isBetween (): boolean {
    return this.#headRead === 0 && this.#payloadLeft === 0
  }

  /** Reads on; gives the index just behind the first frame that ends in `bytes`, or -1. */
  read (bytes: Uint8Array): number {
    let first = -1
    let at = 0
    while (at < bytes.length) {
      if (this.#payloadLeft > 0) {
        const step = Math.min(this.#payloadLeft, bytes.length - at)
        this.#payloadLeft -= step
        at += step
      } else {
        this.#readHead(bytes[at++] ?? 0)
      }
      if (first === -1 && this.isBetween) first = at
    }
    return first
  }

  #readHead (byte: number): void {
    this.#headRead++
    if (this.#headRead === 2) {
      const short = byte & 0x7f
      this.#headLength = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((byte & 0x80) === 0 ? 0 : 4)
      this.#length = short < 126 ? short : 0
      this.#lengthEndsAt = short === 126 ? 4 : short === 127 ? 10 : 2
    } else if (this.#headRead > 2 && this.#headRead <= this.#lengthEndsAt) {
      this.#length = this.#length * 256 + byte
    }
    if (this.#headRead < 2 || this.#headRead < this.#headLength) return
    this.#payloadLeft = this.#length
    this.#headRead = 0
    this.#headLength = 2
  }

  #lengthEndsAt = 2
}
