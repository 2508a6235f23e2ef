// A caller's link to one worker: which calls are under way on it, and what its frames mean to them.
import { type Begun } from './begun.ts'
import { type Said } from './exchange-state.ts'
import * as frame from './frame.ts'
import { type Call } from './call.ts'
import { type Connect, type Peer, type PeerEvents } from './peer.ts'
import { Loan } from './slots.ts'
import { UnderWay } from './under-way.ts'

export interface LinkEvents {
  /** The worker drains: it takes what is on the way, and must get nothing new. */
  leaving: (link: Link) => void
  /** The worker ended; `calls` were under way. */
  lost: (link: Link, calls: Call[]) => void
}

const saidBy: ReadonlyMap<number, Said> = new Map([
  [frame.information, 'information'], [frame.end, 'end'], [frame.cut, 'cut'], [frame.upgraded, 'upgraded']
])

export class Link implements PeerEvents {
  readonly borrows = true
  readonly worker: number
  readonly peer: Peer
  saidHello = false
  #isLeaving = false
  readonly #calls = new UnderWay<Call>()
  #lastId = 0
  readonly #events: LinkEvents
  readonly #begun: Begun | undefined

  /** @param begun absent where no memory is shared: whatever went out may have been begun */
  constructor (worker: number, connect: Connect, events: LinkEvents, begun?: Begun) {
    this.worker = worker
    this.#events = events
    this.#begun = begun
    this.peer = connect(this)
  }

  /** @param isCounted among those under way in the worker, over all callers */
  send (call: Call, isCounted = false): void {
    this.#lastId = (this.#lastId + 1) | 0
    // Before it is said: what cannot be sent is forgotten at once.
    call.id = this.#lastId
    this.#calls.add(call)
    this.peer.underWay++
    call.sendTo(this, isCounted)
  }

  forget (call: Call): void {
    if (!this.#calls.delete(call.id)) return
    this.peer.underWay--
    if (this.#isLeaving && this.peer.underWay === 0) this.peer.close()
  }

  read (kind: number, exchange: number, batch: frame.Batch, at: number): void {
    switch (kind) {
      case frame.hello: return this.#hello()
      case frame.goaway: return this.#goaway()
      case frame.credit: return this.#calls.get(exchange)?.credit(batch[at + 2] as number)
      case frame.response: return this.#calls.get(exchange)?.read(batch[at + 6] === 0 ? 'whole' : 'head', batch, at)
      case frame.data: return this.#data(exchange, batch, at)
      default: {
        const said = saidBy.get(kind)
        if (said !== undefined) this.#calls.get(exchange)?.read(said, batch, at)
      }
    }
  }

  /** The worker's thread has ended, whether or not its port knows: what it had said still counts. */
  abandon (): void {
    this.peer.abandon()
  }

  /** Of a link that was lost: the service may have seen the request. Of what streams, some may be on the way already. */
  hasBegun (call: Call): boolean {
    return this.saidHello && (call.upload !== 'whole' || this.#begun?.has(call.id) !== false)
  }

  closed (): void {
    this.#begun?.takeBack()
    const calls = this.#calls.clear()
    this.peer.underWay = 0
    this.#events.lost(this, calls)
  }

  #data (exchange: number, batch: frame.Batch, at: number): void {
    const call = this.#calls.get(exchange)
    const chunk = batch[at + 2]
    // Bytes for nobody any more are given back all the same.
    if (chunk instanceof Loan && call?.borrows !== true) {
      if (call === undefined) return chunk.end()
      batch[at + 2] = chunk.take()
    }
    call?.read('data', batch, at)
  }

  #hello (): void {
    this.saidHello = true
    for (const call of this.#calls.all()) call.opened()
  }

  #goaway (): void {
    this.#isLeaving = true
    this.#events.leaving(this)
    this.peer.send([frame.bye, 0])
    this.peer.flush()
    if (this.peer.underWay === 0) this.peer.close()
  }
}
