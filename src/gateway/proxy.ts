// One request from the listener to the mesh and its answer back, streaming both ways at the slower side's pace.
// A response that was cut is never ended as if it were whole.
import type { WattError } from '../base/error.ts'
import { keepShape } from '../base/shape.ts'
import type { Exchange, Loan, RawHeaders, ResponseHandler, ResponseHead, Upgraded } from '../mesh/mesh.ts'
import type { AccessLog } from './access-log.ts'
import { answerOf, type OwnAnswer } from './answer.ts'
import type { Arrival } from './arrival.ts'
import { errors } from './errors.ts'
import type { Framing } from './http/answer-writer.ts'
import type { Connection } from './http/connection.ts'
import { limits } from './limits.ts'
import type { Ports } from './ports.ts'
import { fieldLines, hasBody, readResponse } from './response-fields.ts'

/** Bodies up to this are collected before they are sent: one frame, and the mesh can send them again to another worker. */
const collectBytes = 16 * 1024
/** For no longer than this: a client that takes its time with the rest may wait for an answer to what it sent. */
const collectMs = 10
const goesOn = `Connection: keep-alive\r\nKeep-Alive: timeout=${limits.keepAliveMs / 1000}\r\n\r\n`
const endsHere = 'Connection: close\r\n\r\n'

export class Proxied implements ResponseHandler {
  readonly arrival: Arrival
  readonly #ports: Ports
  readonly #connection: Connection
  readonly #minorVersion: number
  #accept: ((head: ResponseHead, socket: Upgraded) => void) | undefined
  #state: 'waiting' | 'answering' | 'ended' = 'waiting'
  #status = 0
  #exchange: Exchange | undefined
  #collected: Uint8Array[] | undefined
  #late: NodeJS.Timeout | undefined
  #isUploaded = false
  #mustClose = false
  #isPersistent = false
  #isEventStream = false
  #framing: Framing = 'none'
  /** Bytes still to come of a Content-Length. */
  #left = 0
  #isContinued = false
  /** When something last went on. */
  #activeMs: number

  constructor (ports: Ports, connection: Connection, arrival: Arrival, minorVersion: number) {
    this.#ports = ports
    this.#connection = connection
    this.#minorVersion = minorVersion
    this.arrival = arrival
    this.#activeMs = arrival.startMs
  }

  get isEnded (): boolean {
    return this.#state === 'ended'
  }

  start (): void {
    const { refusal, route, fields: { contentLength, isChunked, expectsContinue } } = this.arrival
    const own = this.#ports.development?.answerTo(this.arrival)
    if (own !== undefined) return this.#answer(own)
    if (refusal !== undefined || route === undefined) this.refuse(refusal ?? errors.WATT_NO_ROUTE('', ''))
    else if (!isChunked && contentLength === 0) this.#send(route.service, null)
    else if (!isChunked && !expectsContinue && contentLength <= collectBytes) this.#collected = []
    else this.stream()
  }

  /** Sends the head, and what has come of the body; the rest follows as it comes. */
  stream (): void {
    const collected = this.#collected ?? []
    this.#collected = undefined
    const exchange = this.#send(this.arrival.route?.service ?? '', 'stream')
    exchange.onDrain = () => this.#connection.resume()
    for (const piece of collected) exchange.write(piece)
  }

  /** `accept` takes over the connection when the service says 101; else the answer is one like any other. */
  startUpgrade (service: string, accept: (head: ResponseHead, socket: Upgraded) => void): void {
    this.#accept = accept
    this.#send(service, null)
  }

  // What the client sends.

  /** A piece of the request's body, which is copied. After the answer the rest is read and dropped. */
  take (piece: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#activeMs = this.#ports.ticks.nowMs
    if (this.#collected !== undefined) this.#collected.push(Buffer.from(piece))
    else if (this.#exchange?.write(piece) === false) this.#connection.pause()
  }

  /** The body did not come with the head. */
  awaitBody (): void {
    if (this.#collected !== undefined) this.#late ??= setTimeout(stream, collectMs, this)
  }

  takeEnd (trailers: RawHeaders): void {
    clearTimeout(this.#late)
    this.#isUploaded = true
    if (this.#state === 'ended') return
    this.#activeMs = this.#ports.ticks.nowMs
    const collected = this.#collected
    if (collected !== undefined) this.#send(this.arrival.route?.service ?? '', collected.length === 1 ? collected[0] ?? null : Buffer.concat(collected))
    else this.#exchange?.end(trailers)
  }

  /** Nothing of this request can be answered any more. */
  gone (): void {
    if (this.#state === 'ended') return
    this.#exchange?.abort()
    this.#finish()
  }

  // What the service answers (ResponseHandler).

  onUpgrade (head: ResponseHead, socket: Upgraded): void {
    this.#status = head.status
    this.#finish()
    if (this.#accept === undefined) socket.destroy()
    else this.#accept(head, socket)
  }

  onInformation ({ status, statusMessage, headers }: ResponseHead): void {
    const fields = fieldLines(headers)
    // HTTP/1.0 knows none (RFC 9110 §15.2).
    if (this.#minorVersion === 0 || this.#state !== 'waiting' || fields === undefined) return
    if (status === 100) this.#isContinued = true
    this.#activeMs = this.#ports.ticks.nowMs
    this.#connection.writer.inform(status, statusMessage, fields)
  }

  onWhole (head: ResponseHead, body: Uint8Array | string | null): void {
    if (!this.#begin(head)) return
    const length = body === null ? 0 : body.length
    if (this.#framing === 'sized' && length < this.#left) return this.#cut()
    this.#end(body === null ? '' : this.#framing === 'sized' && length > this.#left ? body.slice(0, this.#left) : body, '')
  }

  onHead (head: ResponseHead): void {
    if (!this.#begin(head)) return
    // Most heads have their body right behind them and go out with it; one that hasn't must not wait for it.
    process.nextTick(flush, this)
  }

  onData (piece: Uint8Array): void {
    if (this.#state !== 'answering' || this.#framing === 'none') return
    this.#activeMs = this.#ports.ticks.nowMs
    if (this.#framing === 'sized') {
      this.#left -= piece.byteLength
      // All that was promised is here: it goes out in one write, without waiting for the service to say so.
      if (this.#left <= 0) return this.#end(this.#left === 0 ? piece : piece.subarray(0, this.#left), '')
    }
    if (!this.#connection.writer.write(piece)) this.#exchange?.pause()
  }

  onLoan (loan: Loan): void {
    if (this.#state !== 'answering' || this.#framing === 'none') return loan.end()
    // More than was promised is trimmed.
    if (this.#framing === 'sized' && loan.byteLength > this.#left) return this.onData(loan.take())
    this.#activeMs = this.#ports.ticks.nowMs
    if (!this.#connection.writer.writeLoan(loan)) this.#exchange?.pause()
    if (this.#framing !== 'sized') return
    this.#left -= loan.byteLength
    if (this.#left === 0) this.#end('', '')
  }

  onEnd (trailers: RawHeaders): void {
    if (this.#state !== 'answering') return
    const lines = fieldLines(trailers)
    if ((this.#framing === 'sized' && this.#left > 0) || lines === undefined) this.#cut()
    else this.#end('', lines)
  }

  onError (error: WattError): void {
    if (this.#state !== 'waiting') this.#cut()
    else if (this.#ports.development === undefined) this.refuse(error)
    else this.#ports.development.explain(this.arrival, error, (answer) => { if (this.#state === 'waiting') this.#answer(answer) })
  }

  // What the connection tells.

  /** The client reads again. */
  drained (): void {
    if (this.#state !== 'answering') return
    this.#activeMs = this.#ports.ticks.nowMs
    this.#exchange?.resume()
  }

  /** Server-sent events have no end of their own: at a drain they are ended, whole, and their client comes again elsewhere. */
  endEventStream (): void {
    if (this.#state !== 'answering' || !this.#isEventStream) return
    this.#exchange?.abort()
    this.#isPersistent = false
    if (this.#framing === 'sized') this.#cut()
    else this.#end('', '')
  }

  /** Says something meaningless, to learn whether a client that ended its half is there. */
  probe (): void {
    if (this.#state === 'answering' || (this.#state === 'waiting' && this.#minorVersion === 1)) this.#connection.writer.probe()
  }

  /** Answers for what takes too long. */
  check (nowMs: number, isPaused: boolean): void {
    if (this.#state === 'ended') return
    const { timeouts: { backendRequestMs, idleMs } } = this.#ports
    const silentMs = nowMs - this.#activeMs
    if (this.#state === 'answering') {
      if (idleMs > 0 && silentMs > idleMs) this.#cut()
    } else if (!this.#isUploaded && !isPaused) {
      if (idleMs > 0 && silentMs > idleMs) this.refuseAndClose(errors.WATT_REQUEST_TIMEOUT())
    } else if (backendRequestMs > 0 && silentMs > backendRequestMs) {
      this.#exchange?.abort()
      this.refuse(errors.WATT_RESPONSE_TIMEOUT(this.arrival.route?.service ?? '', backendRequestMs))
    }
  }

  refuse (error: WattError): void {
    this.#answer(answerOf(error))
  }

  #answer ({ head, body }: OwnAnswer): void {
    if (!this.#begin(head)) return this.#cut()
    this.#end(this.#framing === 'none' ? '' : body, '')
  }

  /** What follows on the connection cannot be told from the request's own rest. */
  refuseAndClose (error: WattError): void {
    if (this.#state !== 'waiting') return this.#cut()
    this.#exchange?.abort()
    this.#mustClose = true
    this.refuse(error)
  }

  flush (): void {
    if (this.#state === 'answering') this.#connection.writer.flush()
  }

  #send (service: string, body: Uint8Array | 'stream' | null): Exchange {
    if (body !== 'stream') this.#isUploaded = true
    const exchange = this.#ports.mesh.request(service, this.arrival.head, body, this)
    this.#exchange = exchange
    return exchange
  }

  #begin (head: ResponseHead): boolean {
    const { arrival: { requestId, route, fields: { isPersistent, expectsContinue } } } = this
    const { text, contentLength, isEventStream, fault } = readResponse(head, requestId, this.#ports.ticks.date, route)
    if (fault !== '') {
      this.#spoil(fault)
      return false
    }
    this.#framing = framingOf(this.arrival.head.method, head.status, contentLength, this.#minorVersion)
    // A client that was not told to go on may send the body or not: only a new connection is sure to begin with a request.
    this.#isPersistent = isPersistent && this.#framing !== 'close' && !this.#mustClose && !this.#ports.isDraining &&
      !this.#connection.isLast && (!expectsContinue || this.#isContinued)
    this.#state = 'answering'
    this.#status = head.status
    this.#left = contentLength
    this.#isEventStream = isEventStream
    this.#activeMs = this.#ports.ticks.nowMs
    const ending = this.#isPersistent ? goesOn : endsHere
    this.#connection.writer.begin(this.#framing === 'chunked' ? `${text}Transfer-Encoding: chunked\r\n${ending}` : text + ending, this.#framing)
    return true
  }

  #spoil (why: string): void {
    this.#exchange?.abort()
    this.refuse(errors.WATT_RESPONSE_INVALID(this.arrival.route?.service ?? '', why))
  }

  #end (last: Uint8Array | string, trailers: string): void {
    this.#connection.writer.end(last, trailers)
    this.#finish()
    this.#connection.answered(this.#isPersistent)
  }

  /** A body without length or chunks ends with its connection, so only a reset says that this is not its end. */
  #cut (): void {
    if (this.#state === 'ended') return
    this.#exchange?.abort()
    this.#finish()
    this.#connection.cut(this.#framing === 'close')
  }

  #finish (): void {
    this.#state = 'ended'
    clearTimeout(this.#late)
    const { route, head, context, startMs } = this.arrival
    const durationMs = performance.now() - startMs
    this.#ports.meter.record(route, head.method, this.#status, durationMs)
    if (context.sampled) {
      this.#ports.observer.served({ head, status: this.#status, startEpochMs: performance.timeOrigin + startMs, durationMs, context, ...(route === undefined ? {} : { route: route.pathPrefix }) })
    }
    if (this.#ports.accessLog !== undefined) this.#log(this.#ports.accessLog, durationMs)
  }

  #log (log: AccessLog, durationMs: number): void {
    const { route, head, path, fields: { userAgent }, requestId, context: { traceId, spanId }, startMs } = this.arrival
    log.add({
      method: head.method,
      path,
      status: this.#status,
      bodyBytes: this.#connection.writer.sentBytes,
      startEpochMs: performance.timeOrigin + startMs,
      durationMs,
      service: route?.service ?? '',
      route: route?.pathPrefix ?? '',
      client: head.remoteAddress ?? '',
      userAgent,
      requestId,
      traceId,
      spanId
    })
  }
}

keepShape(new Proxied({} as Ports, {} as Connection, { startMs: 0.5 } as Arrival, 1))

function flush (proxied: Proxied): void {
  proxied.flush()
}

function stream (proxied: Proxied): void {
  proxied.stream()
}

function framingOf (method: string, status: number, contentLength: number, minorVersion: number): Framing {
  if (!hasBody(method, status)) return 'none'
  if (contentLength >= 0) return 'sized'
  return minorVersion === 1 ? 'chunked' : 'close'
}
