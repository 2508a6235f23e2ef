// Requests to the API server: raw JSON over one pooled dispatcher. @kubernetes/client-node's own API objects open a
// TLS connection a request (200 requests, 200 handshakes) and drop fields they do not know.
import { Agent } from 'undici'
import type { Readable } from 'node:stream'
import { messageOf, withCause } from '../../base/error.ts'
import type { Connection } from './connection.ts'
import { errors, KubeError } from './errors.ts'
import { collectionPath, objectPath, type KubeObject, type Resource } from './object.ts'

export type Query = Record<string, string | undefined>
export interface RequestOptions { query?: Query, body?: unknown, contentType?: string, accept?: string, signal?: AbortSignal | undefined }
export interface Observed { method: string, code: string, seconds: number }

export interface KubeOptions {
  connection: Connection
  /** Longest wait for an answer's head, milliseconds. */
  timeoutMs?: number
  /** Longest silence of a watch before it is opened anew, milliseconds: finds half-open connections. */
  silenceMs?: number
  observe?: (observed: Observed) => void
}

export interface Kube {
  /** @throws KubeError what the server said; WATT_KUBE_UNREACHABLE when it said nothing */
  request: (method: string, path: string, options?: RequestOptions) => Promise<unknown>
  /** The body as it comes, of an answer that was 200. */
  stream: (path: string, options: RequestOptions) => Promise<Readable>
  close: () => Promise<void>
}

export const fieldManager = 'wattapp-operator'
// Waiting longer than this belongs to the queue, where nobody else waits behind it.
const patienceMs = 5_000

export function createKube ({ connection, timeoutMs = 30_000, silenceMs = 180_000, observe }: KubeOptions): Kube {
  const agent = new Agent({ connect: { ...connection.tls, keepAlive: true, keepAliveInitialDelay: 30_000 }, allowH2: false, headersTimeout: timeoutMs })
  const { origin, pathname } = new URL(connection.server)
  const base = pathname.replace(/\/$/, '')

  async function send (method: string, path: string, options: RequestOptions, bodyTimeout: number) {
    const { query = {}, body, contentType = 'application/json', accept = 'application/json', signal } = options
    const search = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()
    const startedMs = performance.now()
    const said = (code: string): void => observe?.({ method, code, seconds: (performance.now() - startedMs) / 1000 })
    const once = async (fresh: boolean) => await agent.request({
      origin,
      path: `${base}${path}${search === '' ? '' : `?${search}`}`,
      method: method as 'GET',
      headers: { ...await connection.headers(fresh), accept, 'user-agent': fieldManager, ...(body !== undefined && { 'content-type': contentType }) },
      body: body === undefined ? null : JSON.stringify(body),
      bodyTimeout,
      ...(signal !== undefined && { signal })
    })
    try {
      let answer = await once(false)
      if (answer.statusCode === 401) {
        await answer.body.dump()
        answer = await once(true)
      }
      said(String(answer.statusCode))
      return answer
    } catch (thrown) {
      said('<error>')
      if (signal?.aborted === true) throw thrown
      throw withCause(errors.WATT_KUBE_UNREACHABLE(method, path, messageOf(thrown)), thrown)
    }
  }

  async function request (method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await send(method, path, options, timeoutMs)
      const text = await answer.body.text().catch((thrown: unknown) => { throw withCause(errors.WATT_KUBE_UNREACHABLE(method, path, messageOf(thrown)), thrown) })
      if (answer.statusCode < 300) return parse(path, text)
      const refusal = refused(answer.statusCode, text, answer.headers['retry-after'])
      // 429 was not carried out, whatever the method: safe to send again.
      const waitMs = refusal.status === 429 && attempt < 3 ? refusal.retryAfterMs ?? 1_000 : Infinity
      if (waitMs > patienceMs) throw refusal
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }

  return {
    request,
    async stream (path, options) {
      const answer = await send('GET', path, options, silenceMs)
      if (answer.statusCode === 200) return answer.body
      throw refused(answer.statusCode, await answer.body.text(), answer.headers['retry-after'])
    },
    close: async () => await agent.destroy()
  }
}

function parse (path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw errors.WATT_KUBE_BAD_ANSWER(path, messageOf(thrown))
  }
}

function refused (status: number, text: string, retryAfter: string | string[] | undefined): KubeError {
  const seconds = Number(retryAfter)
  const retryAfterMs = retryAfter === undefined || Number.isNaN(seconds) ? undefined : seconds * 1000
  try {
    const { reason = '', message = text } = JSON.parse(text)
    return new KubeError(status, String(reason), String(message), retryAfterMs)
  } catch {
    return new KubeError(status, '', text.trim().slice(0, 300) || `HTTP ${status}`, retryAfterMs)
  }
}

/** The object, or undefined when there is none. */
export async function get (kube: Kube, resource: Resource, namespace: string, name: string, query: Query = {}): Promise<KubeObject | undefined> {
  try {
    return await kube.request('GET', objectPath(resource, namespace, name), { query }) as KubeObject
  } catch (thrown) {
    if (thrown instanceof KubeError && thrown.status === 404) return undefined
    throw thrown
  }
}

/**
 * Server-side apply under our field manager: the object is created, or every field that it names becomes as named and
 * every field that we named before and name no more is removed.
 * @param force take fields over from others. Off where the object is believed not to exist: should somebody have
 *   made one meanwhile, the server answers with a conflict and leaves theirs alone.
 */
export async function apply (kube: Kube, resource: Resource, object: KubeObject, { force, subresource = '' }: { force: boolean, subresource?: '' | '/status' }): Promise<KubeObject> {
  const path = objectPath(resource, object.metadata.namespace ?? '', object.metadata.name) + subresource
  const query = { fieldManager, force: String(force) }
  return await kube.request('PATCH', path, { query, body: object, contentType: 'application/apply-patch+yaml' }) as KubeObject
}

/**
 * Lists of the spec become exactly these, where apply would merge them with others' items. Whose fields they are is as
 * before: a second owner, even of our name, would keep for ever what a later apply names no more.
 * @returns false when the object has no spec
 */
export async function replaceSpec (kube: Kube, resource: Resource, object: KubeObject): Promise<boolean> {
  if (!('spec' in object)) return false
  const path = objectPath(resource, object.metadata.namespace ?? '', object.metadata.name)
  const manager = `${fieldManager}-repair`
  const { uid } = object.metadata
  const { metadata } = await kube.request('PATCH', path, {
    query: { fieldManager: manager }, body: { metadata: { uid }, spec: object.spec }, contentType: 'application/merge-patch+json'
  }) as KubeObject
  const managedFields = (metadata.managedFields ?? []).filter((entry) => (entry as { manager?: string }).manager !== manager)
  const { resourceVersion } = metadata
  await kube.request('PATCH', path, { body: { metadata: { uid, resourceVersion, managedFields } }, contentType: 'application/merge-patch+json' })
  return true
}

export async function create (kube: Kube, resource: Resource, object: KubeObject): Promise<KubeObject> {
  const path = collectionPath(resource, object.metadata.namespace ?? '')
  return await kube.request('POST', path, { query: { fieldManager }, body: object }) as KubeObject
}

/** Deletes this very object: one that was made anew under its name meanwhile is not touched. Gone already is fine. */
export async function remove (kube: Kube, resource: Resource, { metadata }: KubeObject): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: metadata.uid } }
  try {
    await kube.request('DELETE', objectPath(resource, metadata.namespace ?? '', metadata.name), { body })
  } catch (thrown) {
    if (!(thrown instanceof KubeError && (thrown.status === 404 || thrown.status === 409))) throw thrown
  }
}

/** The same requests, but writes only while `mayWrite` says so: who lost the lease writes nothing more. */
export function fenced (kube: Kube, mayWrite: () => boolean): Kube {
  return {
    ...kube,
    async request (method, path, options) {
      if (method !== 'GET' && !mayWrite()) throw errors.WATT_KUBE_FENCED(method, path)
      return await kube.request(method, path, options)
    }
  }
}
