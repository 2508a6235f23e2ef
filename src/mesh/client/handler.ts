// undici's request handlers, which come in two dialects: `onRequestStart …` (undici 8, and 7 in part; the fetch of Node 26)
// and `onConnect …` (undici 7 and older; the fetch of Node 24).
import { type Duplex } from 'node:stream'
import { type WattError } from '../../base/error.ts'
import { type Exchange, type RawHeaders, type ResponseHandler, type ResponseHead } from '../mesh.ts'
import { notWaiting, type Awaited, type Deadlines } from './deadlines.ts'
import { errorResponse } from './error-response.ts'

export type Headers = Record<string, string | string[]>

/** The newer dialect. */
export interface StartHandler {
  onRequestStart: (controller: Controller, context: object | null) => void
  onRequestUpgrade?: (controller: Controller, status: number, headers: Headers, socket: Duplex) => void
  onResponseStart?: (controller: Controller, status: number, headers: Headers, statusMessage: string) => void
  onResponseStarted?: () => void
  onResponseData?: (controller: Controller, chunk: Buffer) => void
  onResponseEnd?: (controller: Controller, trailers: Headers) => void
  onResponseError?: (controller: Controller, error: Error) => void
  onBodySent?: (chunk: Uint8Array) => void
  onRequestSent?: () => void
}

/** The older dialect. `false` from onHeaders and onData asks for a pause. */
export interface ConnectHandler {
  onConnect?: (abort: (reason?: unknown) => void, context: object | null) => void
  onHeaders?: (status: number, rawHeaders: RawHeaders, resume: () => void, statusMessage: string) => boolean | void
  onResponseStarted?: () => void
  onData?: (chunk: Buffer) => boolean | void
  onComplete?: (rawTrailers: RawHeaders) => void
  onUpgrade?: (status: number, rawHeaders: RawHeaders, socket: Duplex) => void
  onError?: (error: Error) => void
  onBodySent?: (chunk: Uint8Array) => void
  onRequestSent?: () => void
}

export type Handler = StartHandler | ConnectHandler

/** What a handler of either dialect may do with its request. */
export class Controller {
  rawHeaders: RawHeaders | undefined
  rawTrailers: RawHeaders | undefined
  paused = false
  aborted = false
  reason: unknown = null
  exchange: Exchange | undefined
  /** Tells whoever still reads the request's body. */
  whenAborted: ((reason: unknown) => void) | undefined
  readonly #request: { failed: (error: Error) => void }

  constructor (request: { failed: (error: Error) => void }) {
    this.#request = request
  }

  pause (): void {
    this.paused = true
    this.exchange?.pause()
  }

  resume (): void {
    if (!this.paused) return
    this.paused = false
    this.exchange?.resume()
  }

  abort (reason?: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.exchange?.abort()
    this.whenAborted?.(reason)
    this.#request.failed(reason instanceof Error ? reason : Object.assign(new Error('Request aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' }))
  }
}

/** Turns the mesh's callbacks into a handler's. What the mesh answers itself comes as an ordinary response. */
export abstract class Translator implements ResponseHandler, Awaited {
  readonly controller = new Controller(this)
  earlier: Awaited | undefined
  later: Awaited | undefined
  sinceLook = notWaiting
  readonly #deadlines: Deadlines
  #isOver = false

  constructor (deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  abstract start (): void
  abstract bodySent (chunk: Uint8Array): void
  abstract requestSent (): void
  protected abstract head (head: ResponseHead): void
  protected abstract data (chunk: Buffer): void
  protected abstract end (trailers: RawHeaders): void
  protected abstract upgraded (head: ResponseHead, socket: Duplex): void
  protected abstract error (error: Error): void

  /** undici refuses a 100 that it never asks for, and shows the others. */
  onInformation (head: ResponseHead): void {
    if (head.status !== 100) this.#tell(head)
  }

  onHead (head: ResponseHead): void {
    this.#deadlines.remove(this)
    this.#tell(head)
  }

  onData (chunk: Uint8Array): void {
    if (this.#isOver) return
    try {
      this.data(chunk as Buffer)
    } catch (thrown) {
      this.controller.abort(thrown)
    }
  }

  onEnd (trailers: RawHeaders): void {
    if (this.#isOver) return
    this.#over()
    this.end(trailers)
  }

  onUpgrade (head: ResponseHead, socket: Duplex): void {
    this.#deadlines.remove(this)
    this.#isOver = true
    this.upgraded(head, socket)
  }

  onError (error: WattError): void {
    const answer = this.controller.rawHeaders === undefined ? errorResponse(error) : undefined
    if (answer === undefined) return this.failed(error)
    this.onHead(answer.head)
    this.onData(answer.body)
    this.onEnd([])
  }

  failed (error: Error): void {
    if (this.#isOver) return
    this.#deadlines.remove(this)
    this.#over()
    this.error(error)
  }

  /** A response of fetch lives until a full collection, and its controller with it: the exchange and its request need not. */
  #over (): void {
    this.#isOver = true
    this.controller.exchange = undefined
  }

  /** As undici: a handler that throws aborts its request. */
  #tell (head: ResponseHead): void {
    if (this.#isOver) return
    try {
      this.head(head)
    } catch (thrown) {
      this.controller.abort(thrown)
    }
  }
}

class StartTranslator extends Translator {
  readonly #handler: StartHandler

  constructor (handler: StartHandler, deadlines: Deadlines) {
    super(deadlines)
    this.#handler = handler
  }

  start (): void { this.#handler.onRequestStart(this.controller, null) }
  bodySent (chunk: Uint8Array): void { this.#handler.onBodySent?.(chunk) }
  requestSent (): void { this.#handler.onRequestSent?.() }

  protected head ({ status, statusMessage, headers }: ResponseHead): void {
    this.controller.rawHeaders = headers
    this.#handler.onResponseStarted?.()
    this.#handler.onResponseStart?.(this.controller, status, parse(headers), statusMessage)
  }

  protected data (chunk: Buffer): void { this.#handler.onResponseData?.(this.controller, chunk) }

  protected end (trailers: RawHeaders): void {
    this.controller.rawTrailers = trailers
    this.#handler.onResponseEnd?.(this.controller, parse(trailers))
  }

  protected upgraded ({ status, headers }: ResponseHead, socket: Duplex): void {
    this.controller.rawHeaders = headers
    this.#handler.onRequestUpgrade?.(this.controller, status, parse(headers), socket)
  }

  protected error (error: Error): void { this.#handler.onResponseError?.(this.controller, error) }
}

class ConnectTranslator extends Translator {
  readonly #handler: ConnectHandler

  constructor (handler: ConnectHandler, deadlines: Deadlines) {
    super(deadlines)
    this.#handler = handler
  }

  start (): void { this.#handler.onConnect?.((reason) => this.controller.abort(reason), null) }
  bodySent (chunk: Uint8Array): void { this.#handler.onBodySent?.(chunk) }
  requestSent (): void { this.#handler.onRequestSent?.() }

  protected head ({ status, statusMessage, headers }: ResponseHead): void {
    this.controller.rawHeaders = headers
    this.#handler.onResponseStarted?.()
    if (this.#handler.onHeaders?.(status, headers, () => this.controller.resume(), statusMessage) === false) this.controller.pause()
  }

  protected data (chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) this.controller.pause()
  }

  protected end (trailers: RawHeaders): void { this.#handler.onComplete?.(trailers) }
  protected upgraded ({ status, headers }: ResponseHead, socket: Duplex): void { this.#handler.onUpgrade?.(status, headers, socket) }
  protected error (error: Error): void { this.#handler.onError?.(error) }
}

export function translate (handler: Handler, deadlines: Deadlines): Translator {
  const isStart = 'onRequestStart' in handler && typeof handler.onRequestStart === 'function'
  return isStart ? new StartTranslator(handler, deadlines) : new ConnectTranslator(handler as ConnectHandler, deadlines)
}

/** Lower-case names; a name that came several times has a list. */
function parse (raw: RawHeaders): Headers {
  const headers: Headers = {}
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else if (!Object.hasOwn(headers, name)) Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true })
    else if (typeof known === 'string') headers[name] = [known, value]
    else known.push(value)
  }
  return headers
}
