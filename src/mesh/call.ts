// One request as its caller holds it, over all the workers that it may be sent to.
import { type WattError } from '../base/error.ts'
import { keepShape } from '../base/shape.ts'
import { ReceiveWindow, SendWindow, windowBytes } from './credit.ts'
import { errors } from './errors.ts'
import { next, type Phase, type Said, type Upload } from './exchange-state.ts'
import * as frame from './frame.ts'
import { type Link } from './link.ts'
import { type Exchange, type RawHeaders, type RequestHead, type ResponseHandler, type ResponseHead, type Upgraded } from './mesh.ts'
import { Loan } from './slots.ts'
import { Tunnel } from './tunnel.ts'

const noTrailers: RawHeaders = []

/** Bytes of the response, or the trailers at its end. */
type Item = Buffer | Loan | RawHeaders

/** What a call tells whoever routes it. */
export interface CallEvents {
  /** It is over: `status` as answered, 0 when it was aborted, the error's when it failed. */
  over: (call: Call, status: number) => void
}

export class Call implements Exchange {
  onDrain: (() => void) | undefined
  /** For whoever holds it while there is no worker. */
  whenOver: (() => void) | undefined
  readonly service: string
  readonly head: RequestHead
  readonly headers: RawHeaders
  readonly startMs: number
  phase: Phase = 'asked'
  upload: Upload
  losses = 0
  link: Link | undefined
  /** On its link, which sets it. */
  id = 0
  readonly #body: Uint8Array | null
  readonly #handler: ResponseHandler
  readonly #events: CallEvents
  #status = 0
  /** Room that the worker gave for the upload; none before it said hello, so that nothing is lost with it. */
  #window: SendWindow | undefined
  #pending: Uint8Array[] | undefined
  #trailers: RawHeaders | null = null
  /** `write` returned false. */
  #isBlocked = false
  #received: ReceiveWindow | undefined
  #isPaused = false
  #isDelivering = false
  /** What came while it was paused: chunks, then trailers at the end. */
  #queue: Array<Item> | undefined
  #tunnel: Tunnel | undefined

  constructor (service: string, head: RequestHead, headers: RawHeaders, body: Uint8Array | 'stream' | null, handler: ResponseHandler, events: CallEvents, startMs: number) {
    this.service = service
    this.head = head
    this.headers = headers
    this.upload = body === 'stream' ? 'open' : 'whole'
    this.startMs = startMs
    this.#body = body === 'stream' ? null : body
    this.#handler = handler
    this.#events = events
  }

  /** Sends it to a worker, under its `id` there. */
  sendTo (link: Link, isCounted: boolean): void {
    const { method, path, remoteAddress, upgrade } = this.head
    this.link = link
    const { id } = this
    const { peer } = link
    const body = this.#body === null ? null : frame.pack(this.#body, peer.transfers)
    const isStream = this.upload !== 'whole'
    const flags = (isStream ? frame.streams : 0) | (upgrade === true ? frame.upgrades : 0) | (isCounted ? frame.counted : 0) | (this.losses > 0 ? frame.suspected : 0)
    const request = [frame.request, id, method, path, this.headers, body, flags, remoteAddress ?? '']
    if (isStream) peer.send(request)
    else peer.sendNow(request)
    if (isStream && link.saidHello) this.opened()
  }

  /** The worker said hello: it takes the upload now. */
  opened (): void {
    if (this.upload === 'whole') return
    this.#window = new SendWindow(windowBytes)
    this.#flushUpload()
    this.#drain()
  }

  /** The worker ended before it said hello: nothing was delivered, and it may be sent to another. */
  unsent (): void {
    this.link = undefined
  }

  write (chunk: Uint8Array): boolean {
    if (this.phase === 'closed' || this.upload !== 'open') return true
    const { link } = this
    if (this.#window?.isOpen === true && !this.#hasPending && link !== undefined) this.#sendData(link, chunk)
    else (this.#pending ??= []).push(new Uint8Array(chunk))
    this.#isBlocked = this.#window?.isOpen !== true
    return !this.#isBlocked
  }

  end (trailers: RawHeaders = noTrailers): void {
    if (this.upload !== 'open') return
    this.upload = 'ended'
    this.#trailers = trailers.length === 0 ? null : trailers
    this.#flushUpload()
  }

  pause (): void {
    this.#isPaused = true
  }

  resume (): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#deliver()
  }

  abort (): void {
    if (this.phase === 'closed') return
    this.link?.peer.sendNow([frame.cut, this.id])
    this.#close(0)
  }

  /** One frame of the answering direction. */
  read (said: Said, batch: frame.Batch, at: number): void {
    const phase = next(this.phase, said)
    if (phase === undefined) return
    const wasTunnel = this.phase === 'tunnel'
    // The handler may abort in a callback: the phase is set before, and looked at again after each.
    if (phase !== 'closed') this.phase = phase
    switch (said) {
      case 'information': return this.#handler.onInformation?.(headAt(batch, at))
      case 'whole': return this.#readHead(batch, at, true)
      case 'head': return this.#readHead(batch, at, false)
      case 'data':
        return wasTunnel ? this.#tunnel?.receive(frame.unpack(batch[at + 2] as frame.Chunk)) : this.#takeData(batch[at + 2] as frame.Chunk | Loan)
      case 'end':
        if (wasTunnel) return this.#tunnel?.receive(null)
        this.link?.forget(this)
        return this.#take((batch[at + 2] as RawHeaders | null) ?? noTrailers)
      case 'upgraded': return this.#readUpgrade(headAt(batch, at))
      case 'cut':
      case 'lost': return this.fail(errors.WATT_RESPONSE_CUT(this.service))
    }
  }

  /** It can be given a Loan now. */
  get borrows (): boolean {
    return this.phase === 'answering' && this.#handler.onLoan !== undefined
  }

  /** The service has room for more of the upload. */
  credit (bytes: number): void {
    if (this.#tunnel !== undefined) return this.#tunnel.grant(bytes)
    this.#window?.grant(bytes)
    this.#flushUpload()
    this.#drain()
  }

  #drain (): void {
    if (!this.#isBlocked || this.#window?.isOpen !== true || this.#hasPending) return
    this.#isBlocked = false
    this.onDrain?.()
  }

  fail (error: WattError): void {
    if (this.phase === 'closed') return
    this.#close(this.#status === 0 ? error.status : this.#status)
    if (this.#tunnel !== undefined) this.#tunnel.cut()
    else this.#handler.onError(error)
  }

  #readHead (batch: frame.Batch, at: number, isWhole: boolean): void {
    const head = headAt(batch, at)
    this.#status = head.status
    const body = batch[at + 5] as frame.Chunk | null
    // A whole answer ends the exchange on the wire; what its handler has still to hear needs no link.
    if (isWhole && this.link !== undefined) this.link.forget(this)
    if (isWhole && !this.#isPaused && this.#handler.onWhole !== undefined) {
      this.#close(head.status)
      return this.#handler.onWhole(head, body)
    }
    this.#handler.onHead(head)
    if (body !== null) this.#take(frame.unpack(body))
    if (isWhole) this.#take(noTrailers)
  }

  #readUpgrade (head: ResponseHead): void {
    const { link } = this
    this.#status = head.status
    if (link === undefined || this.#handler.onUpgrade === undefined) return this.abort()
    this.#tunnel = new Tunnel(link.peer, this.id, () => this.#close(this.#status))
    this.#handler.onUpgrade(head, this.#tunnel satisfies Upgraded)
  }

  #takeData (chunk: frame.Chunk | Loan): void {
    this.#take(chunk instanceof Loan ? chunk : frame.unpack(chunk))
  }

  #take (item: Item): void {
    if (this.#isPaused || this.#isDelivering || (this.#queue !== undefined && this.#queue.length > 0)) (this.#queue ??= []).push(item)
    else this.#give(item)
  }

  #give (item: Item): void {
    if (this.phase === 'closed') return item instanceof Loan ? item.end() : undefined
    if (Array.isArray(item)) {
      this.#close(this.#status)
      return this.#handler.onEnd(item)
    }
    if (item instanceof Loan) this.#handler.onLoan?.(item)
    else this.#handler.onData(item)
    const { link } = this
    // Closed or paused, it still read this chunk; only an exchange that goes on needs the credit.
    if (link === undefined || this.isOver) return
    this.#received ??= new ReceiveWindow()
    const due = this.#received.consume(item.byteLength)
    if (due > 0) link.peer.send([frame.credit, this.id, due])
  }

  get #hasPending (): boolean {
    return this.#pending !== undefined && this.#pending.length > 0
  }

  get isOver (): boolean {
    return this.phase === 'closed'
  }

  #deliver (): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      while (!this.#isPaused && !this.isOver) {
        const item = this.#queue?.shift()
        if (item === undefined) return
        this.#give(item)
      }
    } finally {
      this.#isDelivering = false
    }
  }

  #sendData (link: Link, chunk: Uint8Array): void {
    this.#window?.take(chunk.byteLength)
    link.peer.sendData(this.id, chunk)
  }

  #flushUpload (): void {
    const { link } = this
    if (link === undefined || this.#window === undefined || this.isOver) return
    let chunk: Uint8Array | undefined
    while (this.#window.isOpen && (chunk = this.#pending?.shift()) !== undefined) this.#sendData(link, chunk)
    if (this.upload !== 'ended' || this.#hasPending) return
    link.peer.send([frame.end, this.id, this.#trailers])
    this.#window = undefined
  }

  #close (status: number): void {
    this.phase = 'closed'
    // Answered before all was sent: the service need not wait for the rest.
    if (this.upload === 'open' && this.#status !== 0) this.link?.peer.send([frame.cut, this.id])
    this.#pending = undefined
    for (const item of this.#queue ?? []) if (item instanceof Loan) item.end()
    this.#queue = undefined
    this.link?.forget(this)
    this.whenOver?.()
    this.#events.over(this, status)
  }
}

keepShape(new Call('', { method: '', path: '', headers: [] }, [], null, { onHead () {}, onData () {}, onEnd () {}, onError () {} }, { over () {} }, 0.5))

function headAt (batch: frame.Batch, at: number): ResponseHead {
  return { status: batch[at + 2] as number, statusMessage: batch[at + 3] as string, headers: batch[at + 4] as RawHeaders }
}
