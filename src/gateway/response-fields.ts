// The fields of a service's response: which go out, and where its body ends. Pure.
import { withoutHopByHop } from '../mesh/hop-by-hop.ts'
import type { RawHeaders, ResponseHead } from '../mesh/mesh.ts'

export interface ResponseFields {
  outgoing: RawHeaders
  /** Bytes that the service promised; undefined: it ends when it ends. */
  contentLength: number | undefined
  /** Why HTTP cannot carry it; empty when it can. */
  fault: string
}

/** `requestId` is told to the client too, unless the service says one. */
export function readResponse ({ headers }: ResponseHead, requestId: string): ResponseFields {
  const kept = withoutHopByHop(headers)
  const outgoing = kept === headers ? headers.slice() : kept
  let contentLength: number | undefined
  let hasRequestId = false
  let fault = ''
  for (let index = 0; index < outgoing.length; index += 2) {
    const name = outgoing[index] ?? ''
    // Lengths first: lower-casing every field of every response would cost more than the rest of this loop.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      const value = outgoing[index + 1] ?? ''
      if (contentLength !== undefined || !/^\d{1,15}$/.test(value)) fault = 'its Content-Length is not one whole number'
      contentLength = Number(value)
    } else if (name.length === 12 && name.toLowerCase() === 'x-request-id') hasRequestId = true
  }
  if (!hasRequestId) outgoing.push('x-request-id', requestId)
  return { outgoing, contentLength, fault }
}

/** RFC 9110 §6.4.1: these have no body whatever their fields say. */
export function hasBody (method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}
