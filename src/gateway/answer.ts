// What the gateway says by itself: one JSON body for people and programs, on a response or on a bare socket.
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { WattError } from '../base/error.ts'
import type { RawHeaders } from '../mesh/mesh.ts'

/** A client should wait this long before it comes again; a worker is back sooner as a rule. */
const retryAfterSeconds = '1'

export function answerError (response: ServerResponse, error: WattError, requestId: string): void {
  const body = bodyOf(error)
  response.writeHead(error.status, [...headersOf(error, body), 'x-request-id', requestId])
  response.end(body)
}

/** For a request that could not be read as far as to have a response; the connection ends with it. */
export function rawError (error: WattError): string {
  const body = bodyOf(error)
  const headers = [...headersOf(error, body), 'connection', 'close']
  let text = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n`
  for (let index = 0; index < headers.length; index += 2) text += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`
  return `${text}\r\n${body}`
}

function bodyOf (error: WattError): string {
  const { status, code, message, hint } = error
  return `${JSON.stringify({ statusCode: status, code, error: STATUS_CODES[status] ?? 'Error', message, hint })}\n`
}

function headersOf ({ status }: WattError, body: string): RawHeaders {
  const headers = [
    'content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(body)),
    'cache-control', 'no-store', 'x-content-type-options', 'nosniff'
  ]
  if (status === 503) headers.push('retry-after', retryAfterSeconds)
  if (status === 405) headers.push('allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  return headers
}
