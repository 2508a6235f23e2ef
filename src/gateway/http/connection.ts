// One connection from outside (RFC 9112 §9): reads its requests one after the other, each only when the one before it is answered,
// and ends it so that the last answer arrives.
import { Socket } from 'node:net'
import { WattError } from '../../base/error.ts'
import { keepShape } from '../../base/shape.ts'
import { answerOf } from '../answer.ts'
import { receive, type Described, type Ends } from '../arrival.ts'
import { errors } from '../errors.ts'
import { withoutMapping } from '../forwarding.ts'
import { limits } from '../limits.ts'
import type { Ports } from '../ports.ts'
import { Proxied } from '../proxy.ts'
import { readFields } from '../request-fields.ts'
import { fieldLines } from '../response-fields.ts'
import { AnswerWriter } from './answer-writer.ts'
import { ChunkedReader } from './chunked.ts'
import { isLate, type Phase } from './phase-state.ts'
import { Probing } from './probing.ts'
import type { Reading } from './reading.ts'
import { readHead, type RequestText } from './request-head.ts'

export interface ConnectionEvents {
  /** A request that asks for an upgrade; what comes behind it is no request. */
  upgrade: (connection: Connection, proxied: Proxied) => void
  closed: (connection: Connection) => void
}

export class Connection implements Ends {
  readonly socket: Socket
  readonly writer: AnswerWriter
  /** Address of the other end; IPv4 in its own form also when the listener is dual-stack. */
  readonly peer: string
  described: Described | undefined
  /** The client has ended its half. */
  #isHalfClosed = false
  readonly #ports: Ports
  readonly #events: ConnectionEvents
  #phase: Phase = 'fresh'
  #sinceMs: number
  #proxied: Proxied | undefined
  /** A head that is not whole. */
  #text = ''
  /** Behind the request at hand. */
  #backlog: Buffer[] = []
  #backlogBytes = 0
  /** Bytes of a body that are still to come. */
  #left = 0
  /** Bytes behind the head that was read just now. */
  #ahead = 0
  #chunks: ChunkedReader | undefined
  #isReading = false
  #isPaused = false
  #probing: Probing | undefined
  /** Who gets what the client sends: bytes that must be copied to be kept. */
  #heard: (bytes: Buffer) => void

  constructor (socket: Socket, reading: Reading, ports: Ports, events: ConnectionEvents) {
    this.socket = socket
    this.writer = new AnswerWriter(socket)
    this.peer = withoutMapping(socket.remoteAddress ?? '')
    this.#ports = ports
    this.#events = events
    this.#sinceMs = ports.ticks.nowMs
    this.#heard = this.#onData
    reading.begin(socket, (bytes) => this.#heard(bytes))
    socket.on('end', this.#onEnd).on('drain', this.#onDrain).on('close', this.#onClose).on('error', ignore)
  }

  get ownAuthority (): string {
    const { localAddress = '', localPort = 0 } = this.socket
    return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`
  }

  /** No request comes behind the one at hand. */
  get isLast (): boolean {
    return this.#isHalfClosed && this.#backlog.length === 0 && this.#ahead <= this.#left
  }

  /** No request is under way on it. */
  get isIdle (): boolean {
    return this.#phase === 'fresh' || this.#phase === 'idle'
  }

  // What the request under way asks.

  /** The service does not take more of the body. */
  pause (): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.socket.pause()
  }

  resume (): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.socket.resume()
  }

  /** The answer is out. */
  answered (isPersistent: boolean): void {
    this.#stopProbing()
    this.resume()
    if (!isPersistent) this.#linger()
    else if (this.#isRead) this.#next()
  }

  /** The client must not take what it got for all. `isReset`: nothing else would tell it. */
  cut (isReset: boolean): void {
    this.#phase = 'gone'
    if (isReset) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  /** Lets go of the socket, which `heard` reads from now on; gives what came behind the request. */
  release (heard: (bytes: Buffer) => void): Buffer {
    this.#phase = 'gone'
    this.#stopProbing()
    this.resume()
    this.#heard = heard
    this.socket.off('end', this.#onEnd).off('drain', this.#onDrain)
    return Buffer.concat(this.#backlog.splice(0))
  }

  // What the listener asks.

  /** Ends it when nothing has been under way for so long. */
  endIfIdle (forMs: number): void {
    if (this.isIdle && performance.now() - this.#sinceMs >= forMs) this.#linger()
  }

  endEventStream (): void {
    this.#proxied?.endEventStream()
  }

  check (nowMs: number): void {
    if (this.#phase === 'busy') {
      this.#proxied?.check(nowMs, this.#isPaused)
      if (!this.#isRead && nowMs - this.#sinceMs > limits.requestMs) this.#giveUp(errors.WATT_REQUEST_TIMEOUT())
    } else if (isLate(this.#phase, nowMs - this.#sinceMs)) {
      if (this.#phase === 'head') this.#refuseUnread(errors.WATT_REQUEST_TIMEOUT())
      else this.socket.destroy()
    }
  }

  get #isRead (): boolean {
    return this.#left === 0 && this.#chunks === undefined
  }

  #stopProbing (): void {
    this.#probing?.stop()
    this.#probing = undefined
  }

  #enter (phase: Phase): void {
    this.#phase = phase
    this.#sinceMs = this.#ports.isDraining ? performance.now() : this.#ports.ticks.nowMs
  }

  #onData = (bytes: Buffer): void => {
    if (this.#phase === 'lingering' || this.#phase === 'gone') return
    if (this.#phase === 'busy' && this.#isRead) this.#keep(bytes)
    else this.#read(bytes)
  }

  #onEnd = (): void => {
    this.#isHalfClosed = true
    this.#halfClosed()
  }

  /** No more comes: what is not whole by now will never be. */
  #halfClosed (): void {
    if (this.#phase === 'head') this.#refuseUnread(errors.WATT_REQUEST_MALFORMED('it ends in the middle of its head'))
    else if (this.#phase !== 'busy') this.socket.end()
    else if (!this.#isRead) this.#giveUp(errors.WATT_REQUEST_MALFORMED('it ends in the middle of its body'))
    // It may wait for its answer (RFC 9112 §9.6), or be gone.
    else if (this.#proxied?.isEnded === false) this.#probing ??= new Probing(() => this.#proxied?.probe())
  }

  #onDrain = (): void => {
    if (this.#proxied?.isEnded === false) this.#proxied.drained()
    else if (this.isIdle) this.#readBacklog()
  }

  #onClose = (): void => {
    this.#phase = 'gone'
    this.#stopProbing()
    this.#backlog = []
    this.#proxied?.gone()
    this.#events.closed(this)
  }

  /** Requests that are sent before their turn wait for it, up to a bound. */
  #keep (bytes: Buffer): void {
    this.#backlog.push(Buffer.from(bytes))
    this.#backlogBytes += bytes.length
    if (this.#backlogBytes > limits.maxBacklogBytes) this.pause()
  }

  #next (): void {
    this.#proxied = undefined
    this.#enter('idle')
    if (this.isLast && !this.#isReading) this.socket.end()
    else if (!this.#isReading) this.#readBacklog()
  }

  #readBacklog (): void {
    // A client that sends requests and reads no answers must not fill memory with them.
    if (this.#backlog.length === 0 || this.socket.writableNeedDrain) return
    const bytes = Buffer.concat(this.#backlog)
    this.#backlog = []
    this.#backlogBytes = 0
    this.resume()
    this.#read(bytes)
  }

  #read (bytes: Buffer): void {
    this.#isReading = true
    let rest: Buffer | undefined = bytes
    while (rest !== undefined && rest.length > 0) {
      if (this.#phase === 'lingering' || this.#phase === 'gone') break
      const isBusy = this.#phase === 'busy'
      if (isBusy && !this.#isRead) rest = this.#readBody(rest)
      else if (isBusy || this.socket.writableNeedDrain) {
        this.#keep(rest)
        break
      } else rest = this.#readHead(rest)
    }
    this.#isReading = false
    this.#ahead = 0
    if (this.isLast) this.#halfClosed()
    else if (this.#phase === 'busy' && !this.#isRead) this.#proxied?.awaitBody()
  }

  /** Gives what is behind the head. */
  #readHead (bytes: Buffer): Buffer | undefined {
    const before = this.#text.length
    const text = this.#text + bytes.toString('latin1', 0, Math.min(bytes.length, limits.maxHeadBytes + 4 - before))
    const request = readHead(text, limits.maxHeadBytes)
    if (request === undefined) {
      this.#text = text
      if (this.#phase !== 'head') this.#enter('head')
      return undefined
    }
    this.#text = ''
    if (request instanceof WattError) {
      this.#refuseUnread(request)
      return undefined
    }
    const behind = bytes.subarray(request.length - before)
    this.#ahead = behind.length
    this.#begin(request)
    return behind
  }

  #readBody (bytes: Buffer): Buffer {
    const proxied = this.#proxied
    if (this.#chunks !== undefined) {
      const chunks = this.#chunks
      const end = chunks.read(bytes, (piece) => proxied?.take(piece))
      if (chunks.fault !== '') this.#giveUp(errors.WATT_REQUEST_MALFORMED(chunks.fault))
      else if (chunks.isDone) {
        this.#chunks = undefined
        this.#bodyRead(chunks.trailers)
      }
      return bytes.subarray(end)
    }
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes
    this.#left -= piece.length
    proxied?.take(piece)
    if (this.#left === 0) this.#bodyRead([])
    return bytes.subarray(piece.length)
  }

  #bodyRead (trailers: string[]): void {
    const proxied = this.#proxied
    proxied?.takeEnd(trailers)
    // It was answered before it was read to its end.
    if (proxied?.isEnded === true && this.#phase === 'busy') this.#next()
  }

  #begin (request: RequestText): void {
    const fields = readFields(request.fields, request.minorVersion)
    const { fault, otherCoding, isChunked, contentLength, upgrade } = fields
    if (fault !== '') return this.#refuseUnread(errors.WATT_REQUEST_MALFORMED(fault))
    if (otherCoding !== '') return this.#refuseUnread(errors.WATT_CODING_UNKNOWN(otherCoding))
    if (!this.#ports.methods.has(request.method)) return this.#refuseUnread(errors.WATT_REQUEST_MALFORMED('nobody knows its method'))
    if (request.method === 'CONNECT') return this.#refuseUnread(errors.WATT_METHOD_REFUSED(request.method), request.method)
    const arrival = receive(request, fields, this, this.#ports)
    this.writer.reset()
    this.#ports.ticks.nowMs = arrival.startMs
    this.#enter('busy')
    this.#left = contentLength
    this.#chunks = isChunked ? new ChunkedReader(limits.maxHeadBytes) : undefined
    const proxied = this.#proxied = new Proxied(this.#ports, this, arrival, request.minorVersion)
    // An upgrade may always be passed over (RFC 9110 §7.8), and behind a body it would be hard to tell where it begins.
    if (upgrade !== undefined && this.#isRead && isKnown(upgrade)) this.#events.upgrade(this, proxied)
    else proxied.start()
  }

  /** The rest of the request at hand does not come, or cannot be read. */
  #giveUp (error: WattError): void {
    if (this.#proxied?.isEnded === false) this.#proxied.refuseAndClose(error)
    else this.#linger()
  }

  /** The connection ends with it: nobody knows where the next request begins. */
  #refuseUnread (error: WattError, method = 'other'): void {
    this.#ports.meter.record(undefined, method, error.status, 0)
    this.#ports.accessLog?.add({ ...unread, method, status: error.status, startEpochMs: Date.now(), client: this.peer })
    const { head, body } = answerOf(error)
    this.writer.begin(`HTTP/1.1 ${head.status} ${head.statusMessage}\r\n${fieldLines(head.headers)}Date: ${this.#ports.ticks.date}\r\nConnection: close\r\n\r\n`, 'sized')
    this.writer.end(body, '')
    this.#linger()
  }

  /** The last answer is out: says so, and reads on for a while, since closing on a client that still sends is a reset. */
  #linger (): void {
    this.#backlog = []
    this.#enter('lingering')
    this.resume()
    this.socket.end()
  }
}

keepShape(new Connection(new Socket(), { begin () {} } as unknown as Reading, { ticks: { nowMs: 0.5 } } as Ports, { upgrade () {}, closed () {} }))

/** HTTP/2 by upgrade is long out of use (RFC 9113 §3.1), but clients still offer it beside a plain request: that is answered. */
function isKnown (upgrade: string): boolean {
  return !/^\s*(?:h2c|http\/|tls\/)/i.test(upgrade)
}

/** What is known of a request that could not be read. */
const unread = { path: '', bodyBytes: 0, durationMs: 0, service: '', route: '', userAgent: '', requestId: '', traceId: '', spanId: '' }

function ignore (): void {}
