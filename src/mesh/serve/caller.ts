// One member of the mesh that calls this one: its end of the link, and its requests that are being served.
import { Begins } from '../begun.ts'
import * as frame from '../frame.ts'
import { type Connect, type Peer, type PeerEvents } from '../peer.ts'
import { UnderWay } from '../under-way.ts'
import { Served, type ServedEvents } from './served.ts'
import { type ServiceHost } from './service-host.ts'

export interface CallerEvents {
  /** It agreed to go elsewhere, or is gone. */
  left: (caller: Caller) => void
}

export class Caller implements PeerEvents, ServedEvents {
  readonly #peer: Peer
  readonly #service: ServiceHost
  readonly #events: CallerEvents
  readonly #begins: Begins | undefined
  readonly #served = new UnderWay<Served>()

  /** @param begun where the caller looks which of its requests were begun, if it can */
  constructor (connect: Connect, service: ServiceHost, events: CallerEvents, begun?: SharedArrayBuffer) {
    this.#service = service
    this.#events = events
    this.#begins = begun && new Begins(begun)
    this.#peer = connect(this)
    this.#peer.sendNow([frame.hello, 0])
  }

  /** Asks it to go elsewhere. */
  dismiss (): void {
    this.#peer.send([frame.goaway, 0])
    this.#peer.flush()
  }

  close (): void {
    this.#peer.close()
  }

  read (kind: number, exchange: number, batch: frame.Batch, at: number): void {
    if (kind === frame.request) return this.#serve(exchange, batch, at)
    if (kind === frame.bye) return this.#events.left(this)
    this.#served.get(exchange)?.hear(kind, batch, at)
  }

  closed (): void {
    this.#events.left(this)
    for (const served of this.#served.all()) served.aborted()
  }

  over (served: Served): void {
    if (!this.#served.delete(served.id)) return
    this.#peer.underWay--
    if (this.#service.underWay === 0 && !this.#peer.isClosed) this.#peer.lookOut?.()
  }

  #serve (exchange: number, batch: frame.Batch, at: number): void {
    if (this.#begins?.begin(exchange) === false) return
    // Should it end this worker too, or block it: what is answered is answered.
    if (((batch[at + 6] as number) & frame.suspected) !== 0) this.#peer.flush()
    const served = new Served(this.#service, this.#peer, this, exchange, batch, at)
    this.#served.add(served)
    this.#peer.underWay++
    served.begin()
  }
}
