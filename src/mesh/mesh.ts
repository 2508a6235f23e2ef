// What the mesh is to the folders around it: a thread joins it, calls services by name, and serves its own.
// The supervisor's side (who is there, who may be picked) is the Switchboard.
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import type { WattError } from '../base/error.ts'
import type { Door } from './carry/door.ts'
import type { Meeting } from './carry/meeting.ts'
import type { Neighbours } from './neighbours.ts'
import type { Loan } from './slots.ts'

export type { Loan } from './slots.ts'

/** Names and values in turn, order and case kept (as `rawHeaders` of node:http). */
export type RawHeaders = string[]

export interface RequestHead {
  method: string
  /** Origin form: path and query. */
  path: string
  /** With `host`; without hop-by-hop fields (RFC 9110 §7.6.1), except Connection/Upgrade of an upgrade. */
  headers: RawHeaders
  /** Who is at the other end, for `req.socket.remoteAddress`; absent for calls between services. */
  remoteAddress?: string
  /** Ask for an upgrade (RFC 9110 §7.8); answered by onUpgrade, or by onHead when refused. */
  upgrade?: boolean
}

export interface ResponseHead {
  status: number
  statusMessage: string
  headers: RawHeaders
}

/** Ends with exactly one of onEnd, onWhole, onUpgrade and onError. None is called before `request` returns. */
export interface ResponseHandler {
  /** 1xx other than 101. */
  onInformation?: (head: ResponseHead) => void
  onHead: (head: ResponseHead) => void
  /** The chunk is the receiver's to keep. Exchange.pause() stops the flow. */
  onData: (chunk: Uint8Array) => void
  /** In place of onData, for bytes in memory that the service's thread waits to have back: `end` each as soon as it can be. */
  onLoan?: (loan: Loan) => void
  onEnd: (trailers: RawHeaders) => void
  /** In place of onHead, onData and onEnd for an answer that came whole. `body`: bytes, or text of one byte a character. */
  onWhole?: (head: ResponseHead, body: Uint8Array | string | null) => void
  onUpgrade?: (head: ResponseHead, socket: Upgraded) => void
  /** After onHead: the response was cut; it must not be ended as if whole. */
  onError: (error: WattError) => void
}

/** The caller's end of an accepted upgrade. */
export interface Upgraded extends Duplex {
  /** As `write`, of bytes that are copied: whoever calls may use their memory again. */
  relay: (bytes: Uint8Array) => boolean
}

/** One request under way. */
export interface Exchange {
  /** Copies `chunk`. False: wait for onDrain (backpressure), though the chunk was taken. */
  write: (chunk: Uint8Array) => boolean
  end: (trailers?: RawHeaders) => void
  pause: () => void
  resume: () => void
  /** The other side sees its request aborted. No callback follows. */
  abort: () => void
  onDrain: (() => void) | undefined
}

export interface HoldLimits {
  /** Requests that may wait for a worker of one service, in this thread. */
  limit: number
  timeoutMs: number
}

/** A finished call, as the caller saw it. `status` 0 when it was aborted by the caller. */
export interface CallRecord { to: string, method: string, status: number, durationMs: number }

/** A finished request, as the service that answered saw it. */
export interface ServedRecord { head: RequestHead, status: number, startEpochMs: number, durationMs: number, context: TraceContext | undefined }

/** W3C trace context of the work at hand (https://www.w3.org/TR/trace-context/). Ids in lower-case hex. */
export interface TraceContext {
  traceId: string
  spanId: string
  /** Span that this one was begun under; empty for a root. */
  parentSpanId: string
  sampled: boolean
  /** As it came, passed on. */
  tracestate?: string
}

/** Implemented in telemetry/record; absent parts cost nothing. */
export interface MeshObserver {
  /** Context of a request that arrives (its traceparent, or none); the handler runs `within` it. */
  arrive?: (head: RequestHead) => TraceContext | undefined
  within?: <Result>(context: TraceContext, run: () => Result) => Result
  /** Context of the code that calls now, for the traceparent of an outgoing request that has none of its own. */
  current?: () => TraceContext | undefined
  called?: (call: CallRecord) => void
  served?: (served: ServedRecord) => void
  /** A request began (+1) or ceased (-1) to wait for a worker of `service`. */
  held?: (service: string, change: 1 | -1) => void
}

/** Runs code in an async context other than that of whoever calls (an AsyncResource's runInAsyncScope). */
export type Enter = <Args extends unknown[], Result>(run: (...args: Args) => Result, ...args: Args) => Result

export interface JoinOptions {
  /** Name of this thread's service; `gateway` for the gateway, which no service may be called. */
  service: string
  worker: number
  /** From Switchboard.attach. */
  port: MessagePort
  hold?: HoldLimits
  observer?: MeshObserver
  /** Of a process: where callers find it, and whom it calls. */
  door?: Door
  /** With which others this member shares its thread. */
  neighbours?: Neighbours
  /** Runs code as this member's own, where others share the thread: what it hears is told in the async context of its service. */
  enter?: Enter
}

/** A thread's part in the mesh. */
export interface Mesh {
  /**
   * Sends one request to a ready worker of `service`. While there is none, the request is held; when its worker is lost
   * before it answered, it is sent once more if it is idempotent (RFC 9110 §9.2.2) and its body is whole (null or bytes).
   * Errors given to onError: WATT_SERVICE_UNKNOWN 502, WATT_SERVICE_AWAY 503, WATT_SERVICE_CRASH_LOOP 503, WATT_HOLD_FULL 503,
   * WATT_WORKER_LOST 503, WATT_WORKER_LOST_TWICE 502, WATT_RESPONSE_CUT 502.
   */
  request: (service: string, head: RequestHead, body: Uint8Array | 'stream' | null, handler: ResponseHandler) => Exchange
  /** Requests for this thread's service are emitted on `server` ('request', 'checkContinue', 'upgrade') from now on. */
  serve: (server: Server) => void
  /** True for the name of a declared service. */
  declares: (service: string) => boolean
  /** Requests being served now, upgraded connections among them. */
  readonly serving: number
  /**
   * Tells every caller to go elsewhere; resolves when each has agreed and nothing is being served but upgraded connections,
   * which have no end of their own. Serves until then.
   */
  drain: () => Promise<void>
  /** Ends every upgraded connection that is served here, as if the service had destroyed its socket. */
  hangUp: () => void
  close: () => void
}

/** What calling takes of a mesh. */
export type MeshCalls = Pick<Mesh, 'request' | 'declares'>

/** The supervisor's side: it alone says who is there. Lives in the main thread; carries no request. */
export interface Switchboard {
  /** Declared services; names not in the list are unknown to every thread from then on. */
  declare: (services: string[]) => void
  /** A port for a new thread, to be transferred to it. `worker` ids are unique over all services. A process shares no memory. */
  attach: (service: string, worker: number, sharesMemory?: boolean) => MessagePort
  /** This worker is a process, and is met there; before it is admitted. */
  open: (worker: number, door: Meeting) => void
  /** This worker may be picked from now on. */
  admit: (worker: number) => void
  /** This worker is picked no more; what it serves goes on. */
  expel: (worker: number) => void
  /** This worker's thread has ended. */
  detach: (worker: number) => void
  /** Callers of a service in crash loop are answered at once instead of being held. */
  setCrashLoop: (service: string, isCrashLoop: boolean) => void
  close: () => void
}
