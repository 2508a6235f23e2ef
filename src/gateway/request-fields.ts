// The fields of a request from outside: which go on to the service, where its body ends (RFC 9112 §6.3), and what the gateway
// itself needs to know of them. Pure.
import { nominated } from '../mesh/hop-by-hop.ts'
import type { RawHeaders } from '../mesh/mesh.ts'

export interface RequestFields {
  /** What goes on. Host is in it where it came. */
  forwarded: RawHeaders
  hosts: string[]
  /** Bytes of the body; 0 when there is none or when it is chunked. */
  contentLength: number
  isChunked: boolean
  /** A transfer coding other than chunked, which would have to be undone here; empty: none. */
  otherCoding: string
  /** Why nobody can tell where this request ends; empty: it can be told. */
  fault: string
  /** The connection may serve another request. */
  isPersistent: boolean
  expectsContinue: boolean
  /** Value of Upgrade, when Connection names it. */
  upgrade: string | undefined
  /** What the client calls this request, if it is fit to be logged and passed on. */
  requestId: string | undefined
  userAgent: string
  /** What was said of who sent it, for which see forwarding.ts; undefined: nothing. */
  claims: Claims | undefined
}

/** Fields by which a proxy tells of its own client. Several of one name are one list. */
export interface Claims {
  forwarded: string
  for: string
  proto: string
  host: string
  port: string
  /** `X-Forwarded-` and something else, as they came. */
  others: RawHeaders
}

/**
 * Dropped, whoever sent them: what belongs to one hop (RFC 9110 §7.6.1), and what only the software behind some one proxy
 * understands of a client. A service that believes them would believe anyone.
 */
const dropped: ReadonlySet<string> = new Set([
  'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate', 'te',
  'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-original-url', 'x-rewrite-url'
])
const loggable = /^[\w.:/+=~@-]{1,128}$/

export function readFields (raw: readonly string[], minorVersion: 0 | 1 = 1): RequestFields {
  const fields: RequestFields = {
    forwarded: [],
    hosts: [],
    contentLength: 0,
    isChunked: false,
    otherCoding: '',
    fault: '',
    isPersistent: minorVersion === 1,
    expectsContinue: false,
    upgrade: undefined,
    requestId: undefined,
    userAgent: '',
    claims: undefined
  }
  const { forwarded } = fields
  let connection = ''
  let upgrade: string | undefined
  let lengths = 0
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const value = raw[index + 1] ?? ''
    const lower = name.toLowerCase()
    switch (lower) {
      case 'host':
        fields.hosts.push(value)
        break
      case 'user-agent':
        fields.userAgent = value
        break
      case 'connection':
        connection = connection === '' ? value : `${connection},${value}`
        continue
      case 'upgrade':
        upgrade = value
        continue
      case 'transfer-encoding':
        if (fields.isChunked) fields.fault = 'it has two Transfer-Encodings'
        fields.isChunked = true
        if (value.toLowerCase() !== 'chunked') fields.otherCoding = value
        continue
      case 'content-length':
        if (++lengths > 1) fields.fault = 'it has two Content-Lengths'
        else if (!/^\d{1,15}$/.test(value)) fields.fault = 'its Content-Length is not one whole number'
        fields.contentLength = Number(value)
        break
      case 'expect':
        fields.expectsContinue = minorVersion === 1 && value.toLowerCase() === '100-continue'
        break
      case 'x-request-id':
        if (loggable.test(value)) fields.requestId = value
        continue
      default:
        if (lower.startsWith('x-forwarded-') || lower === 'forwarded') {
          claim(fields, name, lower, value)
          continue
        }
        if (dropped.has(lower)) continue
    }
    forwarded.push(name, value)
  }
  if (fields.isChunked && lengths > 0) fields.fault = 'it has both Content-Length and Transfer-Encoding'
  else if (fields.isChunked && minorVersion === 0) fields.fault = 'HTTP/1.0 knows no Transfer-Encoding'
  if (connection !== '') applyConnection(fields, connection, upgrade)
  return fields
}

function claim (fields: RequestFields, name: string, lower: string, value: string): void {
  const claims = fields.claims ??= { forwarded: '', for: '', proto: '', host: '', port: '', others: [] }
  const joined = (before: string): string => before === '' ? value : `${before}, ${value}`
  switch (lower) {
    case 'forwarded': claims.forwarded = joined(claims.forwarded); return
    case 'x-forwarded-for': claims.for = joined(claims.for); return
    case 'x-forwarded-proto': claims.proto = joined(claims.proto); return
    case 'x-forwarded-host': claims.host = joined(claims.host); return
    case 'x-forwarded-port': claims.port = joined(claims.port); return
    default: claims.others.push(name, value)
  }
}

/** What Connection names goes no further; the two of an upgrade are written anew, and nothing else of that hop. */
function applyConnection (fields: RequestFields, connection: string, upgrade: string | undefined): void {
  const lower = connection.toLowerCase()
  if (lower === 'keep-alive') {
    fields.isPersistent = true
    return
  }
  const words = lower.split(',').map((word) => word.trim())
  fields.isPersistent = !words.includes('close') && (fields.isPersistent || words.includes('keep-alive'))
  if (lower === 'close') return
  const names = new Set(nominated(connection))
  if (upgrade !== undefined && names.has('upgrade')) fields.upgrade = upgrade
  const kept: RawHeaders = []
  for (let index = 0; index < fields.forwarded.length; index += 2) {
    const name = fields.forwarded[index] ?? ''
    if (!names.has(name.toLowerCase())) kept.push(name, fields.forwarded[index + 1] ?? '')
  }
  fields.forwarded = kept
}

/** Makes Host say what the routes were matched with, when the target was an URL (RFC 9112 §3.2.2). */
export function setHost (forwarded: RawHeaders, authority: string): void {
  const hostAt = forwarded.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  if (hostAt === -1) forwarded.unshift('host', authority)
  else forwarded[hostAt + 1] = authority
}
