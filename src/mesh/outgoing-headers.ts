// What a request carries across: its own headers, less those of its connection, plus the trace that it belongs to.
import { withoutHopByHop } from './hop-by-hop.ts'
import { type RawHeaders, type RequestHead, type TraceContext } from './mesh.ts'

/** `current` is used when the code set no traceparent of its own. */
export function outgoingHeaders ({ headers, upgrade }: RequestHead, current: TraceContext | undefined): RawHeaders {
  // Connection and Upgrade are what an upgrade is made of (RFC 9110 §7.8).
  const kept = upgrade === true ? headers : withoutHopByHop(headers)
  if (current === undefined || hasTraceparent(headers)) return kept
  const traced = [...kept, 'traceparent', `00-${current.traceId}-${current.spanId}-${current.sampled ? '01' : '00'}`]
  if (current.tracestate !== undefined) traced.push('tracestate', current.tracestate)
  return traced
}

function hasTraceparent (headers: RawHeaders): boolean {
  return headers.some((name, index) => index % 2 === 0 && name.length === 11 && name.toLowerCase() === 'traceparent')
}
