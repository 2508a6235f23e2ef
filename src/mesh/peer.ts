// One port to one other thread: all frames due to it in a turn go as one message, and what it says is read in fair turns.
// (Two services of one thread have local-peer.ts instead.)
import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { Eager } from './eager.ts'
import { errors } from './errors.ts'
import { after, data, lends, pack, request, stringLimitBytes, type Batch, type Field } from './frame.ts'
import { Borrower, Lender, lentAt } from './slots.ts'
import { costOfFrame, costOfRequest, type Turn } from './turn.ts'

export interface PeerEvents {
  /** `data` may bring a Loan, which it ends; else bytes are its own. */
  readonly borrows?: boolean
  /** One frame of `batch`, which begins at `at`. */
  read: (kind: number, exchange: number, batch: Batch, at: number) => void
  /** The other side closed the port or its thread ended; everything that it had sent was read before. */
  closed: () => void
}

/** One end of a link between two members of the mesh, whatever lies between. */
export interface Peer {
  /** Buffers that go along with the frames of this turn; `pack` adds to it. */
  transfers: ArrayBuffer[]
  /** Exchanges under way. */
  underWay: number
  readonly isClosed: boolean
  /** One frame, to go with others of this turn. It is the peer's from then on. */
  send: (frame: Batch) => void
  /** A frame that nothing follows soon: at once when little is under way. */
  sendNow: (frame: Batch) => void
  /** Bytes of a body, which are copied; short or in slots if they can be. */
  sendData: (exchange: number, bytes: Uint8Array) => void
  /** Nothing else is under way in this thread: an answer, or the next request, is looked out for. */
  lookOut?: () => void
  /** Sends what is due. */
  flush: () => void
  /** What is due goes out first. No event follows. */
  close: () => void
  /** The other side has ended: reads what it had sent, then `closed` follows. */
  abandon: () => void
}

/** What carries batches to one other member: a MessagePort, or what behaves as one (carry/socket-line.ts). */
export interface Line {
  postMessage: ((batch: Batch, transfers: ArrayBuffer[]) => void) & ((batch: Batch) => void)
  on: ((event: 'message', heard: (batch: Batch) => void) => unknown) & ((event: 'close', heard: () => void) => unknown)
  close: () => void
  /** What the other side, which has ended, had said. A MessagePort is asked by receiveMessageOnPort. */
  rest?: () => Batch[]
}

/** With more exchanges than this under way, latency is a queue anyway and larger batches are worth more. */
const fewExchanges = 2

/** Fields of a batch that does not wait for the turn's end, eight requests or nine answers: the other side begins while this one goes on. */
const fullBatch = 64
/** Likewise of one that ends with a piece of a body, which takes as long as several of those: six pieces. */
const fullOfPieces = 18

/** Never written to. */
const nothing: Batch = []

/** Makes the near end of a link; what it hears goes to `events`. */
export type Connect = (events: PeerEvents) => Peer

export class PortPeer implements Peer {
  transfers: ArrayBuffer[] = []
  underWay = 0
  isClosed = false
  readonly #port: Line
  readonly #turn: Turn
  readonly #events: PeerEvents
  #outbox: Batch = nothing
  #isDue = false
  #inbox: Batch[] = []
  #at = 0
  #isReading = false
  #isGone = false
  readonly #sharesMemory: boolean
  #lender: Lender | undefined
  #borrower: Borrower | undefined
  readonly #eager: Eager | undefined
  /** When it was last told to look out. */
  #underWayThen = 0

  /** @param sharesMemory the other side is a thread of this process */
  constructor (port: Line, turn: Turn, events: PeerEvents, sharesMemory = false) {
    this.#port = port
    this.#sharesMemory = sharesMemory
    this.#turn = turn
    this.#events = events
    port.on('message', (batch: Batch) => this.#arrived(batch))
    port.on('close', () => this.#gone())
    if (!(port instanceof MessagePort)) return
    this.#eager = new Eager(port, {
      isAwaited: () => this.underWay === this.#underWayThen && !this.isClosed && !this.#isGone,
      arrived: (batch) => this.#arrived(batch as Batch)
    })
  }

  send (frame: Batch): void {
    this.#put(frame)
    if (this.underWay > fewExchanges) return this.#flushInTurn()
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(this.#flush)
  }

  sendNow (frame: Batch): void {
    this.#put(frame)
    if (this.underWay > fewExchanges) this.#flushInTurn()
    else this.#flush()
  }

  sendData (exchange: number, bytes: Uint8Array): void {
    let at = 0
    if (this.#sharesMemory && bytes.byteLength > stringLimitBytes) {
      this.#lender ??= this.#lend()
      for (let place = 0; at < bytes.byteLength; at += lentAt(bytes, at)) {
        place = this.#lender.lend(bytes, at)
        // Readers are slow and hold all there is: the rest travels on its own.
        if (place === -1) break
        this.send([data, exchange, place])
        if (this.#outbox.length >= fullOfPieces) this.#flush()
      }
    }
    if (at < bytes.byteLength) this.send([data, exchange, pack(at === 0 ? bytes : bytes.subarray(at), this.transfers)])
  }

  lookOut (): void {
    this.#underWayThen = this.underWay
    // An answer takes as long as the other side needs; the next request waits for all that is done with this answer.
    this.#eager?.expect(this.underWay === 0)
  }

  flush (): void {
    this.#flush()
  }

  close (): void {
    if (this.isClosed) return
    this.#flush()
    this.isClosed = true
    this.#port.close()
  }

  abandon (): void {
    if (this.isClosed) return
    this.#inbox.push(...restOf(this.#port))
    this.#port.close()
    this.#isGone = true
    if (!this.#isReading && this.#inbox.length === 0) this.#finish()
    else if (!this.#isReading) this.#turn.wait(this)
  }

  /** Goes on reading; for Turn. */
  resume (): void {
    this.#read()
  }

  #lend (): Lender {
    const lender = new Lender()
    this.send([lends, 0, lender.memory])
    return lender
  }

  #put (frame: Batch): void {
    const outbox = this.#outbox
    if (outbox.length === 0) this.#outbox = frame
    else for (let at = 0; at < frame.length; at++) outbox.push(frame[at] as Field)
  }

  #flushInTurn (): void {
    if (this.#outbox.length >= fullBatch) return this.#flush()
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(this.#flush)
  }

  #flush = (): void => {
    this.#isDue = false
    if (this.#outbox.length === 0 || this.isClosed) return
    const batch = this.#outbox
    const transfers = this.transfers
    this.#outbox = nothing
    if (transfers.length === 0) return this.#port.postMessage(batch)
    this.transfers = []
    this.#port.postMessage(batch, transfers)
  }

  #arrived (batch: Batch): void {
    this.#inbox.push(batch)
    if (this.#inbox.length === 1 && !this.#isReading) this.#read()
  }

  #gone (): void {
    this.#isGone = true
    if (this.#inbox.length === 0 && !this.#isReading) this.#finish()
  }

  #finish (): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#events.closed()
  }

  #read (): void {
    this.#isReading = true
    try {
      for (let batch = this.#inbox[0]; batch !== undefined; batch = this.#inbox[0]) {
        if (!this.#readBatch(batch)) return
        this.#inbox.shift()
        this.#at = 0
      }
      if (this.#isGone) this.#finish()
    } finally {
      this.#isReading = false
      // Also when a listener of the service threw: the frames behind must not be lost with it.
      if (this.#inbox.length > 0) this.#turn.wait(this)
    }
  }

  /** False: the budget is used up. */
  #readBatch (batch: Batch): boolean {
    while (this.#at < batch.length) {
      if (!this.#turn.hasBudget) return false
      const at = this.#at
      const kind = batch[at] as number
      const next = after(batch, at)
      this.#at = next === -1 ? batch.length : next
      if (next === -1) throw errors.WATT_FRAME_UNKNOWN(String(kind))
      this.#turn.spend(kind === request ? costOfRequest : costOfFrame)
      if (kind === lends) this.#borrows(batch[at + 2])
      else {
        if (kind === data) this.#fetch(batch, at + 2)
        this.#events.read(kind, batch[at + 1] as number, batch, at)
      }
    }
    return true
  }

  #borrows (memory: Field | undefined): void {
    if (memory instanceof SharedArrayBuffer) this.#borrower = new Borrower(memory)
  }

  /** Puts what a place stands for where the place was said. */
  #fetch (batch: Batch, at: number): void {
    const place = batch[at]
    if (typeof place !== 'number' || this.#borrower === undefined) return
    const loan = this.#borrower.borrow(place)
    batch[at] = this.#events.borrows === true ? loan : loan.take()
  }
}

function restOf (line: Line): Batch[] {
  if (!(line instanceof MessagePort)) return line.rest?.() ?? []
  const rest: Batch[] = []
  for (let last = receiveMessageOnPort(line); last !== undefined; last = receiveMessageOnPort(line)) rest.push(last.message as Batch)
  return rest
}
