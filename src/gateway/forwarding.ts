// Who a client is, and what services are told of it (RFC 7239 and the X-Forwarded-* fields that came before it). What came is
// believed only when a trusted proxy sent it; from everyone else it is replaced. Pure.
import type { RawHeaders } from '../mesh/mesh.ts'
import type { Claims } from './request-fields.ts'

export interface Hop {
  /** Of the other end of the connection. */
  peer: string
  /** Host and port that were asked for; may be empty. */
  authority: string
  claims: Claims | undefined
  isTrusted: (address: string) => boolean
}

export interface Forwarding {
  /** Of the first hop, seen from here, that is no trusted proxy. */
  client: string
  /** Fields for the service, names and values in turn. */
  fields: RawHeaders
}

export function forward ({ peer, authority, claims, isTrusted }: Hop): Forwarding {
  if (claims === undefined || !isTrusted(peer)) {
    return { client: peer, fields: describe(peer, forwardedElement(peer, authority), 'http', authority, portOf(authority, 'http'), []) }
  }
  // X-Forwarded-For is what by far the most proxies write. They let a Forwarded of the client's pass, which says whatever it likes.
  const nodes = claims.for !== '' ? present(claims.for.split(',')) : nodesOf(claims.forwarded)
  const chain = [...nodes, peer].join(', ')
  const came = claims.for === '' && claims.forwarded !== '' ? claims.forwarded : nodes.map((node) => `for=${quotedNode(node)}`).join(', ')
  const ownElement = forwardedElement(peer, authority)
  const proto = claims.proto === '' ? 'http' : claims.proto
  const host = claims.host === '' ? authority : claims.host
  const port = claims.port === '' ? portOf(host, proto) : claims.port
  return {
    client: firstUntrusted(nodes, peer, isTrusted),
    fields: describe(chain, came === '' ? ownElement : `${came}, ${ownElement}`, proto, host, port, claims.others)
  }
}

function describe (chain: string, forwarded: string, proto: string, host: string, port: string, others: RawHeaders): RawHeaders {
  const fields = ['x-forwarded-for', chain, 'x-forwarded-proto', proto, 'x-forwarded-host', host, 'x-forwarded-port', port, 'forwarded', forwarded]
  return others.length === 0 ? fields : [...fields, ...others]
}

/** From the right: who a trusted proxy says it heard. Where that is no address (RFC 7239 §6.2, §6.3), the proxy is the last that is known. */
function firstUntrusted (nodes: readonly string[], peer: string, isTrusted: Hop['isTrusted']): string {
  let known = peer
  for (const node of nodes.toReversed()) {
    const address = addressOf(node)
    if (address === undefined) return known
    known = address
    if (!isTrusted(address)) return known
  }
  return known
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/** RFC 4291 §2.2, without zone: eight groups, of which `::` stands for one or more that are zero. */
function isIpv6 (text: string): boolean {
  const halves = text.split('::')
  const groups = halves.flatMap((half) => half === '' ? [] : half.split(':'))
  const last = groups.at(-1) ?? ''
  const hasIpv4 = last.includes('.')
  if (hasIpv4 && (!ipv4.test(last) || text.endsWith('::'))) return false
  const count = groups.length + (hasIpv4 ? 1 : 0)
  return (halves.length === 2 ? count < 8 : halves.length === 1 && count === 8) &&
    groups.every((group, index) => /^[\da-f]{1,4}$/i.test(group) || (hasIpv4 && index === groups.length - 1))
}

/** The address of a node with or without port and brackets; IPv4 in its own form. Undefined: it is hidden, unknown or none. */
export function addressOf (node: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\w+)?|([\d.]+)(?::\w+)?)$/.exec(node) ?? []
  const address = withoutMapping(bracketed ?? plain ?? node)
  return ipv4.test(address) || isIpv6(address) ? address : undefined
}

/** `::ffff:192.0.2.1` is what a dual-stack listener calls 192.0.2.1 (RFC 4291 §2.5.5.2). */
export function withoutMapping (address: string): string {
  return /^::ffff:[\d.]+$/i.test(address) ? address.slice(7) : address
}

function forwardedElement (peer: string, authority: string): string {
  return authority === '' ? `for=${quotedNode(peer)};proto=http` : `for=${quotedNode(peer)};host=${quoted(authority)};proto=http`
}

/** Where it is no token (RFC 7239 §4); IPv6 in brackets (§6). */
function quotedNode (node: string): string {
  return quoted(isIpv6(node) ? `[${node}]` : node)
}

function quoted (value: string): string {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** No chain of proxies says so much; the patterns below are slow to find out that quotes do not match. */
const longestForwarded = 2_000

/** `for` of each element, in order; `unknown` where there is none. */
export function nodesOf (forwarded: string): string[] {
  if (forwarded.length > longestForwarded) return ['unknown']
  return splitList(forwarded).map((element) => {
    const [, text, token = 'unknown'] = /(?:^|;)\s*for=(?:"((?:[^"\\]|\\.)*)"|([^\s;,]*))/i.exec(element) ?? []
    const node = text?.replace(/\\(.)/g, '$1') ?? token
    return addressOf(node) ?? node
  })
}

/** At commas that are not quoted. */
function splitList (list: string): string[] {
  return present(Array.from(list.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g), ([one]) => one))
}

/** Empty elements of a list are none (RFC 9110 §5.6.1). */
function present (elements: readonly string[]): string[] {
  return elements.map((element) => element.trim()).filter((element) => element !== '')
}

/** Port that the client asked for; the scheme's own where it said none. */
function portOf (authority: string, proto: string): string {
  return /:(\d+)$/.exec(authority)?.[1] ?? (proto === 'https' ? '443' : '80')
}
