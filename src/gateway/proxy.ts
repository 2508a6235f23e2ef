// One request from the listener to the mesh and its answer back, streaming both ways at the slower side's pace.
// A response that was cut is never ended as if it were whole.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf, type WattError } from '../base/error.ts'
import type { Exchange, RawHeaders, ResponseHandler, ResponseHead } from '../mesh/mesh.ts'
import { answerError } from './answer.ts'
import type { Arrival } from './arrival.ts'
import { errors } from './errors.ts'
import type { Ports } from './ports.ts'
import { hasBody, readResponse } from './response-fields.ts'

/** Bodies up to this are collected before they are sent: one frame, and the mesh can send them again to another worker. */
const collectBytes = 16 * 1024

/** A body up to this is copied once more to spare a `writev` of two pieces: a third of the gateway's time on small answers. */
const joinBytes = 8 * 1024

type State = 'waiting' | 'answering' | 'ended' | 'over'

export class Proxied implements ResponseHandler {
  readonly #ports: Ports
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #arrival: Arrival
  #accept: ((head: ResponseHead, socket: Duplex) => void) | undefined
  #state: State = 'waiting'
  #status = 0
  #exchange: Exchange | undefined
  #hasBody = true
  /** Bytes still to come of a Content-Length; undefined: the end of the response is the end of the body. */
  #left: number | undefined
  #isContinued = false
  #isFlushed = false
  #listensForDrain = false

  constructor (ports: Ports, request: IncomingMessage, response: ServerResponse, arrival: Arrival) {
    this.#ports = ports
    this.#request = request
    this.#response = response
    this.#arrival = arrival
    response.on('close', () => this.#closed())
  }

  start (): void {
    const { refusal, route, fields: { contentLength, isChunked, expectsContinue } } = this.#arrival
    if (refusal !== undefined || route === undefined) return this.#refuse(refusal ?? errors.WATT_NO_ROUTE('', ''))
    if (!isChunked && (contentLength === undefined || contentLength === 0)) this.#send(route.service, null)
    else if (!isChunked && !expectsContinue && contentLength !== undefined && contentLength <= collectBytes) this.#collect(route.service)
    else this.#upload(route.service)
  }

  /** The handshake is answered on its own (upgrade.ts), so no body is read here. */
  startUpgrade (service: string, accept: (head: ResponseHead, socket: Duplex) => void): void {
    this.#accept = accept
    this.#send(service, null)
  }

  onUpgrade (head: ResponseHead, socket: Duplex): void {
    this.#status = head.status
    this.#finish()
    if (this.#accept === undefined) socket.destroy()
    else this.#accept(head, socket)
  }

  onInformation ({ status, headers }: ResponseHead): void {
    // HTTP/1.0 knows none (RFC 9110 §15.2).
    if (this.#request.httpVersionMinor === 0) return
    if (status === 100) {
      this.#isContinued = true
      this.#response.writeContinue()
    } else if (status === 102) this.#response.writeProcessing()
    else if (status === 103) this.#writeHints(headers)
  }

  onHead (head: ResponseHead): void {
    const { outgoing, contentLength, fault } = readResponse(head, this.#arrival.requestId)
    if (fault !== '') return this.#spoil(fault)
    this.#prepare()
    try {
      this.#response.writeHead(head.status, head.statusMessage, outgoing)
    } catch (thrown) {
      return this.#spoil(messageOf(thrown))
    }
    this.#state = 'answering'
    this.#status = head.status
    this.#hasBody = hasBody(this.#arrival.head.method, head.status)
    if (this.#hasBody) this.#left = contentLength
    // Most heads have their body right behind them and go out with it; one that hasn't must not wait for it.
    process.nextTick(flushHead, this)
  }

  flush (): void {
    if (this.#isFlushed || this.#state !== 'answering') return
    this.#isFlushed = true
    this.#response.flushHeaders()
  }

  onData (chunk: Uint8Array): void {
    if (this.#state !== 'answering' || !this.#hasBody) return
    this.#isFlushed = true
    if (this.#left !== undefined) {
      this.#left -= chunk.byteLength
      // All that was promised is here: it goes out in one write, without waiting for the service to say so.
      if (this.#left <= 0) return this.#end(this.#left === 0 ? chunk : chunk.subarray(0, this.#left))
    }
    if (this.#response.write(chunk)) return
    this.#exchange?.pause()
    if (this.#listensForDrain) return
    this.#listensForDrain = true
    this.#response.on('drain', () => this.#exchange?.resume())
  }

  onEnd (trailers: RawHeaders): void {
    if (this.#state !== 'answering') return
    if (this.#left !== undefined && this.#left > 0) return this.#cut()
    if (trailers.length > 0) this.#response.addTrailers(pairsOf(trailers))
    this.#end()
  }

  onError (error: WattError): void {
    if (this.#state === 'waiting') this.#refuse(error)
    else if (this.#state === 'answering') this.#cut()
  }

  #send (service: string, body: Uint8Array | 'stream' | null): Exchange {
    const exchange = this.#ports.mesh.request(service, this.#arrival.head, body, this)
    this.#exchange = exchange
    return exchange
  }

  #collect (service: string): void {
    const chunks: Uint8Array[] = []
    this.#request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    this.#request.on('end', () => {
      if (this.#state === 'waiting') this.#send(service, chunks.length === 1 ? chunks[0] ?? null : Buffer.concat(chunks))
    })
  }

  #upload (service: string): void {
    const request = this.#request
    const exchange = this.#send(service, 'stream')
    // After the answer the rest is read and dropped, so that the client gets as far as reading it.
    request.on('data', (chunk: Uint8Array) => { if (!exchange.write(chunk) && !this.#isAnswered) request.pause() })
    request.on('end', () => exchange.end(request.rawTrailers))
    exchange.onDrain = () => request.resume()
  }

  get #isAnswered (): boolean {
    return this.#state === 'ended' || this.#state === 'over'
  }

  /** What must be known before the head is written. */
  #prepare (): void {
    const { expectsContinue } = this.#arrival.fields
    // A client that was not told to go on may send the body or not: only a new connection is sure to begin with a request.
    if (this.#ports.isDraining || (expectsContinue && !this.#isContinued)) this.#response.shouldKeepAlive = false
  }

  #refuse (error: WattError): void {
    this.#state = 'ended'
    this.#status = error.status
    this.#prepare()
    this.#request.resume()
    answerError(this.#response, error, this.#arrival.requestId)
  }

  #spoil (why: string): void {
    this.#exchange?.abort()
    this.#refuse(errors.WATT_RESPONSE_INVALID(this.#arrival.route?.service ?? '', why))
  }

  #end (chunk?: Uint8Array): void {
    this.#state = 'ended'
    this.#request.resume()
    if (chunk === undefined) this.#response.end()
    // Node joins head and body to one write only when both are strings; latin1 is one byte a character, whatever the bytes mean.
    else if (chunk.byteLength <= joinBytes) this.#response.end(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1'), 'latin1')
    else this.#response.end(chunk)
  }

  /** A body without length or chunks ends with its connection, so only a reset says that this is not its end. */
  #cut (): void {
    const { socket, chunkedEncoding } = this.#response
    this.#exchange?.abort()
    if (this.#left === undefined && !chunkedEncoding && socket !== null) socket.resetAndDestroy()
    else this.#response.destroy()
  }

  #writeHints (headers: RawHeaders): void {
    const hints: Record<string, string[]> = {}
    for (const [name, value] of pairsOf(headers)) (hints[name.toLowerCase()] ??= []).push(value)
    const { link, ...others } = hints
    // Node writes 103 only for links, which is what it is for (RFC 8297).
    if (link !== undefined) this.#response.writeEarlyHints({ link, ...others })
  }

  #closed (): void {
    if (this.#state !== 'ended' && this.#state !== 'over') this.#exchange?.abort()
    this.#finish()
  }

  #finish (): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    const { route, head, context, startEpochMs, startMs } = this.#arrival
    const durationMs = performance.now() - startMs
    this.#ports.meter.record(route, head.method, this.#status, durationMs)
    this.#ports.observer.served({ head, status: this.#status, startEpochMs, durationMs, context, ...(route === undefined ? {} : { route: route.pathPrefix }) })
  }
}

function flushHead (proxied: Proxied): void {
  proxied.flush()
}

function pairsOf (raw: RawHeaders): Array<[string, string]> {
  const pairs: Array<[string, string]> = []
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? ''])
  return pairs
}
