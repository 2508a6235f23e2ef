// What a thread's mesh reports: the trace context of the work at hand, one server span a hop, and the call metrics from → to.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallRecord, MeshObserver, RequestHead, TraceContext } from '../../mesh/mesh.ts'
import { begin, createIds, formatTraceparent, readContext, writeTraceparent, type TracingChoice } from './context.ts'
import type { Counter, Gauge } from './counter.ts'
import type { Histogram } from './histogram.ts'
import { statusLabel } from './labels.ts'
import type { RecordMessage } from './record.ts'
import type { Recorder } from './recorder.ts'
import { createSpanBatch, serverSpan, type Served } from './span.ts'

export interface ObserverOptions {
  /** service.name of this thread's spans, `from` of its calls; `gateway` for the gateway. */
  service: string
  recorder: Recorder
  /** `true`: roots that begin here are all sampled; `false` or absent: no spans, only ids for the logs. */
  tracing?: TracingChoice | boolean | undefined
  /** To the supervisor: parentPort.postMessage. */
  post: (message: RecordMessage) => void
}

/** MeshObserver with every part there; the gateway calls `arrive` and `served` itself, for the requests from outside. */
export interface Observer extends Required<MeshObserver> {
  /** Also makes `head.headers` carry a new span as traceparent, so that what is called next is its child. */
  arrive: (head: RequestHead) => TraceContext
  served: (served: Served) => void
  /** In force from the next request on. */
  setTracing: (tracing: TracingChoice | boolean | undefined) => void
  /** Sends what is still waiting; before the thread ends. */
  flush: () => void
}

interface Callee { duration: Histogram, byStatus: Map<number, Counter> }

export function createObserver ({ service, recorder, tracing, post }: ObserverOptions): Observer {
  const storage = new AsyncLocalStorage<TraceContext>()
  // Loaded by the first that needs an id: 3 ms, and 7 as an import, which brings WebCrypto along.
  const ids = createIds((bytes) => process.getBuiltinModule('node:crypto').randomFillSync(bytes))
  const spans = createSpanBatch(post)
  const callees = new Map<string, Callee>()
  const heldGauges = new Map<string, Gauge>()
  const served = recorder.counter('wattapp_service_requests_total', { service })
  let choice = choiceOf(tracing)

  function calleeOf (to: string): Callee {
    const known = callees.get(to)
    if (known !== undefined) return known
    const made = { duration: recorder.histogram('wattapp_mesh_request_duration_seconds', { from: service, to }), byStatus: new Map<number, Counter>() }
    callees.set(to, made)
    return made
  }

  return {
    arrive (head) {
      const incoming = readContext(head.headers)
      const context = begin(incoming, choice, ids)
      if (choice !== undefined && context.spanId !== incoming.remote?.spanId) writeTraceparent(head.headers, formatTraceparent(context))
      return context
    },
    within: (context, run) => storage.run(context, run),
    current: () => storage.getStore(),
    called ({ to, status, durationMs }: CallRecord) {
      const { duration, byStatus } = calleeOf(to)
      duration.observe(durationMs / 1000)
      let counter = byStatus.get(status)
      if (counter === undefined) {
        counter = recorder.counter('wattapp_mesh_requests_total', { from: service, to, status: statusLabel(status) })
        byStatus.set(status, counter)
      }
      counter.add()
    },
    served (record) {
      served.add()
      if (choice === undefined) return
      const span = serverSpan(service, record)
      if (span !== undefined) spans.add(span)
    },
    held (to, change) {
      let gauge = heldGauges.get(to)
      if (gauge === undefined) {
        gauge = recorder.gauge('wattapp_requests_held', { service: to })
        heldGauges.set(to, gauge)
      }
      gauge.add(change)
    },
    setTracing (next) { choice = choiceOf(next) },
    flush: spans.flush
  }
}

function choiceOf (tracing: ObserverOptions['tracing']): TracingChoice | undefined {
  if (tracing === true) return { samplingRatio: 1 }
  return tracing === false ? undefined : tracing
}
