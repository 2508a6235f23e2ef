// The fast way from undici (global fetch among its users) into the mesh: the global dispatcher, whichever it is, gets a
// `dispatch` that keeps mesh names in the process and passes on everything else.
import { channel } from 'node:diagnostics_channel'
import { type Exchange, type MeshCalls, type RequestHead } from '../mesh.ts'
import { Deadlines, headersTimeoutMs } from './deadlines.ts'
import { type Handler, translate, type Translator } from './handler.ts'
import { Origins } from './origins.ts'
import { outgoing, type DispatchOptions, type Outgoing } from './outgoing.ts'

/** undici's Dispatcher, as far as it is called here. */
interface Dispatcher { dispatch: (options: DispatchOptions, handler: Handler) => boolean }

const keys = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]

/** Up to this Content-Length a body is gathered and sent whole: one frame, and it may be sent twice. */
const gatherLimitBytes = 65_536

// Who listens to undici's own channels (tracing libraries do) must see each request: undici then carries it itself.
const created = channel('undici:request:create')

/** Returns how to undo it. */
export function installDispatcher (mesh: MeshCalls, timeoutMs = headersTimeoutMs): () => void {
  const deadlines = new Deadlines(timeoutMs)
  const originals = new Map<symbol, unknown>()
  const origins = new Origins()

  // undici sets its default dispatcher when it is first loaded and finds none; Node loads its own at the first use of fetch.
  // Loading it early would cost every worker memory, so the first look finds none and ours goes in right after.
  for (const key of keys) if (!wrap(key)) watch(key)

  function watch (key: symbol): void {
    Object.defineProperty(globalThis, key, {
      configurable: true,
      get () {
        queueMicrotask(() => keys.forEach(wrap))
        return undefined
      },
      set (value) {
        Object.defineProperty(globalThis, key, { value, writable: true, enumerable: false, configurable: true })
        queueMicrotask(() => keys.forEach(wrap))
      }
    })
  }

  /** False: there is none yet. */
  function wrap (key: symbol): boolean {
    const found: unknown = Object.getOwnPropertyDescriptor(globalThis, key)?.value
    if (!isDispatcher(found)) return false
    if (originals.has(key)) return true
    originals.set(key, found)
    // It stays what it was in all but dispatch: instanceof, request(), compose(), close().
    const wrapped: Dispatcher = Object.create(found, {
      dispatch: { value: (options: DispatchOptions, handler: Handler) => dispatch(found, options, handler), writable: true, configurable: true }
    })
    Reflect.set(globalThis, key, wrapped)
    return true
  }

  function dispatch (original: Dispatcher, options: DispatchOptions, handler: Handler): boolean {
    const origin = typeof options.origin === 'string' ? options.origin : options.origin?.origin
    const target = origin === undefined ? null : origins.read(origin)
    if (target === null || !mesh.declares(target.name) || created.hasSubscribers) return original.dispatch(options, handler)
    const simple = outgoing(options, target.authority)
    if (simple === undefined) return original.dispatch(options, handler)
    send(target.name, options, simple, translate(handler, deadlines))
    return true
  }

  function send (service: string, options: DispatchOptions, { headers, body, lengthBytes }: Outgoing, to: Translator): void {
    to.start()
    const { controller } = to
    if (controller.aborted) return
    deadlines.add(to)
    const head: RequestHead = { method: options.method, path: options.path, headers }
    if (typeof options.upgrade === 'string') head.upgrade = true
    if (body === null || body instanceof Uint8Array) {
      controller.exchange = mesh.request(service, head, body, to)
      if (body !== null) to.bodySent(body)
      to.requestSent()
    } else if (lengthBytes !== undefined && lengthBytes <= gatherLimitBytes) {
      gather(body, to, lengthBytes, (whole) => { controller.exchange = mesh.request(service, head, whole, to) })
    } else {
      const exchange = mesh.request(service, head, 'stream', to)
      controller.exchange = exchange
      pump(body, to, lengthBytes, exchange)
    }
    if (controller.paused) controller.exchange?.pause()
  }

  return () => {
    deadlines.close()
    for (const key of keys) {
      const original = originals.get(key)
      if (original !== undefined) Reflect.set(globalThis, key, original)
      else if (Object.getOwnPropertyDescriptor(globalThis, key)?.get !== undefined) Reflect.deleteProperty(globalThis, key)
    }
  }
}

function isDispatcher (value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function'
}

type Body = AsyncIterable<unknown> | Iterable<unknown>

/** Reads a short body to its end, then sends. */
function gather (body: Body, to: Translator, lengthBytes: number, then: (whole: Uint8Array) => void): void {
  const chunks: Uint8Array[] = []
  read(body, to, lengthBytes, async (chunk) => { chunks.push(chunk) }).then((isWhole) => {
    if (!isWhole) return
    const [first] = chunks
    then(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks))
    to.requestSent()
  }, (error: unknown) => to.controller.abort(error))
}

function pump (body: Body, to: Translator, lengthBytes: number | undefined, exchange: Exchange): void {
  let drained: PromiseWithResolvers<void> | undefined
  exchange.onDrain = () => drained?.resolve()
  read(body, to, lengthBytes, async (chunk) => {
    if (exchange.write(chunk)) return
    drained = Promise.withResolvers()
    await drained.promise
  }).then((isWhole) => {
    if (!isWhole) return
    exchange.end()
    to.requestSent()
  }, (error: unknown) => to.controller.abort(error))
}

/** False: the request was aborted, and the body's source was told so. */
async function read (body: Body, to: Translator, lengthBytes: number | undefined, take: (chunk: Uint8Array) => Promise<void>): Promise<boolean> {
  const { controller } = to
  const aborted = Promise.withResolvers<void>()
  let bytes = 0
  controller.whenAborted = () => aborted.resolve()
  const iterator = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
  while (true) {
    const next = await Promise.race([iterator.next(), aborted.promise])
    if (next === undefined || controller.aborted) {
      // A Readable is destroyed by it.
      Promise.resolve(iterator.return?.()).catch(() => {})
      return false
    }
    if (next.done === true && lengthBytes !== undefined && bytes !== lengthBytes) throw lengthMismatch()
    if (next.done === true) return true
    const chunk = bytesOf(next.value)
    bytes += chunk.byteLength
    if (lengthBytes !== undefined && bytes > lengthBytes) throw lengthMismatch()
    await Promise.race([take(chunk), aborted.promise])
    to.bodySent(chunk)
  }
}

function bytesOf (chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  throw Object.assign(new TypeError('a request body must yield strings or Uint8Arrays'), { code: 'UND_ERR_INVALID_ARG' })
}

function lengthMismatch (): Error {
  return Object.assign(new Error('Request body length does not match content-length header'), { code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' })
}
