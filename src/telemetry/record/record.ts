// What a thread records, and how it reaches the main thread: numbers in shared memory, everything else as messages.

/** One series' place in its thread's shared page, told once. */
export interface SeriesAnnouncement {
  metric: string
  labels: Record<string, string>
  /** First slot (Float64) in the page. A counter or gauge has one; a histogram one a bucket, then +Inf, then the sum. */
  offset: number
}

/** One finished span (https://opentelemetry.io/docs/specs/otel/trace/api/#span), ready for OTLP. */
export interface SpanRecord {
  /** service.name */
  service: string
  name: string
  kind: 'server' | 'client' | 'internal'
  traceId: string
  spanId: string
  parentSpanId: string
  tracestate?: string
  startEpochMs: number
  durationMs: number
  attributes: Record<string, string | number | boolean>
  isError: boolean
}

/** A piece of what a service wrote to descriptor 1 or 2, with the context it was written in. */
export interface OutputRecord {
  /** Whose code wrote it; absent: that of the thread's only service. */
  service?: string
  descriptor: 1 | 2
  chunk: string | Uint8Array
  traceId?: string
  spanId?: string
}

/** What every thread of ours may post to the supervisor about itself. */
export type RecordMessage =
  | { type: 'series', series: SeriesAnnouncement[] }
  | { type: 'spans', spans: SpanRecord[] }
  | { type: 'output', output: OutputRecord[] }
