// What a request asks for: request target and Host (RFC 9112 §3.2) to one host and one path in normal form. Pure.
// The service is given the very path that was matched: nothing can mean one thing here and another there.
import { WattError } from '../base/error.ts'
import { errors } from './errors.ts'

export interface Target {
  /** Lower case, without port; empty for HTTP/1.0 without Host. */
  host: string
  /** Host and port as the client wrote them; the authority of an absolute URL goes before Host (RFC 9112 §3.2.2). */
  authority: string
  path: string
  /** With its `?`, as it came; empty when there is none. */
  query: string
}

const absoluteForm = /^https?:\/\/([^/?]*)(.*)$/i
const printable = /^[\x21-\x7e]+$/
const hostForm = /^(?:\[[\da-f:.]+\]|[\w.-]*)(?::\d*)?$/i

/** A path with nothing to normalise: no escape, no empty segment, none that begins with a dot. By far the most are such. */
const plainPath = /^(?:\/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@-]*)+\/?$/

/** `hosts`: every Host field that came. `needsHost`: HTTP/1.1 must send one. */
export function readTarget (target: string, hosts: readonly string[], needsHost: boolean): Target | WattError {
  if (hosts.length > 1 || (needsHost && hosts.length === 0)) return errors.WATT_HOST_INVALID(hosts.join(', '))
  const absolute = target.startsWith('/') ? null : absoluteForm.exec(target)
  if ((absolute === null && !target.startsWith('/')) || !printable.test(target) || target.includes('#')) return errors.WATT_TARGET_INVALID(target)

  const authority = absolute?.[1] ?? hosts[0] ?? ''
  // An empty Host is what a client sends that has no name for us; an URL without one is a mistake.
  if (!hostForm.test(authority) || (absolute !== null && authority === '')) return errors.WATT_HOST_INVALID(authority)

  const rest = absolute === null ? target : absolute[2] ?? ''
  const queryAt = rest.indexOf('?')
  const path = normalPath(queryAt === -1 ? rest : rest.slice(0, queryAt))
  if (path instanceof WattError) return path
  return { host: hostOf(authority), authority, path, query: queryAt === -1 ? '' : rest.slice(queryAt) }
}

/** Lower case, without port and without the dot of a fully qualified name. */
export function hostOf (authority: string): string {
  const portAt = authority.lastIndexOf(':')
  const name = portAt > authority.lastIndexOf(']') ? authority.slice(0, portAt) : authority
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

/**
 * RFC 3986 §6.2.2: escapes of unreserved characters are decoded, empty segments dropped. Refused is what a service may read
 * otherwise than the routes do: dot segments, also behind an encoded slash, backslashes, control characters, broken escapes.
 * `%2F` itself stays: it is data, and no separator of segments.
 */
export function normalPath (path: string): string | WattError {
  if (path === '' || path === '/') return '/'
  if (plainPath.test(path)) return path
  const refused = (why: string): WattError => errors.WATT_PATH_NOT_NORMAL(path, why)

  let why = ''
  const decoded = path.replace(/%(?:([\da-f]{2}))?/gi, (escape: string, hex: string | undefined) => {
    if (hex === undefined) why = 'a `%` without two hexadecimal digits'
    const code = Number.parseInt(hex ?? '', 16)
    if (code < 0x20 || code === 0x7f) why = 'an encoded control character'
    if (code === 0x5c) why = 'an encoded backslash'
    const character = String.fromCharCode(code)
    return /[\w.~-]/.test(character) ? character : escape
  })
  if (why !== '') return refused(why)
  if (decoded.includes('\\')) return refused('a backslash')
  const merged = decoded.replace(/\/{2,}/g, '/')
  // `%2F` counts as a separator here alone: a service that decodes it must not find a way up.
  if (merged.split(/\/|%2f/i).some((segment) => segment === '.' || segment === '..')) return refused('a `.` or `..` segment')
  return merged
}
