// Requests by Mesh.request itself, as promises.
import { type WattError } from '../../src/base/error.ts'
import { type Exchange, type Mesh, type RawHeaders, type RequestHead, type ResponseHead } from '../../src/mesh/mesh.ts'

export interface Answer { head: ResponseHead, body: string, trailers: RawHeaders }

export interface Asked {
  exchange: Exchange
  head: Promise<ResponseHead>
  /** Rejects with the mesh's error. */
  answer: Promise<Answer>
  /** Bytes that came so far. */
  received: () => number
}

export function ask (mesh: Mesh, service: string, path: string, { body = null, ...head }: Partial<RequestHead> & { body?: Uint8Array | 'stream' | null } = {}): Asked {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let gotHead: ResponseHead | undefined
  const first = Promise.withResolvers<ResponseHead>()
  const whole = Promise.withResolvers<Answer>()
  first.promise.catch(() => {})
  whole.promise.catch(() => {})
  const fail = (error: WattError): void => {
    first.reject(error)
    whole.reject(error)
  }
  const exchange = mesh.request(service, { method: 'GET', path, headers: ['host', `${service}.internal`], ...head }, body, {
    onHead (head) {
      gotHead = head
      first.resolve(head)
    },
    onData (chunk) {
      bytes += chunk.byteLength
      if (bytes < 10_000_000) chunks.push(chunk)
    },
    onEnd (trailers) {
      if (gotHead === undefined) throw new Error('an end without a head')
      whole.resolve({ head: gotHead, body: Buffer.concat(chunks).toString('latin1'), trailers })
    },
    onError: fail
  })
  return { exchange, head: first.promise, answer: whole.promise, received: () => bytes }
}
