// Runtime `fetch`: a handler of the web's own Request and Response (Hono and everything else with a `fetch` method) behind node:http.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { messageOf } from '../base/error.ts'

/** `incoming` and `outgoing` under the names that @hono/node-server gives them, for helpers such as getConnInfo. */
export type FetchHandler = (request: Request, environment: { incoming: IncomingMessage, outgoing: ServerResponse }) => unknown

/** The handler of an object with a `fetch` method, or of a function. */
export function fetchHandlerOf (value: unknown): FetchHandler {
  if (typeof value === 'function' && !('fetch' in value)) return value as unknown as FetchHandler
  const handler = value as { fetch: FetchHandler }
  return (request, environment) => handler.fetch(request, environment)
}

/** What addresses of requests begin with: "http://shop.example". */
export type OriginOf = (incoming: IncomingMessage) => string

const askedOrigin: OriginOf = ({ headers }) => `http://${headers.host ?? 'localhost'}`

export function listenerOf (handler: FetchHandler, originOf = askedOrigin): RequestListener {
  return (incoming, outgoing) => {
    answer(handler, originOf, incoming, outgoing).catch((thrown: unknown) => {
      console.error(thrown)
      if (outgoing.headersSent) outgoing.destroy()
      else refuse(outgoing, 500, 'Internal Server Error')
    })
  }
}

async function answer (handler: FetchHandler, originOf: OriginOf, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const aborted = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) aborted.abort(new DOMException('the client went away', 'AbortError'))
  })

  let request: Request
  try {
    request = toRequest(incoming, originOf, aborted.signal)
  } catch (thrown) {
    // What cannot be a Request: CONNECT and TRACE, a Host that is none.
    return refuse(outgoing, 400, messageOf(thrown))
  }
  let response: unknown
  try {
    response = await handler(request, { incoming, outgoing })
  } catch (thrown) {
    // Its own abort, come back: nobody is left to answer.
    if (aborted.signal.aborted) return
    throw thrown
  }
  if (!isResponse(response)) throw new TypeError(`the fetch handler answered ${incoming.method ?? ''} ${incoming.url ?? ''} with no Response`)
  await send(response, outgoing, incoming.method === 'HEAD')
}

function toRequest (incoming: IncomingMessage, originOf: OriginOf, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', rawHeaders } = incoming
  const headers: Array<[string, string]> = []
  for (let index = 0; index < rawHeaders.length; index += 2) headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''])
  // In absolute form the target names its own host (RFC 9112 §3.2.2).
  const address = url.startsWith('/') ? `${originOf(incoming)}${url}` : url
  const hasBody = method !== 'GET' && method !== 'HEAD' &&
    (incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0)
  if (!hasBody) return new Request(address, { method, headers, signal })
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' }
  return new Request(address, init)
}

/** By its parts: the handler may bring a Response class of its own. */
function isResponse (value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'body' in value
}

async function send (response: Response, outgoing: ServerResponse, isHead: boolean): Promise<void> {
  const { status, statusText, headers, body } = response
  const list: string[] = []
  // Iterating gives each Set-Cookie by itself (https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine).
  for (const [name, value] of headers) list.push(name, value)
  if (statusText === '') outgoing.writeHead(status, list)
  else outgoing.writeHead(status, statusText, list)
  if (body === null) {
    outgoing.end()
    return
  }
  if (isHead) {
    outgoing.end()
    return await body.cancel()
  }

  const reader = body.getReader()
  const onClose = (): void => { reader.cancel().catch(() => {}) }
  outgoing.once('close', onClose)
  // A stream with nothing to say yet must not keep its head; what is there at once goes out as one frame.
  const unsaid = setImmediate(() => outgoing.flushHeaders())
  for (;;) {
    const { done, value } = await reader.read()
    clearImmediate(unsaid)
    if (done || outgoing.destroyed) break
    if (!outgoing.write(value)) await drained(outgoing)
  }
  outgoing.off('close', onClose)
  outgoing.end()
}

/** Room again, or the other side gone. */
async function drained (outgoing: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  outgoing.once('drain', resolve)
  outgoing.once('close', resolve)
  await promise
  outgoing.off('drain', resolve)
  outgoing.off('close', resolve)
}

function refuse (outgoing: ServerResponse, status: number, message: string): void {
  const body = `${message}\n`
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body)
}
