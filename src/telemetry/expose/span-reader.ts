// A thread's span record, checked, as the ReadableSpan that OpenTelemetry's exporters take. Pure: their factories are arguments.
import type { HrTime, SpanContext, TraceState } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { SpanRecord } from '../record/record.ts'
import type { PodIdentity } from './otlp.ts'

export interface SpanReaderPorts {
  makeResource: (attributes: Record<string, string>) => Resource
  createTraceState: (raw?: string) => TraceState
}

/** Services of an app are few; a thread that makes names up must not fill the memory. */
const maxResources = 200
// SpanKind, SpanStatusCode and TraceFlags of @opentelemetry/api.
const kinds = { internal: 0, server: 1, client: 2 }
const unset = 0
const failed = 2
const sampledFlag = 1

/** Undefined: no valid span. Service code shares the thread that sends them. */
export function createSpanReader (pod: PodIdentity, { makeResource, createTraceState }: SpanReaderPorts): (span: SpanRecord) => ReadableSpan | undefined {
  const resources = new Map<string, Resource>()
  const instrumentationScope = { name: 'wattapp', version: pod.version }

  function resourceOf (service: string): Resource | undefined {
    const known = resources.get(service)
    if (known !== undefined || resources.size >= maxResources) return known
    const made = makeResource({
      'service.name': service,
      'service.namespace': pod.app,
      'service.instance.id': pod.instance,
      ...(pod.podName === undefined ? {} : { 'k8s.pod.name': pod.podName }),
      ...(pod.namespace === undefined || pod.namespace === '' ? {} : { 'k8s.namespace.name': pod.namespace })
    })
    resources.set(service, made)
    return made
  }

  return (span) => {
    const resource = isValid(span) ? resourceOf(span.service) : undefined
    if (resource === undefined) return undefined
    const { traceId, spanId, parentSpanId, tracestate, startEpochMs, durationMs } = span
    const context: SpanContext = { traceId, spanId, traceFlags: sampledFlag, ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }) }
    return {
      name: span.name,
      kind: kinds[span.kind],
      spanContext: () => context,
      ...(parentSpanId === '' ? {} : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: sampledFlag, isRemote: true } }),
      startTime: hrTime(startEpochMs),
      endTime: hrTime(startEpochMs + durationMs),
      duration: hrTime(durationMs),
      status: { code: span.isError ? failed : unset },
      attributes: span.attributes,
      links: [],
      events: [],
      ended: true,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0
    }
  }
}

function isValid ({ service, name, kind, traceId, spanId, parentSpanId, startEpochMs, durationMs, attributes }: SpanRecord): boolean {
  return [service, name, traceId, spanId, parentSpanId].every((text) => typeof text === 'string') && Object.hasOwn(kinds, kind) && typeof attributes === 'object' && attributes !== null &&
    /^[\da-f]{32}$/.test(traceId) && /^[\da-f]{16}$/.test(spanId) && /^(?:[\da-f]{16})?$/.test(parentSpanId) &&
    startEpochMs >= 0 && durationMs >= 0 && Number.isFinite(startEpochMs + durationMs)
}

/** Seconds and nanoseconds. */
function hrTime (ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}
