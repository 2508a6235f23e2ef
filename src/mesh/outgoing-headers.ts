// What a request carries across: its own headers, less those of its connection, plus the trace that it belongs to.
import { withoutHopByHop } from './hop-by-hop.ts'
import { type RawHeaders, type RequestHead, type TraceContext } from './mesh.ts'

/**
 * `current` is used when the code set no traceparent of its own. Always a new list, made by pushing: V8 clones one that was once read
 * where lists from other threads are read ("holey" to it) field by field, at three times the cost.
 */
export function outgoingHeaders ({ headers, upgrade }: RequestHead, current: TraceContext | undefined): RawHeaders {
  // Connection and Upgrade are what an upgrade is made of (RFC 9110 §7.8).
  const kept = upgrade === true ? headers : withoutHopByHop(headers)
  const outgoing: RawHeaders = []
  let isTraced = false
  for (let index = 0; index < kept.length; index += 2) {
    const name = kept[index] ?? ''
    isTraced ||= name.length === 11 && name.toLowerCase() === 'traceparent'
    outgoing.push(name, kept[index + 1] ?? '')
  }
  if (current === undefined || isTraced) return outgoing
  outgoing.push('traceparent', `00-${current.traceId}-${current.spanId}-${current.sampled ? '01' : '00'}`)
  if (current.tracestate !== undefined) outgoing.push('tracestate', current.tracestate)
  return outgoing
}
