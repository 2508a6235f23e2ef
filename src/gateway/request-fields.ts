// The fields of a request from outside: which go on to the service, and what the gateway itself needs to know of them. Pure.
import { nominated } from '../mesh/hop-by-hop.ts'
import type { RawHeaders } from '../mesh/mesh.ts'

export interface RequestFields {
  /** What goes on. Host is in it where it came. */
  forwarded: RawHeaders
  hosts: string[]
  /** Bytes of the body; undefined when there is none or when it is chunked. */
  contentLength: number | undefined
  isChunked: boolean
  /** A transfer coding other than chunked, which would have to be undone here; empty: none. */
  otherCoding: string
  expectsContinue: boolean
  /** Value of Upgrade, when Connection names it. */
  upgrade: string | undefined
  /** What the client calls this request, if it is fit to be logged and passed on. */
  requestId: string | undefined
}

/**
 * Dropped besides what belongs to one hop (RFC 9110 §7.6.1): what only a proxy may say of a client. Nobody in front of the
 * gateway is trusted, so it says these itself (`describeClient`); Forwarded is dropped too, that no two tell different stories.
 */
const dropped: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate', 'te', 'transfer-encoding', 'upgrade',
  'forwarded', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-original-url', 'x-rewrite-url'
])
const loggable = /^[\w.:/+=~@-]{1,128}$/

export function readFields (raw: readonly string[]): RequestFields {
  const fields: RequestFields = {
    forwarded: [], hosts: [], contentLength: undefined, isChunked: false, otherCoding: '', expectsContinue: false, upgrade: undefined, requestId: undefined
  }
  const { forwarded } = fields
  let connection = ''
  let upgrade: string | undefined
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const value = raw[index + 1] ?? ''
    const lower = name.toLowerCase()
    switch (lower) {
      case 'host':
        fields.hosts.push(value)
        break
      case 'connection':
        connection = connection === '' ? value : `${connection},${value}`
        continue
      case 'upgrade':
        upgrade = value
        continue
      case 'transfer-encoding':
        fields.isChunked = true
        if (value.toLowerCase() !== 'chunked') fields.otherCoding = value
        continue
      case 'content-length':
        fields.contentLength = Number(value)
        break
      case 'expect':
        fields.expectsContinue = value.toLowerCase() === '100-continue'
        break
      case 'x-request-id':
        if (loggable.test(value)) fields.requestId = value
        continue
      default:
        if (dropped.has(lower) || lower.startsWith('x-forwarded-')) continue
    }
    forwarded.push(name, value)
  }
  if (connection !== '' && connection !== 'keep-alive' && connection !== 'close') applyConnection(fields, connection, upgrade)
  return fields
}

/** What Connection names goes no further; the two of an upgrade are written anew, and nothing else of that hop. */
function applyConnection (fields: RequestFields, connection: string, upgrade: string | undefined): void {
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

export interface Client { address: string, authority: string, requestId: string }

/** What the service may believe of the client. */
export function describeClient (forwarded: RawHeaders, { address, authority, requestId }: Client): void {
  forwarded.push('x-forwarded-for', address, 'x-forwarded-proto', 'http', 'x-forwarded-host', authority, 'x-request-id', requestId)
}
