// Finished spans: made from what was served (OpenTelemetry's HTTP semantic conventions), sent to the main thread in batches.
import type { ServedRecord } from '../../mesh/mesh.ts'
import type { RecordMessage, SpanRecord } from './record.ts'
import { methodLabel } from './labels.ts'

/** `route`: low-cardinality path template, when the answerer knows it (the gateway: the prefix that matched). */
export type Served = ServedRecord & { route?: string }

/** One server span. The query is left out: it is where people put secrets. */
export function serverSpan (service: string, { head, status, startEpochMs, durationMs, context, route }: Served): SpanRecord | undefined {
  if (context === undefined || !context.sampled) return undefined
  const method = methodLabel(head.method) === 'other' ? '_OTHER' : head.method
  const attributes: SpanRecord['attributes'] = {
    'http.request.method': method,
    'url.path': head.path.split('?', 1)[0] ?? '',
    'url.scheme': 'http'
  }
  if (method === '_OTHER') attributes['http.request.method_original'] = head.method
  if (route !== undefined) attributes['http.route'] = route
  if (head.remoteAddress !== undefined) attributes['client.address'] = head.remoteAddress
  for (let index = 0; index < head.headers.length; index += 2) {
    const name = head.headers[index]?.toLowerCase()
    if (name === 'host') attributes['server.address'] = head.headers[index + 1] ?? ''
    else if (name === 'user-agent') attributes['user_agent.original'] = head.headers[index + 1] ?? ''
  }
  if (status > 0) attributes['http.response.status_code'] = status
  // Server spans: 5xx is an error, 4xx is the caller's; without an answer the reason stands in for the status.
  const isError = status >= 500 || status === 0
  if (isError) attributes['error.type'] = status === 0 ? 'aborted' : String(status)
  return {
    service,
    name: `${method === '_OTHER' ? 'HTTP' : method}${route === undefined ? '' : ` ${route}`}`,
    kind: 'server',
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: context.parentSpanId,
    ...(context.tracestate === undefined ? {} : { tracestate: context.tracestate }),
    startEpochMs,
    durationMs,
    attributes,
    isError
  }
}

/** Sends what came in one turn of the event loop as one message; `flush` sends at once. */
export function createSpanBatch (post: (message: RecordMessage) => void): { add: (span: SpanRecord) => void, flush: () => void } {
  let spans: SpanRecord[] = []

  function flush (): void {
    if (spans.length === 0) return
    const due = spans
    spans = []
    post({ type: 'spans', spans: due })
  }

  return {
    add (span) {
      if (spans.push(span) === 1) setImmediate(flush)
      if (spans.length >= 512) flush()
    },
    flush
  }
}
