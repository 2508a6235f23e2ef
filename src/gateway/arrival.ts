// One request from outside, read and judged: where it goes and with which head, or why it goes nowhere.
import { WattError } from '../base/error.ts'
import type { RequestHead, TraceContext } from '../mesh/mesh.ts'
import { errors } from './errors.ts'
import { forward, type Forwarding } from './forwarding.ts'
import type { RequestText } from './http/request-head.ts'
import type { Ports } from './ports.ts'
import { setHost, type Claims, type RequestFields } from './request-fields.ts'
import { rewritePath } from './rewrite.ts'
import { readTarget } from './target.ts'
import type { GatewayRoute } from './thread.ts'
import type { Trust } from './trust.ts'

export interface Arrival {
  /** As the service gets it; for a refused request as it came. */
  head: RequestHead
  fields: RequestFields
  route: GatewayRoute | undefined
  refusal: WattError | undefined
  requestId: string
  /** As it was asked for, without the query. */
  path: string
  context: TraceContext
  startMs: number
}

/** The two ends of the connection that it came on. */
export interface Ends {
  /** Address of the other end; IPv4 in its own form. */
  readonly peer: string
  /** What the other end connected to, for a request that does not say. */
  readonly ownAuthority: string
  /** What its last request without claims was described by: a connection's requests are as good as always for one authority. */
  described: Described | undefined
}

export interface Described { readonly authority: string, readonly forwarding: Forwarding }

export function receive ({ method, target, minorVersion }: RequestText, fields: RequestFields, ends: Ends, { table, trust, observer }: Ports): Arrival {
  const startMs = performance.now()
  const { forwarded, hosts, claims } = fields
  const wanted = readTarget(target, hosts, minorVersion > 0)
  const isValid = !(wanted instanceof WattError)
  const route = isValid ? table.find(wanted.host, wanted.path) : undefined
  // HTTP/1.0 may come without Host; what goes on is HTTP/1.1, which may not.
  const authority = !isValid ? '' : wanted.authority === '' ? ends.ownAuthority : wanted.authority
  const { client, fields: described } = forwardingOf(ends, authority, claims, trust)
  const head: RequestHead = {
    method,
    path: route === undefined || !isValid ? target : rewritePath(wanted.path, route) + wanted.query,
    headers: forwarded
  }
  if (client !== '') head.remoteAddress = client
  // Also with tracing off there is a trace id: it names the request in the logs.
  const context = observer.arrive(head)
  const requestId = fields.requestId ?? context.traceId
  let refusal: WattError | undefined
  if (!isValid) refusal = wanted
  else if (route === undefined) refusal = errors.WATT_NO_ROUTE(wanted.host, wanted.path)
  else {
    if (authority !== hosts[0]) setHost(forwarded, authority)
    for (const text of described) forwarded.push(text)
    forwarded.push('x-request-id', requestId)
  }
  const path = isValid ? wanted.path : target.split(/[?#]/, 1)[0] ?? ''
  return { head, fields, route, refusal, requestId, path, context, startMs }
}

function forwardingOf (ends: Ends, authority: string, claims: Claims | undefined, isTrusted: Trust): Forwarding {
  const { peer, described } = ends
  if (claims !== undefined) return forward({ peer, authority, claims, isTrusted })
  if (described?.authority === authority) return described.forwarding
  const forwarding = forward({ peer, authority, claims, isTrusted })
  ends.described = { authority, forwarding }
  return forwarding
}
