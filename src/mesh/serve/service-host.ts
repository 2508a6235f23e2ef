// A service in its thread as the mesh sees it: the server on which requests are emitted, and what they share.
import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server } from 'node:http'
import { type MeshObserver, type RequestHead, type TraceContext } from '../mesh.ts'
import { hasField } from './fields.ts'
import { classesOf, type Request, type Response } from './message.ts'
import { type Served } from './served.ts'
import { VirtualSocket } from './virtual-socket.ts'

/** A getter that costs as much as the clock itself. */
const startedMs = performance.timeOrigin

/** Idle virtual sockets that are kept; more than are ever in use at once between two turns. */
const keptSockets = 64

// As node:http publishes them for its own servers: tracing libraries of the service listen there.
const requestStart = channel('http.server.request.start')
const responseFinish = channel('http.server.response.finish')

/** Stands for a symbol that node:http keeps to itself. */
declare const detachAbortSignal: unique symbol

/** Private to net.Server, alike in Node 24 and 26. */
interface Counted { _connections: number, _emitCloseIfDrained: () => void }
interface Detaching { [detachAbortSignal]: () => void }
/** Of http.Server. */
interface Demanding { requireHostHeader?: boolean }

export interface HostEvents {
  /** Nothing is under way any more but upgraded connections. */
  rested: () => void
  /** A request arrived that its caller did not count. */
  began: () => void
  /** One is over; `isIdle`: it was the last. */
  ended: (isIdle: boolean) => void
}

export class ServiceHost {
  readonly server: Server
  readonly classes: ReturnType<typeof classesOf>
  underWay = 0
  /** Of those: upgraded connections, which have no end of their own. */
  readonly #tunnels = new Set<Served>()
  /** So that close() of the service's own code waits for what is under way. A server that never listened closes at once. */
  readonly #counted: Counted | undefined
  readonly #observer: MeshObserver
  readonly #idleSockets: VirtualSocket[] = []
  readonly #detachAbortSignal: typeof detachAbortSignal | undefined
  readonly #events: HostEvents
  #date = ''
  #dateSecond = 0

  constructor (server: Server, observer: MeshObserver, events: HostEvents) {
    this.server = server
    this.#counted = server.listening ? server as Server & Counted : undefined
    this.classes = classesOf(server)
    this.#observer = observer
    this.#events = events
    // Node 26: a request's abort signal listens on its socket, which outlives the request.
    this.#detachAbortSignal = Object.getOwnPropertySymbols(this.classes.Request.prototype).find(({ description }) => description === 'kDetachAbortSignal') as typeof detachAbortSignal | undefined
  }

  arrive (head: RequestHead, isCounted: boolean): TraceContext | undefined {
    this.underWay++
    if (!isCounted) this.#events.began()
    if (this.#counted !== undefined) this.#counted._connections++
    return this.#observer.arrive?.(head)
  }

  /** Nothing under way but upgraded connections. */
  get isIdle (): boolean {
    return this.underWay === this.#tunnels.size
  }

  switched (served: Served): void {
    this.#tunnels.add(served)
    if (this.isIdle) this.#events.rested()
  }

  hangUp (): void {
    for (const served of this.#tunnels) served.hangUp()
  }

  now (): number {
    return this.#observer.served === undefined ? 0 : startedMs + performance.now()
  }

  /** IMF-fixdate (RFC 9110 §5.6.7), made once a second. */
  date (): string {
    const ms = Date.now()
    const second = Math.trunc(ms / 1000)
    if (second !== this.#dateSecond) {
      this.#dateSecond = second
      this.#date = new Date(ms).toUTCString()
    }
    return this.#date
  }

  takeSocket (): VirtualSocket {
    const socket = this.#idleSockets.pop() ?? new VirtualSocket(this.server)
    // server.setTimeout of the service's own code.
    if (this.server.timeout > 0) socket.setTimeout(this.server.timeout)
    return socket
  }

  /** Back for the next request, unless the service left something on it. */
  giveSocket (socket: VirtualSocket): void {
    if (this.#idleSockets.length < keptSockets && socket.isReusable()) this.#idleSockets.push(socket)
  }

  wantsUpgrade (request: IncomingMessage): boolean {
    const should: unknown = Reflect.get(this.server, 'shouldUpgradeCallback')
    // Node before 24.9 asks for listeners alone.
    return typeof should === 'function' ? Boolean(should.call(this.server, request)) : this.server.listenerCount('upgrade') > 0
  }

  emit (request: Request, response: Response, socket: VirtualSocket, context: TraceContext | undefined): void {
    if (requestStart.hasSubscribers) requestStart.publish({ request, response, socket, server: this.server })
    this.#within(context, () => this.#emit(request, response))
  }

  emitUpgrade (request: Request, socket: VirtualSocket, context: TraceContext | undefined): void {
    this.#within(context, () => this.server.emit('upgrade', request, socket, Buffer.alloc(0)))
  }

  finished (request: Request, response: Response | undefined, socket: VirtualSocket): void {
    if (responseFinish.hasSubscribers) responseFinish.publish({ request, response, socket, server: this.server })
    if (this.#detachAbortSignal !== undefined) (request as Request & Detaching)[this.#detachAbortSignal]()
  }

  served (served: Served): void {
    this.underWay--
    this.#events.ended(this.underWay === 0)
    if (this.#tunnels.size > 0) this.#tunnels.delete(served)
    if (this.#counted !== undefined) {
      this.#counted._connections--
      if (!this.server.listening) this.#counted._emitCloseIfDrained()
    }
    const { head, status, startMs, context } = served
    this.#observer.served?.({ head, status, startEpochMs: startMs, durationMs: this.now() - startMs, context })
    if (this.isIdle) this.#events.rested()
  }

  #within (context: TraceContext | undefined, run: () => void): void {
    if (context === undefined || this.#observer.within === undefined) run()
    else this.#observer.within(context, run)
  }

  /** As node:http decides it (RFC 9110 §10.1.1 for Expect, RFC 9112 §3.2 for Host). */
  #emit (request: Request, response: Response): void {
    const { server } = this
    // Not by request.headers, which node:http makes when they are first asked for.
    if ((server as Demanding).requireHostHeader !== false && !hasField(request.rawHeaders, 'host')) {
      response.writeHead(400, ['Connection', 'close'])
      response.end()
    } else if (!hasField(request.rawHeaders, 'expect')) server.emit('request', request, response)
    else if (/(?:^|\W)100-continue(?:$|\W)/i.test(request.headers.expect ?? '')) {
      response._expect_continue = true
      if (server.listenerCount('checkContinue') > 0) server.emit('checkContinue', request, response)
      else {
        response.writeContinue()
        server.emit('request', request, response)
      }
    } else if (server.listenerCount('checkExpectation') > 0) server.emit('checkExpectation', request, response)
    else {
      response.writeHead(417)
      response.end()
    }
  }
}
