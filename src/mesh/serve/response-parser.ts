// Bytes that a service wrote to its socket by itself → an HTTP/1.1 response. Needed where code speaks to the socket instead
// of a ServerResponse: upgrades accepted (101) or refused, and informational responses. Strict: what is doubtful is refused.
import { errors } from '../errors.ts'
import { type RawHeaders, type ResponseHead } from '../mesh.ts'

export interface ResponseEvents {
  information: (head: ResponseHead) => void
  head: (head: ResponseHead) => void
  body: (bytes: Buffer) => void
  end: (trailers: RawHeaders) => void
  /** 101: the rest of the bytes is the other protocol's. */
  switched: (head: ResponseHead) => void
}

type State = 'head' | 'length' | 'chunkSize' | 'chunk' | 'chunkEnd' | 'trailers' | 'untilClose' | 'switched' | 'done'

/** A head (or a line of chunked coding) longer than this is no head. Node's own clients stop at 16 KiB. */
const headLimitBytes = 262_144
const crlf = '\r\n'

export class ResponseParser {
  readonly #isHeadRequest: boolean
  readonly #events: ResponseEvents
  #state: State = 'head'
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes of the body or of the chunk that are still to come. */
  #left = 0

  constructor (isHeadRequest: boolean, events: ResponseEvents) {
    this.#isHeadRequest = isHeadRequest
    this.#events = events
  }

  /** @throws WATT_RESPONSE_GARBLED */
  feed (bytes: Buffer): void {
    this.#rest = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (this.#rest.byteLength > 0 && this.#step()) { /* a step each: state and rest move on */ }
  }

  /** The socket ended. True when the response is whole. */
  finish (): boolean {
    if (this.#state === 'untilClose') this.#end([])
    return this.#state === 'done' || this.#state === 'switched'
  }

  /** False: more bytes are needed. */
  #step (): boolean {
    switch (this.#state) {
      case 'head': return this.#readHead()
      case 'length':
        this.#take(this.#left)
        if (this.#left === 0) this.#end([])
        return true
      case 'chunkSize': return this.#readChunkSize()
      case 'chunk':
        this.#take(this.#left)
        if (this.#left === 0) this.#state = 'chunkEnd'
        return true
      case 'chunkEnd': return this.#readChunkEnd()
      case 'trailers': return this.#readTrailers()
      case 'untilClose':
      case 'switched':
        this.#take(Infinity)
        return true
      // What follows a whole response can be no answer to anything.
      case 'done':
        this.#rest = Buffer.alloc(0)
        return false
    }
  }

  #readHead (): boolean {
    const text = this.#upTo('\r\n\r\n')
    if (text === undefined) return false
    const lines = text.split(crlf)
    const [, digits = '', statusMessage = ''] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(lines[0] ?? '') ??
      garbled(lines[0] ?? '')
    const head = { status: Number(digits), statusMessage, headers: fields(lines.slice(1)) }
    if (head.status === 101) {
      this.#state = 'switched'
      this.#events.switched(head)
    } else if (head.status < 200) this.#events.information(head)
    else this.#beginBody(head)
    return true
  }

  #beginBody (head: ResponseHead): void {
    const framing = bodyFraming(head, this.#isHeadRequest)
    this.#events.head(head)
    if (framing === 0) return this.#end([])
    this.#state = framing === 'chunked' ? 'chunkSize' : framing === 'untilClose' ? 'untilClose' : 'length'
    if (typeof framing === 'number') this.#left = framing
  }

  #readChunkSize (): boolean {
    const line = this.#upTo(crlf)
    if (line === undefined) return false
    const [, digits = ''] = /^([\da-fA-F]{1,12})(?:[ \t]*;.*)?$/.exec(line) ?? garbled(line)
    this.#left = Number.parseInt(digits, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    return true
  }

  #readChunkEnd (): boolean {
    const line = this.#upTo(crlf)
    if (line === undefined) return false
    if (line !== '') garbled(line)
    this.#state = 'chunkSize'
    return true
  }

  #readTrailers (): boolean {
    // An empty trailer section is a lone CRLF; otherwise lines and an empty one.
    const isEmpty = this.#rest.byteLength >= 2 && this.#rest.toString('latin1', 0, 2) === crlf
    const text = this.#upTo(isEmpty ? crlf : '\r\n\r\n')
    if (text === undefined) return false
    this.#end(text === '' ? [] : fields(text.split(crlf)))
    return true
  }

  #end (trailers: RawHeaders): void {
    this.#state = 'done'
    this.#events.end(trailers)
  }

  #take (limit: number): void {
    const bytes = this.#rest.subarray(0, Math.min(limit, this.#rest.byteLength))
    this.#rest = this.#rest.subarray(bytes.byteLength)
    this.#left -= bytes.byteLength
    this.#events.body(bytes)
  }

  /** Text before `mark`, which is taken too; undefined when it is not there yet. */
  #upTo (mark: string): string | undefined {
    const at = this.#rest.indexOf(mark, 0, 'latin1')
    if (at === -1 || at > headLimitBytes) {
      if (this.#rest.byteLength > headLimitBytes) garbled('a head without end')
      return undefined
    }
    const text = this.#rest.toString('latin1', 0, at)
    this.#rest = this.#rest.subarray(at + mark.length)
    return text
  }
}

/** RFC 9112 §6.3. */
function bodyFraming ({ status, headers }: ResponseHead, isHeadRequest: boolean): number | 'chunked' | 'untilClose' {
  if (isHeadRequest || status === 204 || status === 304) return 0
  const coding = valuesOf(headers, 'transfer-encoding')
  if (coding.length > 0) return coding.join(',').trim().toLowerCase() === 'chunked' ? 'chunked' : garbled('Transfer-Encoding')
  const lengths = new Set(valuesOf(headers, 'content-length'))
  if (lengths.size === 0) return 'untilClose'
  const [length = ''] = lengths
  return lengths.size === 1 && /^\d{1,15}$/.test(length) ? Number(length) : garbled('Content-Length')
}

function valuesOf (headers: RawHeaders, name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name)
}

function fields (lines: string[]): RawHeaders {
  return lines.flatMap((line) => {
    const [, name = '', value = ''] = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(line) ?? garbled(line)
    return [name, value]
  })
}

function garbled (what: string): never {
  throw errors.WATT_RESPONSE_GARBLED(JSON.stringify(what.slice(0, 80)))
}
