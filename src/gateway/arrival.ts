// One request from outside, read and judged: where it goes and with which head, or why it goes nowhere.
import type { IncomingMessage } from 'node:http'
import { WattError } from '../base/error.ts'
import type { RequestHead, TraceContext } from '../mesh/mesh.ts'
import type { Observer } from '../telemetry/record/observer.ts'
import { errors } from './errors.ts'
import { describeClient, readFields, setHost, type RequestFields } from './request-fields.ts'
import { rewritePath } from './rewrite.ts'
import type { RouteTable } from './route-table.ts'
import { readTarget } from './target.ts'
import type { GatewayRoute } from './thread.ts'

export interface Arrival {
  /** As the service gets it; for a refused request as it came. */
  head: RequestHead
  fields: RequestFields
  route: GatewayRoute | undefined
  refusal: WattError | undefined
  requestId: string
  context: TraceContext
  startEpochMs: number
  startMs: number
}

/** `target`: the request target as it stood in the request line. */
export function receive (request: IncomingMessage, target: string, table: RouteTable, observer: Observer): Arrival {
  const startMs = performance.now()
  const fields = readFields(request.rawHeaders)
  const { forwarded, hosts } = fields
  const wanted = readTarget(target, hosts, request.httpVersionMinor > 0)
  const isValid = !(wanted instanceof WattError)
  const route = isValid ? table.find(wanted.host, wanted.path) : undefined
  const head: RequestHead = {
    method: request.method ?? '',
    path: route === undefined || !isValid ? target : rewritePath(wanted.path, route) + wanted.query,
    headers: forwarded
  }
  const address = addressOf(request)
  if (address !== '') head.remoteAddress = address
  // Also with tracing off there is a trace id: it names the request in the logs.
  const context = observer.arrive(head)
  const requestId = fields.requestId ?? context.traceId
  let refusal: WattError | undefined
  if (!isValid) refusal = wanted
  else if (fields.otherCoding !== '') refusal = errors.WATT_CODING_UNKNOWN(fields.otherCoding)
  else if (route === undefined) refusal = errors.WATT_NO_ROUTE(wanted.host, wanted.path)
  else {
    // HTTP/1.0 may come without Host; what goes on is HTTP/1.1, which may not.
    const authority = wanted.authority === '' ? ownAuthority(request) : wanted.authority
    if (authority !== hosts[0]) setHost(forwarded, authority)
    describeClient(forwarded, { address, authority, requestId })
  }
  return { head, fields, route, refusal, requestId, context, startEpochMs: performance.timeOrigin + startMs, startMs }
}

function ownAuthority ({ socket: { localAddress = '', localPort = 0 } }: IncomingMessage): string {
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`
}

/** IPv4 in its own form also when the listener is dual-stack. */
function addressOf ({ socket: { remoteAddress = '' } }: IncomingMessage): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}
