// The server that virtual sockets of this thread's own clients speak to: node:http parses what they write, the mesh answers.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Duplex } from 'node:stream'
import { http } from '../../base/http.ts'
import { type WattError } from '../../base/error.ts'
import { type Exchange, type MeshCalls, type RawHeaders, type RequestHead, type ResponseHead } from '../mesh.ts'
import { VirtualSocket } from '../serve/virtual-socket.ts'
import { errorResponse } from './error-response.ts'

const nothing = Buffer.alloc(0)

/** Up to this Content-Length a body that comes in one turn is sent whole: one frame, and it may be sent twice. */
const gatherLimitBytes = 65_536

export class Front {
  readonly #mesh: MeshCalls
  readonly #server: Server
  readonly #services = new WeakMap<object, string>()

  constructor (mesh: MeshCalls) {
    this.#mesh = mesh
    // Both ends are in this thread: nobody waits for nobody, and the service's own server judges the request.
    const options = { requireHostHeader: false, keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, maxHeaderSize: 1_048_576, shouldUpgradeCallback: isUpgrade }
    this.#server = http.createServer(options)
    Object.assign(this.#server, { httpAllowHalfOpen: true })
    // Node emits these in the context in which the connection began.
    const forward = (request: IncomingMessage, response: ServerResponse): void => inContextOf(request.socket, () => this.#forward(request, response))
    this.#server.on('request', forward)
    this.#server.on('checkContinue', forward)
    this.#server.on('checkExpectation', forward)
    this.#server.on('upgrade', (request, socket, head) => inTurn(socket, () => inContextOf(socket, () => this.#upgrade(request, socket, head))))
  }

  accept (service: string, socket: VirtualSocket): void {
    this.#services.set(socket, service)
    this.#server.emit('connection', socket)
  }

  #headOf (request: IncomingMessage, service: string): RequestHead {
    // HTTP/1.0 may come without Host; what goes on is HTTP/1.1, which may not.
    const needsHost = request.httpVersionMinor === 0 && request.headers.host === undefined
    const headers = needsHost ? ['host', `${service}.internal`, ...request.rawHeaders] : request.rawHeaders
    return { method: request.method ?? 'GET', path: request.url ?? '/', headers }
  }

  #forward (request: IncomingMessage, response: ServerResponse): void {
    const service = this.#services.get(request.socket) ?? ''
    const head = this.#headOf(request, service)
    const length = request.headers['content-length']
    if (length === undefined && request.headers['transfer-encoding'] === undefined) {
      this.#send(service, head, null, response)
      return
    }
    if (Number(length) <= gatherLimitBytes && request.headers.expect === undefined) this.#gather(service, head, request, response)
    else this.#upload(service, head, request, response, [])
  }

  #gather (service: string, head: RequestHead, request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => { chunks.push(chunk) }
    const whole = (): void => {
      clearImmediate(late)
      this.#send(service, head, Buffer.concat(chunks), response)
    }
    request.on('data', take).on('end', whole)
    // A client that takes its time with the rest may wait for an answer to what it sent.
    const late = setImmediate(() => {
      request.off('data', take).off('end', whole)
      if (!request.destroyed) this.#upload(service, head, request, response, chunks)
    })
  }

  #upload (service: string, head: RequestHead, request: IncomingMessage, response: ServerResponse, first: Buffer[]): void {
    const exchange = this.#send(service, head, 'stream', response)
    for (const chunk of first) exchange.write(chunk)
    request.on('data', (chunk: Buffer) => { if (!exchange.write(chunk)) request.pause() })
    request.on('end', () => exchange.end(request.rawTrailers))
    exchange.onDrain = () => request.resume()
    // Answered before all was read: the rest is dropped.
    response.on('finish', () => request.resume())
  }

  #send (service: string, head: RequestHead, body: Uint8Array | 'stream' | null, response: ServerResponse): Exchange {
    let hasBody = false
    response.sendDate = false
    const exchange = this.#mesh.request(service, head, body, {
      onInformation: (head) => writeInformation(response, head),
      onHead: ({ status, statusMessage, headers }) => {
        // HTTP/1.0 has no chunks, and so no trailers either.
        response.writeHead(status, statusMessage, response.req.httpVersionMinor === 0 ? withoutTrailer(headers) : headers)
        // With what came along, if anything did; an event stream's head must not wait for its first event.
        // As bytes: flushHeaders() would write fields as UTF-8.
        queueMicrotask(() => { if (!hasBody) response.write(nothing) })
      },
      onData (chunk) {
        hasBody = true
        if (!response.write(chunk)) exchange.pause()
      },
      onEnd (trailers) {
        hasBody = true
        response.addTrailers(pairs(trailers))
        response.end()
      },
      onError: (error) => answerError(response, error)
    })
    response.on('drain', () => exchange.resume())
    response.on('close', () => exchange.abort())
    return exchange
  }

  #upgrade (request: IncomingMessage, socket: Duplex, first: Buffer): void {
    const service = this.#services.get(socket) ?? ''
    const abort = (): void => exchange.abort()
    socket.on('error', () => {})
    socket.on('close', abort)
    const exchange: Exchange = this.#mesh.request(service, { ...this.#headOf(request, service), upgrade: true }, null, {
      onInformation: (head) => { socket.write(headText(head, [])) },
      onHead (head) {
        socket.write(headText(head, ['Connection', 'close']))
        socket.on('drain', () => exchange.resume())
      },
      onData: (chunk) => { if (!socket.write(chunk)) exchange.pause() },
      onEnd: () => socket.end(),
      onUpgrade (head, tunnel) {
        socket.off('close', abort)
        socket.write(headText(head, []))
        if (first.byteLength > 0) tunnel.write(first)
        join(socket, tunnel)
      },
      onError (error) {
        const answer = errorResponse(error)
        if (answer !== undefined) socket.write(Buffer.concat([headText(answer.head, ['Connection', 'close']), answer.body]))
        socket.end()
      }
    })
  }
}

/** Where a body comes too, it would be hard to tell where the other protocol begins; and an upgrade may always be passed over. */
function isUpgrade ({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined
}

/** node:http gives the socket away at once; answers to the requests before are still to come (RFC 9112 §9.3.2). */
function inTurn (socket: Duplex, take: () => void): void {
  const current: unknown = Reflect.get(socket, '_httpMessage')
  if (current instanceof http.ServerResponse) current.once('close', () => inTurn(socket, take))
  else if (socket.writable) take()
}

function withoutTrailer (headers: RawHeaders): RawHeaders {
  return headers.filter((_, index) => headers[index - index % 2]?.toLowerCase() !== 'trailer')
}

/** Of the code whose request came over this virtual socket. */
function inContextOf (socket: Duplex, run: () => void): void {
  const writer = socket instanceof VirtualSocket ? socket.writer : undefined
  if (writer === undefined) run()
  else writer.runInAsyncScope(run)
}

function writeInformation (response: ServerResponse, head: ResponseHead): void {
  // HTTP/1.0 knows none (RFC 9110 §15.2).
  if (response.req.httpVersionMinor === 0) return
  if (head.status === 100) return response.writeContinue()
  // Node before 26 has no writeInformation for any status; what it writes is this.
  const { socket } = response
  if (socket !== null && !response.headersSent) Reflect.apply(Reflect.get(response, '_writeRaw'), response, [headText(head, []).toString('latin1'), 'latin1'])
}

function answerError (response: ServerResponse, error: WattError): void {
  const answer = response.headersSent ? undefined : errorResponse(error)
  if (answer === undefined) {
    // What was written before still arrives.
    response.socket?.destroySoon()
    return
  }
  const { status, statusMessage, headers } = answer.head
  response.writeHead(status, statusMessage, headers)
  response.end(answer.body)
}

function headText ({ status, statusMessage, headers }: ResponseHead, more: string[]): Buffer {
  const lines = [...pairs(headers), ...pairs(more)].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${status} ${statusMessage}\r\n${lines.join('')}\r\n`, 'latin1')
}

function pairs (raw: string[]): Array<[string, string]> {
  return raw.flatMap((name, index): Array<[string, string]> => index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [])
}

/** Both ways, half-closes included; when one is gone so is the other. */
function join (socket: Duplex, tunnel: Duplex): void {
  tunnel.on('error', () => socket.destroy())
  tunnel.on('close', () => {
    if (socket instanceof Object && 'destroySoon' in socket && typeof socket.destroySoon === 'function') socket.destroySoon()
    else socket.end()
  })
  socket.on('close', () => tunnel.destroy())
  socket.pipe(tunnel)
  tunnel.pipe(socket)
}
