// Spans to a collector, OTLP over HTTP in protobuf: one exporter a pod, each span under the resource of its own service.
// OpenTelemetry's packages are imported when the first span comes: without tracing nobody pays for them.
import type { BatchSpanProcessor, SpanExporter } from '@opentelemetry/sdk-trace'
import type { TracingConfig } from '../../api/app-config.ts'
import { messageOf } from '../../base/error.ts'
import type { SpanRecord } from '../record/record.ts'
import { createSpanReader } from './span-reader.ts'

/** Spans that may wait: for the packages to load, and for the collector. */
const maxWaiting = 4096
/** One export, retries included; also what a leaving pod waits for its collector. */
const exportTimeoutMs = 3000
const batchDelayMs = 1000

/** Who exports: becomes service.namespace, service.instance.id and k8s.* of every resource. */
export interface PodIdentity {
  app: string
  /** WattApp's own version: the instrumentation scope's. */
  version: string
  /** The pod's name, or whatever tells this process from others. */
  instance: string
  podName?: string | undefined
  namespace?: string | undefined
}

export interface SpanExportOptions {
  tracing: TracingConfig
  pod: PodIdentity
  /** The collector cannot be reached, or refused; told once, until an export succeeds again. Absent error: it does again. */
  onState?: (error: string | undefined) => void
}

export interface SpanExport extends AsyncDisposable {
  /** Never throws. Spans past the bound are dropped. */
  export: (spans: readonly SpanRecord[]) => void
  /** Sends what waits, for a few seconds at most. */
  close: () => Promise<void>
}

export function createSpanExport ({ tracing, pod, onState }: SpanExportOptions): SpanExport {
  let waiting: SpanRecord[] = []
  let opening: Promise<BatchSpanProcessor | undefined> | undefined
  let take: ((span: SpanRecord) => void) | undefined
  let closing: Promise<void> | undefined

  async function open (): Promise<BatchSpanProcessor | undefined> {
    try {
      const [{ BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes, defaultResource }, { createTraceState }] = await Promise.all([
        import('@opentelemetry/sdk-trace'), import('@opentelemetry/exporter-trace-otlp-proto'), import('@opentelemetry/resources'), import('@opentelemetry/api')
      ])
      const exporter = watched(new OTLPTraceExporter({ url: tracesUrl(tracing.endpoint), timeoutMillis: exportTimeoutMs }), onState)
      const processor = new BatchSpanProcessor({ exporter, maxQueueSize: maxWaiting, scheduledDelayMillis: batchDelayMs, exportTimeoutMillis: exportTimeoutMs })
      const read = createSpanReader(pod, { makeResource: (attributes) => defaultResource().merge(resourceFromAttributes(attributes)), createTraceState })
      take = (span) => {
        const readable = read(span)
        if (readable !== undefined) processor.onEnd(readable)
      }
      const due = waiting
      waiting = []
      due.forEach(take)
      return processor
    } catch (thrown) {
      onState?.(messageOf(thrown))
      return undefined
    }
  }

  async function close (): Promise<void> {
    const processor = await opening
    if (processor === undefined) return
    const deadline = Promise.withResolvers<undefined>()
    const timer = setTimeout(deadline.resolve, exportTimeoutMs, undefined)
    // What could not be sent was told by onState.
    await Promise.race([processor.shutdown().catch(() => {}), deadline.promise])
    clearTimeout(timer)
  }

  function end (): Promise<void> {
    closing ??= close()
    return closing
  }

  return {
    export (spans) {
      if (closing !== undefined) return
      if (take !== undefined) spans.forEach(take)
      else waiting.push(...spans.slice(0, maxWaiting - waiting.length))
      opening ??= open()
    },
    close: end,
    [Symbol.asyncDispose]: end
  }
}

/** The path is appended to the base URL, as OTEL_EXPORTER_OTLP_ENDPOINT says. */
function tracesUrl (endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`
}

/** Tells of the first failure and of the first success after it: a collector that is away must not fill the log. */
function watched (exporter: SpanExporter, onState: SpanExportOptions['onState']): SpanExporter {
  let isAway = false
  return {
    export (spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0
        if (failed !== isAway) {
          isAway = failed
          onState?.(failed ? messageOf(result.error) : undefined)
        }
        done(result)
      })
    },
    shutdown: () => exporter.shutdown()
  }
}
