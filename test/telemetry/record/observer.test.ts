import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestHead } from '../../../src/mesh/mesh.ts'
import { Collector } from '../../../src/telemetry/expose/collect.ts'
import { prometheusText } from '../../../src/telemetry/expose/prometheus.ts'
import { createObserver, type Observer, type ObserverOptions } from '../../../src/telemetry/record/observer.ts'
import type { RecordMessage, SpanRecord } from '../../../src/telemetry/record/record.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

interface Setup { observer: Observer, spans: SpanRecord[], posts: number, text: () => string }

function setUp (tracing: ObserverOptions['tracing'], service = 'orders'): Setup {
  const collector = new Collector()
  const setup: Setup = {
    spans: [],
    posts: 0,
    text: () => prometheusText(collector.collect()),
    observer: createObserver({
      service,
      recorder: collector.recorder,
      tracing,
      post (message: RecordMessage) {
        setup.posts++
        if (message.type === 'spans') setup.spans.push(...message.spans)
      }
    })
  }
  return setup
}

const head = (headers: string[] = [], more: Partial<RequestHead> = {}): RequestHead => ({ method: 'GET', path: '/a?token=secret', headers: ['host', 'orders.internal', ...headers], ...more })

test('a hop under an unsampled parent is passed on as it came, and is no span', () => {
  const setup = setUp({ samplingRatio: 1 })
  const { observer } = setup
  const request = head(['TraceParent', `00-${traceId}-${spanId}-00`, 'x', '1'])
  const context = observer.arrive(request)
  assert.deepEqual(request.headers.slice(2), ['TraceParent', `00-${traceId}-${spanId}-00`, 'x', '1'])
  assert.deepEqual([context.traceId, context.spanId, context.sampled], [traceId, spanId, false])
  observer.served({ head: request, status: 200, startEpochMs: 1000, durationMs: 5, context })
  observer.flush()
  assert.equal(setup.posts, 0)
})

test('a hop under a sampled parent is one server span, and the service sees that span as its parent', () => {
  const { observer, spans } = setUp({ samplingRatio: 0 })
  const request = head(['TraceParent', `00-${traceId}-${spanId}-01`, 'tracestate', 'v=1', 'user-agent', 'curl'], { remoteAddress: '10.0.0.1' })
  const context = observer.arrive(request)
  assert.deepEqual(request.headers.slice(-2), ['traceparent', `00-${traceId}-${context.spanId}-01`])
  observer.served({ head: request, status: 503, startEpochMs: 1000, durationMs: 5, context, route: '/api' })
  observer.flush()
  assert.deepEqual(spans, [{
    service: 'orders',
    name: 'GET /api',
    kind: 'server',
    traceId,
    spanId: context.spanId,
    parentSpanId: spanId,
    tracestate: 'v=1',
    startEpochMs: 1000,
    durationMs: 5,
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/a',
      'url.scheme': 'http',
      'http.route': '/api',
      'client.address': '10.0.0.1',
      'server.address': 'orders.internal',
      'user_agent.original': 'curl',
      'http.response.status_code': 503,
      'error.type': '503'
    },
    isError: true
  }])
})

const answers: Record<string, { method?: string, status: number, attributes: Record<string, unknown>, isError: boolean, name?: string }> = {
  '404 is the caller\'s error': { status: 404, attributes: { 'http.response.status_code': 404, 'error.type': undefined }, isError: false },
  'an aborted request has no status': { status: 0, attributes: { 'http.response.status_code': undefined, 'error.type': 'aborted' }, isError: true },
  'an unknown method is kept beside the name': { method: 'BREW', status: 200, attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' }, isError: false, name: 'HTTP' }
}
for (const [name, { method = 'GET', status, attributes, isError, name: spanName = 'GET' }] of Object.entries(answers)) {
  test(`a span: ${name}`, () => {
    const { observer, spans } = setUp(true)
    const request = head([], { method })
    observer.served({ head: request, status, startEpochMs: 0, durationMs: 1, context: observer.arrive(request) })
    observer.flush()
    const [span] = spans
    assert.deepEqual([span?.name, span?.isError], [spanName, isError])
    for (const [key, value] of Object.entries(attributes)) assert.equal(span?.attributes[key], value)
  })
}

test('without tracing a request has ids for the logs, no span leaves, and its headers stay as they came', () => {
  const { observer, posts } = setUp(undefined)
  const request = head()
  const context = observer.arrive(request)
  assert.match(context.traceId, /^[\da-f]{32}$/)
  assert.deepEqual(request.headers, ['host', 'orders.internal'])
  const traced = head(['traceparent', `00-${traceId}-${spanId}-01`])
  assert.deepEqual(observer.arrive(traced), { traceId, spanId, parentSpanId: '', sampled: true })
  observer.served({ head: traced, status: 200, startEpochMs: 0, durationMs: 1, context: { traceId, spanId, parentSpanId: '', sampled: true } })
  observer.flush()
  assert.equal(posts, 0)
})

test('tracing is switched on and off between requests', () => {
  const { observer, spans } = setUp(false)
  for (const tracing of [true, false]) {
    observer.setTracing(tracing)
    const request = head()
    observer.served({ head: request, status: 200, startEpochMs: 0, durationMs: 1, context: observer.arrive(request) })
    observer.flush()
  }
  assert.equal(spans.length, 1)
})

test('the context follows the work, not the clock', async () => {
  const { observer } = setUp(true)
  const contexts = [observer.arrive(head()), observer.arrive(head())]
  const seen = await Promise.all(contexts.map((context) => observer.within(context, async () => {
    await new Promise(setImmediate)
    return observer.current()
  })))
  assert.deepEqual(seen, contexts)
  assert.equal(observer.current(), undefined)
})

test('spans of one turn are one message', async () => {
  const setup = setUp(true)
  for (let index = 0; index < 20; index++) {
    const request = head()
    setup.observer.served({ head: request, status: 200, startEpochMs: 0, durationMs: 1, context: setup.observer.arrive(request) })
  }
  await new Promise(setImmediate)
  assert.deepEqual([setup.posts, setup.spans.length], [1, 20])
})

test('calls and holds are counted from → to', () => {
  const { observer, text } = setUp(undefined)
  observer.called({ to: 'products', method: 'GET', status: 200, durationMs: 0.2 })
  observer.called({ to: 'products', method: 'GET', status: 0, durationMs: 3000 })
  observer.called({ to: 'payments', method: 'GET', status: 503, durationMs: 20_000 })
  observer.held('payments', 1)
  observer.held('payments', 1)
  observer.held('payments', -1)
  const lines = text().split('\n')
  for (const line of [
    'wattapp_mesh_requests_total{from="orders",to="products",status="200"} 1',
    'wattapp_mesh_requests_total{from="orders",to="products",status="aborted"} 1',
    'wattapp_mesh_requests_total{from="orders",to="payments",status="503"} 1',
    'wattapp_mesh_request_duration_seconds_bucket{from="orders",to="products",le="0.0001"} 0',
    'wattapp_mesh_request_duration_seconds_bucket{from="orders",to="products",le="0.00025"} 1',
    'wattapp_mesh_request_duration_seconds_bucket{from="orders",to="products",le="5"} 2',
    'wattapp_mesh_request_duration_seconds_bucket{from="orders",to="payments",le="10"} 0',
    'wattapp_mesh_request_duration_seconds_bucket{from="orders",to="payments",le="+Inf"} 1',
    'wattapp_mesh_request_duration_seconds_sum{from="orders",to="payments"} 20',
    'wattapp_mesh_request_duration_seconds_count{from="orders",to="products"} 2',
    'wattapp_requests_held{service="payments"} 1'
  ]) assert.ok(lines.includes(line), line)
})
