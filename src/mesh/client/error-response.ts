// What a caller gets when the mesh itself must answer: an ordinary response with the error's status, as a reverse proxy gives.
import { type WattError } from '../../base/error.ts'
import { type ResponseHead } from '../mesh.ts'

const phrases: Record<number, string> = { 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable' }

/** Seconds; a restart's first backoff is a tenth of it. */
const retryAfter = '1'

/** Undefined: no answer stands for it, the connection is cut instead. */
export function errorResponse (error: WattError): { head: ResponseHead, body: Buffer } | undefined {
  if (error.code === 'WATT_RESPONSE_CUT' || error.code === 'WATT_RESPONSE_GARBLED') return undefined
  const phrase = phrases[error.status] ?? 'Error'
  const body = Buffer.from(JSON.stringify({ statusCode: error.status, error: phrase, ...error.toJSON() }))
  const headers = ['content-type', 'application/json; charset=utf-8', 'content-length', String(body.byteLength)]
  if (error.status === 503) headers.push('retry-after', retryAfter)
  return { head: { status: error.status, statusMessage: phrase, headers }, body }
}
