// A request as the framework gets it: a real http.IncomingMessage and a real http.ServerResponse on a virtual socket.
// Only what touches bytes is replaced, as own properties: Express gives both messages another prototype.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Readable } from 'node:stream'
import { http } from '../../base/http.ts'
import { hopByHop, nominated } from '../hop-by-hop.ts'
import { type RawHeaders } from '../mesh.ts'
import { type VirtualSocket } from './virtual-socket.ts'

export interface ReadyHead {
  status: number
  statusMessage: string
  headers: RawHeaders
  /** Its body has no length: it may have trailers. */
  isChunked: boolean
  /** Bytes that the service's own Content-Length says will come; -1: it says none. */
  promisedBytes: number
  /** Every value of `headers` is. */
  isAscii: boolean
}

/** What the messages of one exchange ask of it. */
export interface MessageHost {
  /** The reader of the request's body wants more. */
  wantBody: () => void
  /** writeHead was called, or the first byte written: nothing is sent yet. */
  headReady: (head: ReadyHead) => void
  /** For the Date field. */
  date: () => string
  /** `end` was called. */
  responseEnded: () => void
}

const host = Symbol('mesh exchange')

/** Internals of node:http that Node 24 and 26 share. */
export interface Request extends IncomingMessage {
  [host]: MessageHost
  upgrade: boolean | null
  _consuming: boolean
  _readableState: Readable & { readingMore: boolean, resumeScheduled: boolean }
  _addHeaderLines: (headers: RawHeaders, count: number) => void
  _dump: () => void
}

export interface Response extends ServerResponse {
  [host]: MessageHost
  _header: string | null
  _headerSent: boolean
  _hasBody: boolean
  _contentLength: number | null
  _removedContLen: boolean
  _trailer: string
  _expect_continue: boolean
  _closed: boolean
  _storeHeader: (firstLine: string, headers: OutHeaders) => void
  _finish: () => void
  _flush: () => void
}

/** As writeHead passes them on: setHeader's map (name and value as entry), or what the caller of writeHead gave. */
type OutHeaders = Record<string, unknown> | unknown[] | undefined

interface Classes { Request: new (socket: VirtualSocket) => Request, Response: new (request: IncomingMessage, options: object) => Response }

/** Classes of the server's own that were given as options of createServer. */
export function classesOf (server: Server): Classes {
  const found = new Map(Object.getOwnPropertySymbols(server).map((symbol) => [symbol.description, Reflect.get(server, symbol)]))
  return {
    Request: (found.get('IncomingMessage') ?? http.IncomingMessage) as Classes['Request'],
    Response: (found.get('ServerResponse') ?? http.ServerResponse) as Classes['Response']
  }
}

export function makeRequest (classes: Classes, exchange: MessageHost, socket: VirtualSocket, method: string, path: string, headers: RawHeaders): Request {
  const request = new classes.Request(socket)
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  request.httpVersion = '1.1'
  request.method = method
  request.url = path
  request[host] = exchange
  request._read = readBody
  request._addHeaderLines(headers, headers.length)
  return request
}

export function makeResponse (classes: Classes, exchange: MessageHost, socket: VirtualSocket, request: Request): Response {
  const response = new classes.Response(request, { highWaterMark: socket.writableHighWaterMark })
  response[host] = exchange
  response._storeHeader = storeHeader
  response._finish = finish
  response.assignSocket(socket)
  return response
}

const { validateHeaderName, validateHeaderValue } = http
const originalFinish: (this: Response) => void = Reflect.get(http.ServerResponse.prototype, '_finish')

function readBody (this: Request): void {
  if (!this._consuming) {
    this._readableState.readingMore = false
    this._consuming = true
  }
  this[host].wantBody()
}

function finish (this: Response): void {
  originalFinish.call(this)
  this[host].responseEnded()
}

/** In place of the original, which would write text: the head goes as a status and a list. */
function storeHeader (this: Response, firstLine: string, out: OutHeaders): void {
  const list = new HeaderList()
  if (Array.isArray(out)) list.addList(out)
  else if (out !== undefined && out !== null) list.addMap(out)
  if (this.sendDate && !list.hasDate) list.headers.push('Date', this[host].date())

  const isChunked = this._hasBody && !list.hasLength &&
    (list.hasCoding || list.hasTrailer || this._removedContLen || typeof this._contentLength !== 'number')
  if (list.hasTrailer && !isChunked) throw trailerInvalid()
  if (this._hasBody && !list.hasLength && !isChunked) list.headers.push('Content-Length', String(this._contentLength))

  // For strictContentLength.
  if (list.hasLength) this._contentLength = list.length
  this._header = firstLine
  this._headerSent = true
  this.chunkedEncoding = false
  const promisedBytes = this._hasBody && list.hasLength ? list.length : -1
  this[host].headReady({ status: this.statusCode, statusMessage: this.statusMessage, headers: list.finished(), isChunked, promisedBytes, isAscii: list.isAscii })
}

/** What _storeHeader of node:http does with a header list, but for the text. */
class HeaderList {
  readonly headers: RawHeaders = []
  hasDate = false
  hasLength = false
  length = 0
  hasCoding = false
  hasTrailer = false
  /** Every value is. */
  isAscii = true
  #dropped: Set<string> | undefined

  addMap (out: Record<string, unknown>): void {
    // setHeader's map has no prototype and was checked; the object given to writeHead has one and was not.
    if (Object.getPrototypeOf(out) === null) {
      for (const lower in out) {
        const entry = out[lower] as [name: string, value: unknown]
        this.#add(entry[0], lower, entry[1], false)
      }
    } else for (const name of Object.keys(out)) this.#add(name, name.toLowerCase(), out[name], true)
  }

  addList (out: unknown[]): void {
    if (Array.isArray(out[0])) for (const entry of out as unknown[][]) this.#add(String(entry[0]), String(entry[0]).toLowerCase(), entry[1], true)
    else for (let index = 0; index + 1 < out.length; index += 2) this.#add(String(out[index]), String(out[index]).toLowerCase(), out[index + 1], true)
  }

  finished (): RawHeaders {
    const dropped = this.#dropped
    if (dropped === undefined) return this.headers
    return this.headers.filter((_, index, all) => !dropped.has(all[index - index % 2]?.toLowerCase() ?? ''))
  }

  #add (name: string, lower: string, value: unknown, check: boolean): void {
    if (check) validateHeaderName(name)
    if (!Array.isArray(value)) return this.#addOne(name, lower, value, check)
    // RFC 6265 §5.4: one Cookie field only, so its values are joined.
    if (value.length > 1 && lower === 'cookie') return this.#addOne(name, lower, value.join('; '), check)
    for (const one of value) this.#addOne(name, lower, one, check)
  }

  #addOne (name: string, lower: string, value: unknown, check: boolean): void {
    if (check) validateHeaderValue(name, value as string)
    const text = String(value)
    switch (lower) {
      case 'date': this.hasDate = true; break
      case 'content-length':
        this.hasLength = true
        this.length = Number(text)
        break
      case 'trailer': this.hasTrailer = true; break
      case 'transfer-encoding': this.hasCoding = true; return
      case 'connection':
        for (const other of nominated(text)) (this.#dropped ??= new Set()).add(other)
        return
      default:
        if (hopByHop.has(lower)) return
        this.isAscii &&= Buffer.byteLength(text) === text.length
    }
    this.headers.push(name, text)
  }
}

function trailerInvalid (): Error {
  return Object.assign(new Error('Trailers are invalid with this transfer encoding'), { code: 'ERR_HTTP_TRAILER_INVALID' })
}
