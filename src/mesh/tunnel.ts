// The caller's end of an accepted upgrade: a Duplex whose bytes are frames.
import { Duplex } from 'node:stream'
import { brokenPipe } from './broken-pipe.ts'
import { ReceiveWindow, SendWindow, windowBytes } from './credit.ts'
import * as frame from './frame.ts'
import { type Upgraded } from './mesh.ts'
import { type Peer } from './peer.ts'

export class Tunnel extends Duplex implements Upgraded {
  readonly #peer: Peer
  readonly #exchange: number
  readonly #over: () => void
  readonly #window = new SendWindow(windowBytes)
  readonly #received = new ReceiveWindow()
  #blocked: ((error?: Error) => void) | undefined
  #isCut = false
  #unread = 0

  constructor (peer: Peer, exchange: number, over: () => void) {
    // As a socket that was dialled: when the service ends its half, so does this side.
    super({ allowHalfOpen: false })
    this.#peer = peer
    this.#exchange = exchange
    this.#over = over
    // A write that finds no reader must not end the thread when no one listens.
    this.on('error', () => {})
  }

  /** Bytes from the service; null: it will send no more. */
  receive (bytes: Buffer | null): void {
    if (this.destroyed) return
    if (bytes !== null) this.#unread += bytes.byteLength
    if (this.push(bytes)) this.#owe()
  }

  /** The service destroyed its socket or is gone: what it had sent can still be read, as from a kernel's socket. */
  cut (): void {
    if (this.destroyed) return
    this.#isCut = true
    if (!this.readableEnded) this.push(null)
    if (this.readableLength === 0 && this.readableFlowing !== false) this.resume()
    if (this.readableEnded) this.destroy()
    else this.once('end', () => this.destroy())
    const blocked = this.#blocked
    this.#blocked = undefined
    blocked?.(brokenPipe())
  }

  grant (bytes: number): void {
    this.#window.grant(bytes)
    if (!this.#window.isOpen) return
    const blocked = this.#blocked
    this.#blocked = undefined
    blocked?.()
  }

  relay (bytes: Uint8Array): boolean {
    if (this.destroyed || this.writableEnded) return true
    // What waits goes first; what needs not wait is spared the machinery of a stream.
    if (this.writableLength > 0 || !this.#window.isOpen) return this.write(Buffer.from(bytes))
    this.#window.take(bytes.byteLength)
    this.#peer.sendData(this.#exchange, bytes)
    return true
  }

  /** Sockets have these; clients of upgrades call them. */
  setNoDelay (): this { return this }
  setKeepAlive (): this { return this }
  setTimeout (): this { return this }
  ref (): this { return this }
  unref (): this { return this }

  override _read (): void {}

  // Not in _read: that comes before what is read has left the buffer, and comes no more until something is pushed.
  override read (size?: number): unknown {
    const bytes: unknown = super.read(size)
    if (bytes !== null) this.#owe()
    return bytes
  }

  override _write (chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#isCut) return done(brokenPipe())
    this.#window.take(chunk.byteLength)
    this.#peer.sendData(this.#exchange, chunk)
    if (this.#window.isOpen) done()
    else this.#blocked = done
  }

  override _final (done: () => void): void {
    this.#peer.send([frame.end, this.#exchange, null])
    done()
  }

  override _destroy (error: Error | null, done: (error: Error | null) => void): void {
    // Also after a clean end of both halves: the service's side closes its socket by it.
    if (!this.#isCut) this.#peer.send([frame.cut, this.#exchange])
    this.#isCut = true
    this.#over()
    done(error)
  }

  /** A stream that takes more, or asks for it, has as good as consumed what it holds: at most its high-water mark. */
  #owe (): void {
    const due = this.#received.consume(this.#unread)
    this.#unread = 0
    if (due > 0) this.#peer.send([frame.credit, this.#exchange, due])
  }
}
