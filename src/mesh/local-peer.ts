// A link between two services of one thread: frames are handed over as they are, in a later tick, and no port lies between.
import { data, pack, request, type Batch } from './frame.ts'
import { type Enter } from './mesh.ts'
import { type Peer, type PeerEvents } from './peer.ts'
import { costOfFrame, costOfRequest, type Turn, type Waiting } from './turn.ts'

/** Where what is read belongs: `enter` runs it in its own async context, since it is handed over in that of the sender. */
export interface LocalReader { events: PeerEvents, enter: Enter }

const nobody: LocalReader = { events: { read () {}, closed () {} }, enter: (run, ...args) => run(...args) }

export class LocalPeer implements Peer {
  transfers: ArrayBuffer[] = []
  underWay = 0
  isClosed = false
  readonly #handOver: HandOver
  #reader = nobody
  #other: LocalPeer = this
  #inbox: Batch[] = []
  #at = 0
  #isDue = false
  #isGone = false

  private constructor (handOver: HandOver) {
    this.#handOver = handOver
  }

  /** Both ends; each reads once it is opened. */
  static pair (handOver: HandOver): [LocalPeer, LocalPeer] {
    const near = new LocalPeer(handOver)
    const far = new LocalPeer(handOver)
    near.#other = far
    far.#other = near
    return [near, far]
  }

  open (reader: LocalReader): this {
    this.#reader = reader
    return this
  }

  send (frame: Batch): void {
    this.#send(frame)
  }

  sendNow (frame: Batch): void {
    this.#send(frame)
  }

  sendData (exchange: number, bytes: Uint8Array): void {
    this.#send([data, exchange, pack(bytes, this.transfers)])
  }

  /** Nothing waits at this end. */
  flush (): void {}

  close (): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#other.#gone()
  }

  abandon (): void {
    if (this.isClosed) return
    this.#other.isClosed = true
    this.#gone()
  }

  /** False: the turn's budget is used up before all is read. */
  read (turn: Turn): boolean {
    return this.#reader.enter(readAll, this, turn)
  }

  readAll (turn: Turn): boolean {
    this.#isDue = false
    for (let frame = this.#inbox[this.#at]; frame !== undefined; frame = this.#inbox[this.#at]) {
      if (!turn.hasBudget) {
        this.#isDue = true
        return false
      }
      // Before it is read: should its reader throw, those behind it are not lost.
      if (++this.#at === this.#inbox.length) {
        this.#inbox = []
        this.#at = 0
      }
      const kind = frame[0] as number
      turn.spend(kind === request ? costOfRequest : costOfFrame)
      if (!this.isClosed) this.#reader.events.read(kind, frame[1] as number, frame, 0)
    }
    if (this.#isGone && !this.isClosed) {
      this.isClosed = true
      this.#reader.events.closed()
    }
    return true
  }

  #send (frame: Batch): void {
    if (this.isClosed) return
    // What was packed is a copy already, and stays where it is.
    if (this.transfers.length > 0) this.transfers = []
    // The service writes to the headers of its request; those of the caller may be sent once more.
    if (frame[0] === request && Array.isArray(frame[4])) frame[4] = frame[4].slice()
    this.#other.#arrived(frame)
  }

  #arrived (frame: Batch): void {
    this.#inbox.push(frame)
    this.#due()
  }

  #gone (): void {
    this.#isGone = true
    this.#due()
  }

  #due (): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#handOver.add(this)
  }
}

/** Peers of one thread with something to read: in the same turn of the event loop while its budget lasts, never inside of `send`. */
export class HandOver implements Waiting {
  readonly #turn: Turn
  #due: LocalPeer[] = []
  #isScheduled = false

  constructor (turn: Turn) {
    this.#turn = turn
  }

  add (peer: LocalPeer): void {
    this.#due.push(peer)
    if (this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(resume, this)
  }

  resume (): void {
    let isWaiting = false
    try {
      // A response that is written at once is handed back in the same tick.
      for (let peer = this.#due[0]; peer !== undefined; peer = this.#due[0]) {
        if (!peer.read(this.#turn)) {
          isWaiting = true
          this.#turn.wait(this)
          return
        }
        this.#due.shift()
      }
    } finally {
      this.#isScheduled = isWaiting
      if (!isWaiting && this.#due.length > 0) this.#goOn()
    }
  }

  /** After a reader threw, which was the error of a service's own code. */
  #goOn (): void {
    this.#isScheduled = true
    process.nextTick(resume, this)
  }
}

function resume (handOver: HandOver): void {
  handOver.resume()
}

function readAll (peer: LocalPeer, turn: Turn): boolean {
  return peer.readAll(turn)
}
