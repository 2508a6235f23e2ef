// One request as the service that answers it holds it: from its frame to real messages, and back into frames.
import type { Server } from 'node:http'
import { http } from '../../base/http.ts'
import { keepShape } from '../../base/shape.ts'
import { ReceiveWindow, SendWindow, windowBytes } from '../credit.ts'
import { type Phase } from '../exchange-state.ts'
import * as frame from '../frame.ts'
import { type RawHeaders, type RequestHead, type TraceContext } from '../mesh.ts'
import { type Peer } from '../peer.ts'
import { Answer, type AnswerEvents, type Done } from './answer.ts'
import { hasField } from './fields.ts'
import { makeRequest, makeResponse, type MessageHost, type ReadyHead, type Request } from './message.ts'
import { RawAnswer } from './raw-answer.ts'
import { type ServiceHost } from './service-host.ts'
import { VirtualSocket, type BodyWriter, type Wire } from './virtual-socket.ts'

/** Where a served request belongs. */
export interface ServedEvents { over: (served: Served) => void }

export class Served implements MessageHost, AnswerEvents, BodyWriter, Wire {
  readonly id: number
  readonly head: RequestHead
  readonly context: TraceContext | undefined
  readonly startMs: number
  phase: Exclude<Phase, 'answering'> = 'asked'
  readonly #service: ServiceHost
  readonly #peer: Peer
  readonly #events: ServedEvents
  readonly #socket: VirtualSocket
  readonly #request: Request
  readonly #answer: Answer
  #raw: RawAnswer | undefined

  /** The whole body, until someone reads it; null for none. */
  #whole: frame.Chunk | null
  #isUploadOpen: boolean
  #received: ReceiveWindow | undefined
  #unconsumed = 0

  constructor (service: ServiceHost, peer: Peer, events: ServedEvents, id: number, batch: frame.Batch, at: number) {
    const flags = batch[at + 6] as number
    const remoteAddress = batch[at + 7] as string
    this.#service = service
    this.#peer = peer
    this.#events = events
    this.#answer = new Answer(peer, id, this)
    this.id = id
    this.#whole = batch[at + 5] as frame.Chunk | null
    this.#isUploadOpen = (flags & frame.streams) !== 0
    this.head = { method: batch[at + 2] as string, path: batch[at + 3] as string, headers: batch[at + 4] as RawHeaders }
    if (remoteAddress !== '') this.head.remoteAddress = remoteAddress
    if ((flags & frame.upgrades) !== 0) this.head.upgrade = true
    // What tells a framework that a body without a length comes (RFC 9112 §6.3); the caller's own did not cross.
    if (this.#isUploadOpen && !hasField(this.head.headers, 'content-length')) this.head.headers.push('Transfer-Encoding', 'chunked')
    this.context = service.arrive(this.head, (flags & frame.counted) !== 0)
    this.startMs = service.now()
    this.#socket = service.takeSocket()
    this.#socket.use(this, this, remoteAddress)
    this.#request = makeRequest(service.classes, this, this.#socket, this.head.method, this.head.path, this.head.headers)
    if (!this.#isUploadOpen) this.#request.complete = true
  }

  /** 0: none was said. */
  get status (): number {
    return this.#answer.status
  }

  /** Hands it to the service's own code, whose errors are its own. */
  begin (): void {
    if (this.head.upgrade === true && this.#service.wantsUpgrade(this.#request)) return this.#beginUpgrade()
    const response = makeResponse(this.#service.classes, this, this.#socket, this.#request)
    this.#answer.response = response
    this.#service.emit(this.#request, response, this.#socket, this.context)
  }

  #beginUpgrade (): void {
    this.#request.upgrade = true
    this.#speakRaw()
    this.#service.emitUpgrade(this.#request, this.#socket, this.context)
  }

  /** From here the service's bytes on the socket are the answer. */
  #speakRaw (): RawAnswer {
    this.#socket.body = undefined
    this.#raw = new RawAnswer(this.#peer, this.id, new SendWindow(windowBytes), this.head.method === 'HEAD', {
      status: (status) => { this.#answer.status = status },
      switched: () => {
        this.phase = 'tunnel'
        this.#service.switched(this)
      },
      over: () => this.#rawOver(),
      garbled: (error) => this.#socket.destroy(error)
    })
    return this.#raw
  }

  // What its caller says.

  hear (kind: number, batch: frame.Batch, at: number): void {
    this.#socket.touch()
    switch (kind) {
      case frame.data: return this.#take(batch[at + 2] as frame.Chunk)
      case frame.end: return this.#takeEnd(batch[at + 2] as RawHeaders | null)
      case frame.credit: return (this.#raw?.hasHead === true ? this.#raw : this.#answer).credit(batch[at + 2] as number)
      case frame.cut: return this.aborted()
    }
  }

  /** The caller gave up, or its thread ended. */
  aborted (): void {
    const wasUploadOpen = this.#isUploadOpen
    this.#isUploadOpen = false
    if (this.phase === 'tunnel') return this.#raw?.callerLeft(this.#socket)
    if (this.phase === 'closed') {
      // It was answered before it had sent all; whoever still reads must hear that there is no more.
      if (wasUploadOpen) this.#events.over(this)
      return this.socketClosed()
    }
    this.#over()
    this.#socket.destroy()
  }

  /** Of an upgraded connection. */
  hangUp (): void {
    this.#socket.destroy()
  }

  #take (chunk: frame.Chunk): void {
    const bytes = frame.unpack(chunk)
    this.#received ??= new ReceiveWindow()
    this.#unconsumed += bytes.byteLength
    const stream = this.phase === 'tunnel' ? this.#socket : this.#request
    if (stream.destroyed || stream.push(bytes)) this.#giveCredit()
  }

  #takeEnd (trailers: RawHeaders | null): void {
    if (this.phase === 'tunnel') {
      this.#socket.push(null)
      return
    }
    this.#isUploadOpen = false
    this.#request.complete = true
    if (trailers !== null) this.#request._addHeaderLines(trailers, trailers.length)
    if (!this.#request.destroyed) this.#request.push(null)
    if (this.phase === 'closed') this.#events.over(this)
  }

  /** A stream that takes more, or asks for it, has as good as consumed what it holds: at most its high-water mark. */
  #giveCredit (): void {
    const due = this.#received?.consume(this.#unconsumed) ?? 0
    this.#unconsumed = 0
    if (due > 0) this.#peer.send([frame.credit, this.id, due])
  }

  // What the service's messages ask (MessageHost).

  wantBody (): void {
    if (this.#received !== undefined) return this.#giveCredit()
    if (this.#isUploadOpen || this.#request.readableEnded) return
    const whole = this.#whole
    this.#whole = null
    if (whole !== null) this.#request.push(frame.unpack(whole))
    this.#request.push(null)
  }

  date (): string {
    return this.#service.date()
  }

  headReady (head: ReadyHead): void {
    this.#answer.head(head)
  }

  responseEnded (): void {
    this.#answer.end()
  }

  // What the service writes (BodyWriter).

  get pendingBytes (): number {
    return this.#answer.pendingBytes
  }

  writeBody (chunk: Uint8Array | string, encoding: BufferEncoding | undefined, done: Done | undefined): boolean {
    if (this.#answer.hasHead) return this.#answer.write(chunk, encoding, done)
    // Bytes before any head: informational responses, or a service that speaks to the socket by itself.
    this.#answer.callLater(done)
    const raw = this.#raw ?? this.#speakRaw()
    raw.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk), () => {})
    // An informational response leaves the word to the ServerResponse; anything else keeps it.
    if (!raw.hasHead) this.#socket.body = this
    return true
  }

  // What the socket says when it is no ServerResponse that speaks (Wire).

  write (bytes: Buffer, done: Done): void {
    // `socket.end(bytes)` comes here past `writeBody`.
    if (this.phase === 'closed' || (this.#raw === undefined && this.#answer.hasHead)) return done()
    const raw = this.#raw ?? this.#speakRaw()
    raw.write(bytes, done)
  }

  end (done: Done): void {
    this.#raw?.endWriting()
    done()
    // It will say no more, and what it has said is no answer, or not all of one.
    if (this.phase === 'asked') this.#socket.destroySoon()
  }

  /** The socket's reader wants more; only a tunnel is read by its socket. */
  read (): void {
    if (this.phase === 'tunnel') this.#giveCredit()
  }

  destroyed (): void {
    if (this.phase === 'closed') return
    this.#peer.sendNow([frame.cut, this.id])
    this.#over()
  }

  /** The socket is closed: what still reads or waits hears of it. */
  socketClosed (): void {
    if (!this.#request.readableEnded || !this.#request.complete) {
      this.#request.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    }
  }

  // The end of it.

  /** As node:http when a response has finished. */
  finished (): void {
    const request = this.#request
    const { response } = this.#answer
    this.#over()
    this.#service.finished(request, response, this.#socket)
    const isRead = request._consuming || request._readableState.resumeScheduled
    // A request that no one reads nor listens to needs no end: most GETs, and ending a stream costs several ticks.
    if (!isRead && (this.#isUploadOpen || request.listenerCount('end') + request.listenerCount('close') > 0)) this.#dump(request)
    if (response !== undefined && response.socket === this.#socket) {
      response.detachSocket(this.#socket)
      response.destroyed = true
      response._closed = true
      response.emit('close')
    }
    if (!this.#isUploadOpen && (!isRead || request.readableEnded)) this.#service.giveSocket(this.#socket)
  }

  #dump (request: Request): void {
    // Node 26 takes a request that is complete to have its end in its buffer, where node:http's parser puts it.
    if (!this.#isUploadOpen && !request.destroyed) {
      this.#whole = null
      request.push(null)
    }
    request._dump()
  }

  #rawOver (): void {
    if (this.phase === 'closed') return
    this.#over()
    this.#socket.destroySoon()
  }

  #over (): void {
    this.phase = 'closed'
    this.#answer.close()
    this.#service.served(this)
    // While an upload goes on its frames are still ours.
    if (!this.#isUploadOpen) this.#events.over(this)
  }

  static {
    // Of Node's own classes, and of no server: nothing of the service's code is to see them.
    const classes = { Request: http.IncomingMessage, Response: http.ServerResponse } as unknown as ServiceHost['classes']
    const socket = new VirtualSocket({} as Server)
    const service = { classes, arrive: () => undefined, now: () => 0.5, takeSocket: () => socket } as unknown as ServiceHost
    const served = new Served(service, {} as Peer, { over () {} }, 0, [frame.request, 0, 'GET', '/', [], null, 0, ''], 0)
    keepShape(makeResponse(classes, served, socket, served.#request))
  }
}
