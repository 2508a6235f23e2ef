// A child process' end of its pipe. Whatever is written is with the kernel when `write` returns, unless the pipe is full: a child
// that aborts, exits or blocks right after must have been heard. What waits when it exits is written then, to the end.
import { writeSync, writevSync } from 'node:fs'
import { Socket } from 'node:net'

export interface PipeEvents {
  read: (chunk: Uint8Array) => void
  /** The supervisor has ended. */
  gone: () => void
}

/** An exit does not wait for longer for a supervisor that does not read. */
const finishMs = 2_000
const retryMs = 2

/** Private to Node's pipes, alike in 24 and 26. */
interface Inner { _handle: { writeQueueSize: number } | null }

export class ProcessPipe {
  readonly #fd: number
  readonly #socket: Socket
  /** With libuv, in order; it knows how much of it is still to be written. */
  #underWay: Uint8Array[] = []
  #waiting: Uint8Array[] = []
  #isFinishing = false

  constructor (fd: number, { read, gone }: PipeEvents) {
    this.#fd = fd
    this.#socket = new Socket({ fd, readable: true, writable: true })
    this.#socket.on('data', read)
    this.#socket.on('error', () => {})
    this.#socket.on('close', gone)
  }

  /** From now on it is no reason to live. */
  unref (): void {
    this.#socket.unref()
  }

  write (bytes: Uint8Array[]): void {
    if (this.#isFinishing) return this.#writeWhole(bytes)
    if (this.#underWay.length > 0) {
      this.#waiting.push(...bytes)
      return
    }
    const rest = without(bytes, this.#tryToWrite(bytes))
    if (rest.length > 0) this.#handOver(rest)
  }

  /** The process exits: from now on every write is one to the end. */
  finish (): void {
    if (this.#isFinishing) return
    this.#isFinishing = true
    const { _handle: handle } = this.#socket as unknown as Inner
    const total = this.#underWay.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const written = total - (handle?.writeQueueSize ?? 0)
    this.#writeWhole([...without(this.#underWay, written), ...this.#waiting])
  }

  /** Bytes written; 0 when the pipe is full, or broken, of which `gone` tells. */
  #tryToWrite (bytes: Uint8Array[]): number {
    try {
      const [only, more] = bytes
      return only !== undefined && more === undefined ? writeSync(this.#fd, only) : writevSync(this.#fd, bytes)
    } catch {
      return 0
    }
  }

  #handOver (bytes: Uint8Array[]): void {
    this.#underWay = bytes
    this.#socket.cork()
    bytes.forEach((piece, index) => this.#socket.write(piece, index === bytes.length - 1 ? () => this.#next() : undefined))
    this.#socket.uncork()
  }

  #next (): void {
    const waiting = this.#waiting
    this.#underWay = []
    this.#waiting = []
    if (waiting.length > 0 && !this.#isFinishing) this.write(waiting)
  }

  #writeWhole (bytes: Uint8Array[]): void {
    const endMs = performance.now() + finishMs
    for (let rest = bytes; rest.length > 0 && performance.now() < endMs;) {
      const written = this.#tryToWrite(rest)
      rest = without(rest, written)
      if (written === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
    }
  }
}

/** What is left of these when their first `count` bytes are gone. */
function without (pieces: Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const rest: Uint8Array[] = []
  for (const piece of pieces) {
    if (left >= piece.byteLength) left -= piece.byteLength
    else {
      rest.push(left === 0 ? piece : piece.subarray(left))
      left = 0
    }
  }
  return rest
}
