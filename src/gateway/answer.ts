// What the gateway says by itself: one JSON body for people and programs.
import { http } from '../base/http.ts'
import type { WattError } from '../base/error.ts'
import type { RawHeaders, ResponseHead } from '../mesh/mesh.ts'

/** A client should wait this long before it comes again; a worker is back sooner as a rule. */
const retryAfterSeconds = '1'

export interface OwnAnswer {
  head: ResponseHead
  /** A character a byte. */
  body: string
}

export function answerOf (error: WattError): OwnAnswer {
  const { status, code, message, hint } = error
  const text = `${JSON.stringify({ statusCode: status, code, error: http.STATUS_CODES[status] ?? 'Error', message, hint })}\n`
  const body = Buffer.from(text).toString('latin1')
  return { head: { status, statusMessage: http.STATUS_CODES[status] ?? '', headers: headersOf(status, body.length) }, body }
}

function headersOf (status: number, bodyBytes: number): RawHeaders {
  const headers = [
    'content-type', 'application/json; charset=utf-8', 'content-length', String(bodyBytes),
    'cache-control', 'no-store', 'x-content-type-options', 'nosniff'
  ]
  if (status === 503) headers.push('retry-after', retryAfterSeconds)
  if (status === 405) headers.push('allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  return headers
}
