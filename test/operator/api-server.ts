// A small API server for tests of what speaks to one: lists in pages, watches, resource versions, and faults on demand.
// It is no Kubernetes: what only a real one can show (server-side apply's field ownership, CEL) is shown in e2e.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { randomUUID } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Connection } from '../../src/operator/client/connection.ts'
import type { KubeObject } from '../../src/operator/client/object.ts'

export type Fault = 'cut' | { status: number, reason?: string, message?: string, retryAfter?: string } | undefined

interface Change { type: string, collection: string, object: KubeObject, version: number }

export interface Request { method: string, path: string, query: URLSearchParams, body: KubeObject | undefined, authorization: string | undefined, contentType: string | undefined }

export class ApiServer implements AsyncDisposable {
  readonly requests: Request[] = []
  connections = 0
  /** Looks at each request before it is answered. */
  fault: (request: Request) => Fault = () => undefined
  readonly #objects = new Map<string, KubeObject>()
  readonly #watches = new Set<{ collection: string, response: ServerResponse }>()
  readonly #sockets = new Set<Socket>()
  readonly #server
  #history: Change[] = []
  #oldest = 0
  #version = 1

  private constructor (tls?: { key: string, cert: string }) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
    }
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start (tls?: { key: string, cert: string }): Promise<ApiServer> {
    const api = new ApiServer(tls)
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve))
    return api
  }

  get port (): number { return (this.#server.address() as AddressInfo).port }

  connection (more: Partial<Connection> = {}): Connection {
    return { server: `http://127.0.0.1:${this.port}`, tls: {}, namespace: 'default', headers: async () => ({ authorization: 'Bearer secret' }), ...more }
  }

  /** Creates or replaces, as another client would. Unchanged objects keep their version. */
  put (collection: string, object: KubeObject): KubeObject {
    const path = `${collection}/${object.metadata.name}`
    const before = this.#objects.get(path)
    const { resourceVersion: _, generation: __, uid: ___, ...metadata } = object.metadata
    const uid = before?.metadata.uid ?? object.metadata.uid ?? randomUUID()
    if (before !== undefined) {
      const same = { ...object, metadata: { ...metadata, uid, generation: before.metadata.generation, resourceVersion: before.metadata.resourceVersion } }
      if (sortedJson(same) === sortedJson(before)) return before
    }
    const isNewSpec = sortedJson({ ...object, metadata: {}, status: {} }) !== sortedJson({ ...before, metadata: {}, status: {} })
    const generation = (before?.metadata.generation ?? 0) + (isNewSpec ? 1 : 0)
    const after = { ...object, metadata: { ...metadata, uid, generation, resourceVersion: String(++this.#version) } }
    this.#objects.set(path, after)
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', collection, after)
    return after
  }

  get (path: string): KubeObject | undefined { return this.#objects.get(path) }

  remove (collection: string, name: string): void {
    const before = this.#objects.get(`${collection}/${name}`)
    if (before === undefined) return
    this.#objects.delete(`${collection}/${name}`)
    this.#tell('DELETED', collection, { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.#version) } })
  }

  /** Names in a collection, sorted. */
  names (collection: string): string[] {
    return [...this.#objects.keys()].filter((path) => path.startsWith(`${collection}/`)).map((path) => path.slice(collection.length + 1)).toSorted()
  }

  /** Every connection is reset, now. */
  cut (): void { for (const socket of this.#sockets) socket.destroy() }

  /** Watches may no longer be resumed from before now. */
  forgetHistory (): void {
    this.#history = []
    this.#oldest = this.#version
  }

  bookmark (): void {
    for (const { response } of this.#watches) response.write(line('BOOKMARK', { metadata: { resourceVersion: String(this.#version) } }))
  }

  /** Half an object, and the end: what a proxy that dies leaves. */
  garble (): void { this.#end('{"type":"MODIFIED","object":{"metada\n') }

  /** The version of every open watch is too old: said inside the stream, with status 200. */
  expireWatches (): void {
    this.forgetHistory()
    this.#end(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }))
  }

  endWatches (): void { this.#end('') }

  get openWatches (): number { return this.#watches.size }

  writes (): string[] {
    return this.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #end (lastWords: string): void {
    for (const watch of this.#watches) {
      this.#watches.delete(watch)
      watch.response.end(lastWords)
    }
  }

  #tell (type: string, collection: string, object: KubeObject): void {
    this.#history.push({ type, collection, object, version: this.#version })
    for (const watch of this.#watches) if (isWithin(collection, watch.collection)) watch.response.write(line(type, object))
  }

  async #answer (incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://api')
    let text = ''
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk
    const { authorization, 'content-type': contentType } = incoming.headers
    const request: Request = { method: incoming.method ?? '', path: pathname, query, body: text === '' ? undefined : JSON.parse(text), authorization, contentType }
    this.requests.push(request)
    const fault = this.fault(request)
    if (fault === 'cut') {
      incoming.socket.destroy()
      return
    }
    if (fault !== undefined) return refuse(response, fault)
    await turn()
    switch (request.method) {
      case 'GET': return this.#get(request, response)
      case 'POST': return this.#post(request, response)
      case 'PUT': return this.#replace(request, response)
      case 'PATCH': return this.#patch(request, response)
      case 'DELETE': {
        const [collection, name] = split(pathname)
        this.remove(collection, name)
        return say(response, 200, { kind: 'Status' })
      }
      default: return refuse(response, { status: 405 })
    }
  }

  #get ({ path, query }: Request, response: ServerResponse): void {
    if (query.get('watch') === 'true') return this.#watch(path, query, response)
    const object = this.#objects.get(path)
    if (object !== undefined) return say(response, 200, object)
    if (isObjectPath(path)) return refuse(response, { status: 404, reason: 'NotFound' })
    const from = Number(query.get('continue') ?? 0)
    const limit = Number(query.get('limit') ?? Infinity)
    const all = this.#objects.entries().filter(([at]) => isWithin(split(at)[0], path)).map(([, object]) => object).toArray()
    const more = from + limit < all.length ? { continue: String(from + limit) } : {}
    say(response, 200, { kind: 'List', metadata: { resourceVersion: String(this.#version), ...more }, items: all.slice(from, from + limit) })
  }

  #watch (collection: string, query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    if (from < this.#oldest) {
      response.end(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }))
      return
    }
    for (const change of this.#history) if (change.version > from && isWithin(change.collection, collection)) response.write(line(change.type, change.object))
    const watch = { collection, response }
    this.#watches.add(watch)
    response.on('close', () => this.#watches.delete(watch))
  }

  #post ({ path, body }: Request, response: ServerResponse): void {
    if (body === undefined) return refuse(response, { status: 400 })
    if (this.#objects.has(`${path}/${body.metadata.name}`)) return refuse(response, { status: 409, reason: 'AlreadyExists' })
    say(response, 201, this.put(path, body))
  }

  #replace ({ path, body }: Request, response: ServerResponse): void {
    const before = this.#objects.get(path)
    if (before === undefined || body === undefined) return refuse(response, { status: 404, reason: 'NotFound' })
    if (body.metadata.resourceVersion !== before.metadata.resourceVersion) return refuse(response, { status: 409, reason: 'Conflict' })
    say(response, 200, this.put(split(path)[0], body))
  }

  /** Of apply only this: what is named becomes as named, and lists are replaced. */
  #patch ({ path, body }: Request, response: ServerResponse): void {
    const at = path.replace(/\/status$/, '')
    const before = this.#objects.get(at)
    if (body === undefined || (before === undefined && path !== at)) return refuse(response, { status: 404, reason: 'NotFound' })
    if (before !== undefined && body.metadata.uid !== undefined && body.metadata.uid !== before.metadata.uid) return refuse(response, { status: 422, reason: 'Invalid', message: 'metadata.uid: field is immutable' })
    const merged = before === undefined ? { ...body } : merge(before, body)
    if (before === undefined && at.includes('/deployments/')) Object.assign(merged as object, { status: {} })
    say(response, before === undefined ? 201 : 200, this.put(split(at)[0], merged as KubeObject))
  }
}

function merge (a: unknown, b: unknown): unknown {
  if (!isRecord(a) || !isRecord(b)) return b
  return { ...a, ...Object.fromEntries(Object.entries(b).map(([key, value]) => [key, merge(a[key], value)])) }
}

function sortedJson (value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => isRecord(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1)) : inner)
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function line (type: string, object: object): string { return JSON.stringify({ type, object }) + '\n' }

function split (path: string): [collection: string, name: string] {
  const at = path.lastIndexOf('/')
  return [path.slice(0, at), path.slice(at + 1)]
}

/** /apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME has one part more than its collection. */
function isObjectPath (path: string): boolean {
  const rest = path.replace(/^\/apis\/[^/]+\/[^/]+|^\/api\/[^/]+/, '')
  return /^\/namespaces\/[^/]+\/[^/]+\/[^/]+$/.test(rest)
}

/** Is a namespace's collection part of the one asked for, which may be the cluster's? */
function isWithin (collection: string, asked: string): boolean {
  return collection === asked || collection.replace(/\/namespaces\/[^/]+/, '') === asked
}

function say (response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse (response: ServerResponse, { status, reason = '', message = reason, retryAfter }: Exclude<Fault, 'cut' | undefined>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) })
    .end(JSON.stringify({ kind: 'Status', status: 'Failure', code: status, reason, message }))
}
