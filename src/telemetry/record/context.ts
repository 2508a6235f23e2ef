// W3C Trace Context (https://www.w3.org/TR/trace-context/): reading and writing it, new ids, the sampling decision. Pure.
import type { TraceContext } from '../../mesh/mesh.ts'

const notHex = /[^\da-f]/
const dash = 45
const noTraceId = '0'.repeat(32)
const noSpanId = '0'.repeat(16)
/** What must be passed on at least (§3.3.1.5). Longer ones are dropped whole rather than cut in the middle of a member. */
const maxTracestateLength = 512

export interface RemoteContext { traceId: string, spanId: string, sampled: boolean }

/**
 * version "-" trace-id "-" parent-id "-" flags; a version above 00 may go on after another dash (§4.3). Undefined when it is not
 * valid: the trace is then begun anew, as the standard says. Looked at by its places, since this runs for every hop of every request.
 */
export function parseTraceparent (value: string): RemoteContext | undefined {
  const text = value.trim()
  const { length } = text
  if (length < 55 || text.charCodeAt(2) !== dash || text.charCodeAt(35) !== dash || text.charCodeAt(52) !== dash) return undefined
  const version = text.slice(0, 2)
  if (length > 55 && (version === '00' || text.charCodeAt(55) !== dash)) return undefined
  const traceId = text.slice(3, 35)
  const spanId = text.slice(36, 52)
  const flags = text.slice(53, 55)
  if (notHex.test(traceId) || notHex.test(spanId) || notHex.test(version) || notHex.test(flags)) return undefined
  if (version === 'ff' || traceId === noTraceId || spanId === noSpanId) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export function formatTraceparent (context: RemoteContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? '01' : '00'}`
}

/** Several fields are one list (§3.3.1.1); undefined when there is nothing to pass on. */
export function parseTracestate (values: readonly string[]): string | undefined {
  const joined = values.map((value) => value.trim()).filter((value) => value !== '').join(',')
  return joined === '' || joined.length > maxTracestateLength ? undefined : joined
}

/** Same verdict everywhere for one trace (OpenTelemetry's TraceIdRatioBased asks for that): its low 52 bits against the ratio. */
export function isSampled (traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52
}

export interface Incoming { remote: RemoteContext | undefined, tracestate: string | undefined }

/** Takes traceparent and tracestate out of a raw header list. Two traceparents are none (§3.2). */
export function readContext (headers: readonly string[]): Incoming {
  let traceparent: string | undefined
  let count = 0
  let states: string[] | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]
    // Lengths first: this runs for every header of every request.
    if (name?.length === 11 && name.toLowerCase() === 'traceparent') {
      traceparent = headers[index + 1]
      count++
    } else if (name?.length === 10 && name.toLowerCase() === 'tracestate') {
      (states ??= []).push(headers[index + 1] ?? '')
    }
  }
  const remote = traceparent === undefined || count > 1 ? undefined : parseTraceparent(traceparent)
  return { remote, tracestate: remote === undefined || states === undefined ? undefined : parseTracestate(states) }
}

/** Makes `value` the one traceparent of the list, in place. */
export function writeTraceparent (headers: string[], value: string): void {
  let kept = 0
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length === 11 && name.toLowerCase() === 'traceparent') continue
    headers[kept++] = name
    headers[kept++] = headers[index + 1] ?? ''
  }
  headers.length = kept
  headers.push('traceparent', value)
}

export interface Ids { traceId: () => string, spanId: () => string }

/** Ids from `fill`, a source of random bytes that is asked for 512 at a time: asking for eight bytes each is ten times as dear. */
export function createIds (fill: (bytes: Uint8Array) => void): Ids {
  const pool = Buffer.alloc(512)
  let text = ''
  let at = 0

  /** A piece of the pool's text, which it keeps in memory: the pool is small for the sake of contexts that live long. */
  function id (digits: number): string {
    if (at + digits > text.length) {
      fill(pool)
      text = pool.toString('hex')
      at = 0
    }
    const made = text.slice(at, at += digits)
    // All zeros is not a valid id.
    return made.charCodeAt(0) !== zero || /[^0]/.test(made) ? made : `${made.slice(1)}1`
  }

  return { traceId: () => id(32), spanId: () => id(16) }
}

const zero = 48

export interface TracingChoice { samplingRatio: number }

/**
 * The context of a request that arrives. With tracing on, a new span under the one that came: a parent's sampling is followed,
 * a root is sampled by ratio. What came and is not recorded is passed on untouched, and a root with tracing off only gives the logs an id.
 */
export function begin ({ remote, tracestate }: Incoming, tracing: TracingChoice | undefined, ids: Ids): TraceContext {
  if (remote === undefined && tracing === undefined) return new NamedLater(ids)
  const state = tracestate === undefined ? {} : { tracestate }
  if (remote === undefined) {
    const traceId = ids.traceId()
    return { traceId, spanId: ids.spanId(), parentSpanId: '', sampled: isSampled(traceId, tracing?.samplingRatio ?? 0) }
  }
  if (tracing === undefined || !remote.sampled) return { ...remote, parentSpanId: '', ...state }
  return { traceId: remote.traceId, spanId: ids.spanId(), parentSpanId: remote.spanId, sampled: true, ...state }
}

/** A root that nobody traces: most requests of most pods. Its ids are made when a log line or a call asks for them. */
class NamedLater implements TraceContext {
  readonly parentSpanId = ''
  readonly sampled = false
  readonly #ids: Ids
  #traceId = ''
  #spanId = ''

  constructor (ids: Ids) {
    this.#ids = ids
  }

  get traceId (): string {
    if (this.#traceId === '') this.#traceId = this.#ids.traceId()
    return this.#traceId
  }

  get spanId (): string {
    if (this.#spanId === '') this.#spanId = this.#ids.spanId()
    return this.#spanId
  }
}
