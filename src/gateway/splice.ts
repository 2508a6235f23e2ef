// An accepted upgrade: bytes both ways until both are done. A WebSocket can be told to go (RFC 6455 §7.4.1, 1001) in between.
import type { Socket } from 'node:net'
import type { Upgraded } from '../mesh/mesh.ts'
import { FrameBoundary, goingAway } from './websocket-frames.ts'

/** Dead peers that never say good-bye are found by TCP keep-alive. */
const keepAliveMs = 60_000

export class Splice {
  readonly #client: Socket
  readonly #service: Upgraded
  /** Where the service's frames end; undefined for a protocol that we do not know. */
  readonly #frames: FrameBoundary | undefined
  #isLeaving = false
  #hasLeft = false

  constructor (client: Socket, service: Upgraded, isWebSocket: boolean) {
    this.#client = client
    this.#service = service
    this.#frames = isWebSocket ? new FrameBoundary() : undefined
    client.setTimeout(0)
    client.setNoDelay(true)
    client.setKeepAlive(true, keepAliveMs)
    client.on('end', () => service.end())
    service.on('drain', () => client.resume())
    service.on('data', (chunk: Uint8Array) => this.#toClient(chunk))
    service.on('end', () => client.end())
    client.on('drain', () => service.resume())
    // What failed is closed too, and that is what counts.
    client.on('error', ignore).on('close', () => service.destroy())
    service.on('error', ignore).on('close', () => client.destroySoon())
  }

  /** What the client sends, which is copied. */
  take (bytes: Uint8Array): void {
    if (bytes.byteLength > 0 && !this.#service.relay(bytes)) this.#client.pause()
  }

  /** Says 1001 as soon as the service's current frame is out; the client answers, and the service hears that answer. */
  leave (): void {
    this.#isLeaving = true
    if (this.#frames?.isBetween === true) this.#sayGoodbye()
  }

  destroy (): void {
    this.#client.destroy()
  }

  #toClient (chunk: Uint8Array): void {
    if (this.#hasLeft) return
    const boundary = this.#frames?.read(chunk) ?? -1
    const isLast = this.#isLeaving && boundary !== -1
    const isFull = !this.#client.write(isLast ? chunk.subarray(0, boundary) : chunk)
    if (isLast) this.#sayGoodbye()
    else if (isFull) this.#service.pause()
  }

  #sayGoodbye (): void {
    if (this.#hasLeft || this.#client.writableEnded) return
    this.#hasLeft = true
    this.#client.write(goingAway)
    this.#service.resume()
  }
}

function ignore (): void {}
