// An undici dispatch → a request of the mesh, where that is simple. What is not (FormData, timeouts of its own, odd headers)
// is undefined: undici itself takes it, over a virtual socket, with undici's own checks and errors.
import { type RawHeaders } from '../mesh.ts'

/** The options of a dispatch that matter here. */
export interface DispatchOptions {
  origin?: string | URL
  path: string
  method: string
  body?: unknown
  headers?: unknown
  upgrade?: string | boolean | null
  query?: unknown
  headersTimeout?: number | null
  bodyTimeout?: number | null
  expectContinue?: boolean
}

export interface Outgoing {
  headers: RawHeaders
  /** Iterables (a Readable is one) are read chunk by chunk. */
  body: Uint8Array | AsyncIterable<unknown> | Iterable<unknown> | null
  /** Content-Length of an iterable body, where it is known. */
  lengthBytes: number | undefined
}

const invalidPath = /[^\u0021-\u00ff]/
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/
const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/
/** undici writes `Content-Length: 0` for these when they have no body (RFC 9110 §8.6). */
const expectsBody: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])
/** undici refuses these, or gives them a meaning for its connection. */
const notSimple: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'connection', 'expect'])

export function outgoing (options: DispatchOptions, authority: string): Outgoing | undefined {
  const { path, method, headersTimeout, bodyTimeout, query, expectContinue, upgrade } = options
  if (typeof path !== 'string' || path[0] !== '/' || invalidPath.test(path)) return undefined
  if (typeof method !== 'string' || !token.test(method) || method === 'CONNECT') return undefined
  if (query !== undefined && query !== null) return undefined
  if ((headersTimeout ?? 0) !== 0 || (bodyTimeout ?? 0) !== 0 || expectContinue === true) return undefined

  const list = listOf(options.headers)
  const body = bodyOf(options.body)
  if (list === undefined || body === undefined) return undefined
  const isIterable = body !== null && !(body instanceof Uint8Array)
  const { headers } = list
  if (!list.hasHost) headers.unshift('host', authority)
  if (list.length === undefined && !isIterable && (body !== null || expectsBody.has(method))) headers.push('content-length', String(body?.byteLength ?? 0))
  if (list.length !== undefined && !isIterable && list.length !== (body?.byteLength ?? 0)) return undefined
  if (typeof upgrade === 'string' && upgrade !== '') {
    if (invalidValue.test(upgrade)) return undefined
    headers.push('connection', 'upgrade', 'upgrade', upgrade)
  }
  return { headers, body, lengthBytes: isIterable ? list.length : undefined }
}

interface List { headers: RawHeaders, hasHost: boolean, length: number | undefined }

function listOf (given: unknown): List | undefined {
  const list: List = { headers: [], hasHost: false, length: undefined }
  if (given === undefined || given === null) return list
  if (typeof given !== 'object') return undefined
  if (Array.isArray(given)) {
    if (given.length % 2 !== 0) return undefined
    for (let index = 0; index < given.length; index += 2) if (!add(list, given[index], given[index + 1])) return undefined
    return list
  }
  const entries: unknown = Symbol.iterator in given ? given : Object.entries(given)
  for (const entry of entries as Iterable<unknown>) {
    if (!Array.isArray(entry) || entry.length !== 2 || !add(list, entry[0], entry[1])) return undefined
  }
  return list
}

/** False: undici should say what is wrong with it. */
function add (list: List, name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || !token.test(name)) return false
  if (value === undefined) return true
  const lower = name.toLowerCase()
  if (notSimple.has(lower)) return false
  if (Array.isArray(value)) {
    if (lower === 'host' || lower === 'content-length') return false
    return value.every((one) => addOne(list, name, one))
  }
  if (lower === 'host') {
    if (list.hasHost) return false
    list.hasHost = true
  }
  if (lower === 'content-length') {
    if (list.length !== undefined || typeof value === 'object' || !/^\d{1,15}$/.test(String(value))) return false
    list.length = Number(value)
  }
  return addOne(list, name, value)
}

function addOne ({ headers }: List, name: string, value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return false
  if (typeof value === 'function' || typeof value === 'symbol') return false
  const text = value === null ? '' : String(value)
  if (invalidValue.test(text)) return false
  headers.push(name, text)
  return true
}

function bodyOf (body: unknown): Outgoing['body'] | undefined {
  if (body === undefined || body === null || body === '') return null
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body.byteLength === 0 ? null : body
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  if (body instanceof ArrayBuffer) return body.byteLength === 0 ? null : new Uint8Array(body)
  if (typeof body !== 'object') return undefined
  // FormData is iterable, but what is sent is its encoding; the same for a Blob.
  if (Reflect.get(body, Symbol.toStringTag) === 'FormData' || typeof Reflect.get(body, 'stream') === 'function') return undefined
  if (Symbol.asyncIterator in body || Symbol.iterator in body) return body as AsyncIterable<unknown>
  return undefined
}
