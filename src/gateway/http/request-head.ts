// The head of a request, from bytes read as latin1 to its parts (RFC 9112 §2 to §5). Picky, never liberal: what two readers could
// take for two things is refused, whatever the RFC would tolerate (a bare line feed, a folded field, a space before a colon). Pure.
import type { WattError } from '../../base/error.ts'
import type { RawHeaders } from '../../mesh/mesh.ts'
import { errors } from '../errors.ts'
import { codes, targetCodes, tokenCodes, valueCodes } from './characters.ts'

export interface RequestText {
  method: string
  /** As it stood. */
  target: string
  /** Of HTTP/1. */
  minorVersion: 0 | 1
  /** Order and case kept; no space around values. */
  fields: RawHeaders
  /** Characters, which are bytes, up to where the body begins. */
  length: number
}

const longestMethod = 32
const malformed = errors.WATT_REQUEST_MALFORMED

/** Undefined: there is more to come. */
export function readHead (text: string, limitBytes: number): RequestText | WattError | undefined {
  const start = behindEmptyLines(text)
  const end = text.indexOf('\r\n\r\n', start)
  if (end === -1 ? text.length > limitBytes : end + 4 > limitBytes) return errors.WATT_HEADERS_TOO_LARGE(limitBytes)
  if (end === -1) return hopeless(text, start)

  let at = start
  while (tokenCodes[text.charCodeAt(at)] === 1) at++
  if (at === start || text.charCodeAt(at) !== codes.space) return malformed('it does not begin with a method')
  const method = text.slice(start, at)

  const targetAt = ++at
  while (targetCodes[text.charCodeAt(at)] === 1) at++
  if (at === targetAt || text.charCodeAt(at) !== codes.space) return malformed('no request target of plain ASCII follows the method')
  const target = text.slice(targetAt, at)

  const isNew = text.startsWith('HTTP/1.1\r\n', at + 1)
  if (!isNew && !text.startsWith('HTTP/1.0\r\n', at + 1)) return malformed('its version is neither HTTP/1.1 nor HTTP/1.0')
  const fields: RawHeaders = []
  const fault = readFieldLines(text, at + 11, end + 2, fields)
  return fault === '' ? { method, target, minorVersion: isNew ? 1 : 0, fields, length: end + 4 } : malformed(fault)
}

/** Adds the fields of whole lines from `at` to `end`. Returns what is wrong with them; empty: nothing. */
export function readFieldLines (text: string, at: number, end: number, fields: RawHeaders): string {
  while (at < end) {
    const nameAt = at
    while (tokenCodes[text.charCodeAt(at)] === 1) at++
    if (at === nameAt || text.charCodeAt(at) !== codes.colon) return 'a line is no field: a name and, right behind it, a colon'
    const name = text.slice(nameAt, at++)
    while (isBlank(text.charCodeAt(at))) at++
    const valueAt = at
    while (valueCodes[text.charCodeAt(at)] === 1) at++
    if (text.charCodeAt(at) !== codes.cr || text.charCodeAt(at + 1) !== codes.lf) return `the value of ${name} has a control character`
    let valueEnd = at
    while (valueEnd > valueAt && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--
    fields.push(name, text.slice(valueAt, valueEnd))
    at += 2
  }
  return ''
}

function isBlank (code: number): boolean {
  return code === codes.space || code === codes.tab
}

/** Empty lines before a request line are passed over (RFC 9112 §2.2). */
function behindEmptyLines (text: string): number {
  let at = 0
  while (text.charCodeAt(at) === codes.cr && text.charCodeAt(at + 1) === codes.lf) at += 2
  return at
}

/** What cannot become a request is refused at once, instead of after the time that a head may take. */
function hopeless (text: string, start: number): WattError | undefined {
  let at = start
  while (tokenCodes[text.charCodeAt(at)] === 1) at++
  const isMethod = at === text.length || (at > start && text.charCodeAt(at) === codes.space)
  if (at - start > longestMethod || (!isMethod && text !== '\r' && text.slice(start) !== '\r')) return malformed('it does not begin with a method')
  if (/(?:^|[^\r])\n/.test(text)) return malformed('a line ends with a bare line feed')
  return undefined
}
