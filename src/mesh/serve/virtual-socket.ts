// The socket that a service's request seems to have come over: a real net.Socket without a handle, whose bytes go to a
// wire of ours. One is used for many requests, one after the other, as on a kept-alive connection.
import { type AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** Where a virtual socket's bytes go to and come from. */
export interface Wire {
  /** Takes bytes; calls `done` when there is room for more. */
  write: (bytes: Buffer, done: (error?: Error | null) => void) => void
  /** No more bytes will come from the socket. */
  end: (done: () => void) => void
  /** The socket's reader wants more. */
  read: () => void
  destroyed: (error: Error | null) => void
}

/** Body bytes that a ServerResponse writes on its socket go past the stream machinery. */
export interface BodyWriter {
  writeBody: (chunk: Uint8Array | string, encoding: BufferEncoding | undefined, done: ((error?: Error | null) => void) | undefined) => boolean
  /** Bytes that wait for credit. */
  readonly pendingBytes: number
  /** The socket is closed. */
  socketClosed: () => void
}

const nothing: Wire = { write: (_bytes, done) => done(), end: (done) => done(), read: () => {}, destroyed: () => {} }

/** Private to net.Socket, alike in Node 24 and 26. */
interface Timed { _unrefTimer: () => void }

export class VirtualSocket extends Socket {
  wire: Wire = nothing
  body: BodyWriter | undefined
  /** Async context of whoever wrote last at the other end, where that is in this thread: a kept connection serves many requests. */
  writer: AsyncResource | undefined

  /** Who is at the other end; empty: another service of this process. */
  peerAddress = ''
  #user: BodyWriter | undefined

  constructor (server?: Server) {
    super({ allowHalfOpen: true })
    if (server !== undefined) Object.assign(this, { server })
    // As node:http does for its own: a socket error must not end the thread when no one listens.
    this.on('error', ignore)
    this.on('close', closed)
    this.on('timeout', timedOut)
  }

  /** Nothing of the last request is left on it. */
  isReusable (): boolean {
    if (this.destroyed || this.timeout !== undefined) return false
    if (this.writableEnded || this.readableFlowing !== null || this.listenerCount('close') !== 1) return false
    this.wire = nothing
    this.body = undefined
    this.#user = undefined
    return true
  }

  /** Bytes went past the stream machinery: an idle timeout that someone set begins anew. */
  touch (): void {
    if (this.timeout !== undefined && this.timeout > 0) (this as unknown as Timed)._unrefTimer()
  }

  /** Whoever uses it hears that it is closed. */
  tellClosed (): void {
    this.#user?.socketClosed()
  }

  /** Readies it for another request. */
  use (wire: Wire, body: BodyWriter, remoteAddress: string): void {
    this.wire = wire
    this.body = body
    this.#user = body
    this.peerAddress = remoteAddress
  }

  override address (): { address: string, family: string, port: number } {
    return { address: loopback, family: 'IPv4', port: 0 }
  }

  // Without a handle these would wait for a `connect` that never comes, one listener a call.
  override ref (): this { return this }
  override unref (): this { return this }
  override setNoDelay (): this { return this }
  override setKeepAlive (): this { return this }

  override write (chunk: Uint8Array | string, encoding?: BufferEncoding | ((error?: Error | null) => void), done?: (error?: Error | null) => void): boolean {
    this.touch()
    if (this.body === undefined) return typeof encoding === 'function' ? super.write(chunk, encoding) : super.write(chunk, encoding, done)
    return typeof encoding === 'function' ? this.body.writeBody(chunk, undefined, encoding) : this.body.writeBody(chunk, encoding ?? undefined, done)
  }

  override _read (): void {
    this.wire.read()
  }

  override _write (chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.wire.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk, done)
  }

  override _writev (chunks: Array<{ chunk: Buffer | string, encoding: BufferEncoding }>, done: (error?: Error | null) => void): void {
    this.wire.write(Buffer.concat(chunks.map(({ chunk, encoding }) => typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk)), done)
  }

  override _final (done: (error?: Error | null) => void): void {
    this.wire.end(done)
  }

  override _destroy (error: Error | null, done: (error?: Error | null) => void): void {
    this.wire.destroyed(error)
    super._destroy(error, done)
  }
}

const loopback = '127.0.0.1'
const bytesWaiting: (this: VirtualSocket) => number = Object.getOwnPropertyDescriptor(Duplex.prototype, 'writableLength')?.get ?? (() => 0)

// net.Socket asks its handle for these. (Types have them as fields, so a class cannot say it.)
Object.defineProperties(VirtualSocket.prototype, {
  remoteAddress: { get (this: VirtualSocket) { return this.destroyed ? undefined : this.peerAddress === '' ? loopback : this.peerAddress } },
  remoteFamily: { get (this: VirtualSocket) { return this.remoteAddress?.includes(':') === true ? 'IPv6' : 'IPv4' } },
  remotePort: { get: () => 0 },
  localAddress: { get: () => loopback },
  localPort: { get: () => 0 },
  localFamily: { get: () => 'IPv4' },
  pending: { get: () => false },
  writableLength: { get (this: VirtualSocket) { return bytesWaiting.call(this) + (this.body?.pendingBytes ?? 0) } }
})

function ignore (): void {}

function closed (this: VirtualSocket): void {
  this.tellClosed()
}

/** As node:http: whoever listens decides, else the socket is destroyed. */
function timedOut (this: VirtualSocket): void {
  const response: unknown = Reflect.get(this, '_httpMessage')
  const server: unknown = Reflect.get(this, 'server')
  const request: unknown = Reflect.get(Object(response), 'req')
  const reading = Reflect.get(Object(request), 'complete') === true ? undefined : request
  const heard = [reading, response, server].filter((emitter) => emitter instanceof EventEmitter && emitter.emit('timeout', this))
  if (heard.length === 0) this.destroy()
}
