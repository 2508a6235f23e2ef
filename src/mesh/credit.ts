// Flow control: a sender may have `windowBytes` on the way that the reader has not consumed (RFC 9113 §5.2 has the same
// idea, with a window a stream). One chunk may overshoot: a chunk is never cut in two.

/** Room for one exchange and direction. 256 KiB keeps a 1 GiB/s stream going over a turn of 250 µs. */
export const windowBytes = 262_144

/** The sender's side. */
export class SendWindow {
  #available: number

  constructor (availableBytes: number) {
    this.#available = availableBytes
  }

  get isOpen (): boolean {
    return this.#available > 0
  }

  take (bytes: number): void {
    this.#available -= bytes
  }

  grant (bytes: number): void {
    this.#available += bytes
  }
}

/** The reader's side. */
export class ReceiveWindow {
  #owed = 0

  /** Bytes that were consumed; returns the credit to send now: 0 mostly, so that short bodies cost no frame. */
  consume (bytes: number): number {
    this.#owed += bytes
    if (this.#owed < windowBytes / 2) return 0
    const due = this.#owed
    this.#owed = 0
    return due
  }
}
