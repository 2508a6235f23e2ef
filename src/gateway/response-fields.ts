// A service's response as text for the client: its head but for what belongs to this hop, and where its body ends. Pure.
import type { RouteConfig } from '../api/app-config.ts'
import { withoutHopByHop } from '../mesh/hop-by-hop.ts'
import type { RawHeaders, ResponseHead } from '../mesh/mesh.ts'
import { restoreCookiePath, restorePath } from './rewrite.ts'

export interface ResponseText {
  /** Status line and fields, each with its line end; the empty line is not there yet. */
  text: string
  /** Bytes that the service promised; -1: it ends when it ends. */
  contentLength: number
  /** Server-sent events: without an end of its own. */
  isEventStream: boolean
  /** Why HTTP cannot carry it; empty when it can. */
  fault: string
}

/** As characters.ts has it; a pattern is faster than a look-up a character on names as short as these. */
const notToken = /[^!#$%&\x27*+\-.^_\x60|~\dA-Za-z]/
const notValue = /[^\t\x20-\x7e\x80-\xff]/

/** `requestId` and `date` are told to the client too, unless the service says its own. `route`: the one that led there. */
export function readResponse ({ status, statusMessage, headers }: ResponseHead, requestId: string, date: string, route?: Pick<RouteConfig, 'pathPrefix' | 'rewrite'>): ResponseText {
  const fields = withoutHopByHop(headers)
  const response: ResponseText = { text: '', contentLength: -1, isEventStream: false, fault: '' }
  let hasDate = false
  let hasRequestId = false
  let text = `HTTP/1.1 ${status} ${statusMessage}\r\n`
  if (!Number.isInteger(status) || status < 200 || status > 999 || notValue.test(statusMessage)) response.fault = `a status line ${JSON.stringify(text.trim())}`
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    let value = fields[index + 1] ?? ''
    if (name === '' || notToken.test(name) || notValue.test(value)) response.fault = `a field ${JSON.stringify(name)} with a character that no field may have`
    // Lengths first: lower-casing every field of every response would cost more than the rest of this loop.
    switch (name.length) {
      case 4:
        hasDate ||= name.toLowerCase() === 'date'
        break
      case 8:
        if (route?.rewrite !== undefined && name.toLowerCase() === 'location') value = restorePath(value, route)
        break
      case 10:
        if (route?.rewrite !== undefined && name.toLowerCase() === 'set-cookie') value = restoreCookiePath(value, route)
        break
      case 12: {
        const lower = name.toLowerCase()
        if (lower === 'x-request-id') hasRequestId = true
        else if (lower === 'content-type') response.isEventStream = /^\s*text\/event-stream\s*(?:;|$)/i.test(value)
        break
      }
      case 14:
        if (name.toLowerCase() === 'content-length') readLength(response, value)
    }
    text += `${name}: ${value}\r\n`
  }
  if (!hasRequestId) text += `x-request-id: ${requestId}\r\n`
  response.text = hasDate ? text : `${text}Date: ${date}\r\n`
  return response
}

function readLength (response: ResponseText, value: string): void {
  if (response.contentLength !== -1 || !/^\d{1,15}$/.test(value)) response.fault = 'its Content-Length is not one whole number'
  else response.contentLength = Number(value)
}

/** An informational response or the trailers behind the last chunk: lines of fields alone. Undefined: HTTP cannot carry them. */
export function fieldLines (fields: RawHeaders): string | undefined {
  let text = ''
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    const value = fields[index + 1] ?? ''
    if (name === '' || notToken.test(name) || notValue.test(value)) return undefined
    text += `${name}: ${value}\r\n`
  }
  return text
}

/** RFC 9110 §6.4.1: these have no body whatever their fields say. */
export function hasBody (method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}
