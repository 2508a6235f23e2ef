// The answer of a service that writes to its socket by itself: an upgrade accepted or refused, or an informational response.
import { WattError } from '../../base/error.ts'
import { brokenPipe } from '../broken-pipe.ts'
import { type SendWindow } from '../credit.ts'
import * as frame from '../frame.ts'
import { withoutHopByHop } from '../hop-by-hop.ts'
import { type RawHeaders, type ResponseHead } from '../mesh.ts'
import { type Peer } from '../peer.ts'
import { ResponseParser, type ResponseEvents } from './response-parser.ts'
import { type VirtualSocket } from './virtual-socket.ts'

export interface RawEvents {
  status: (status: number) => void
  /** 101: the exchange is a tunnel from here. */
  switched: () => void
  /** A refused upgrade's response is whole. */
  over: () => void
  garbled: (error: WattError) => void
}

export class RawAnswer implements ResponseEvents {
  /** A final head (or 101) was written. */
  hasHead = false
  readonly #peer: Peer
  readonly #exchange: number
  readonly #window: SendWindow
  readonly #events: RawEvents
  readonly #parser: ResponseParser
  #blocked: ((error?: Error) => void) | undefined
  #isOver = false

  constructor (peer: Peer, exchange: number, window: SendWindow, isHeadRequest: boolean, events: RawEvents) {
    this.#peer = peer
    this.#exchange = exchange
    this.#window = window
    this.#events = events
    this.#parser = new ResponseParser(isHeadRequest, this)
  }

  /** Calls `done` when there is room for more. */
  write (bytes: Buffer, done: (error?: Error) => void): void {
    if (this.#isOver) return done(brokenPipe())
    try {
      this.#parser.feed(bytes)
    } catch (thrown) {
      if (!(thrown instanceof WattError)) throw thrown
      this.#isOver = true
      this.#events.garbled(thrown)
      return done()
    }
    if (this.#window.isOpen) done()
    else this.#blocked = done
  }

  /** The service ended its half. */
  endWriting (): void {
    if (this.#isOver) return
    const isWhole = this.#parser.finish()
    if (this.hasHead && isWhole && !this.#isOver) this.#peer.send([frame.end, this.#exchange, null])
    else if (!isWhole) this.#peer.send([frame.cut, this.#exchange])
  }

  credit (bytes: number): void {
    this.#window.grant(bytes)
    if (!this.#window.isOpen) return
    const blocked = this.#blocked
    this.#blocked = undefined
    blocked?.()
  }

  /** The caller destroyed its end: what it had sent can still be read, as from a kernel's socket. */
  callerLeft (socket: VirtualSocket): void {
    this.#isOver = true
    if (!socket.readableEnded) socket.push(null)
    if (socket.readableLength === 0 && !socket.isPaused()) socket.resume()
    if (socket.readableEnded) socket.destroy()
    else socket.once('end', () => socket.destroy())
    const blocked = this.#blocked
    this.#blocked = undefined
    blocked?.(brokenPipe())
  }

  information (head: ResponseHead): void {
    this.#peer.send([frame.information, this.#exchange, head.status, head.statusMessage, withoutHopByHop(head.headers)])
  }

  head (head: ResponseHead): void {
    this.hasHead = true
    this.#events.status(head.status)
    this.#peer.send([frame.response, this.#exchange, head.status, head.statusMessage, withoutHopByHop(head.headers), null, frame.streams])
  }

  body (bytes: Buffer): void {
    this.#window.take(bytes.byteLength)
    this.#peer.sendData(this.#exchange, bytes)
  }

  end (trailers: RawHeaders): void {
    this.#isOver = true
    this.#peer.send([frame.end, this.#exchange, trailers.length === 0 ? null : trailers])
    this.#events.over()
  }

  switched (head: ResponseHead): void {
    this.hasHead = true
    this.#events.status(head.status)
    this.#peer.send([frame.upgraded, this.#exchange, head.status, head.statusMessage, head.headers])
    this.#events.switched()
  }
}
