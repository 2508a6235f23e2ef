// Real OTLP over a real socket to a receiver that decodes it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSpanExport } from '../../../src/telemetry/expose/otlp.ts'
import type { SpanRecord } from '../../../src/telemetry/record/record.ts'
import { startReceiver } from './otlp-receiver.ts'

const pod = { app: 'shop', version: '1.2.3', instance: 'shop-5d8c7f-x', podName: 'shop-5d8c7f-x', namespace: 'default' }
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

function span (service: string, spanId: string, parentSpanId = '', more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    service,
    name: 'GET',
    kind: 'server',
    traceId,
    spanId,
    parentSpanId,
    startEpochMs: 1_700_000_000_000,
    durationMs: 12.5,
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
    isError: false,
    ...more
  }
}

test('spans reach the collector under the resource of their own service, rightly parented', async () => {
  await using receiver = await startReceiver()
  const states: unknown[] = []
  const spanExport = createSpanExport({ tracing: { endpoint: `${receiver.url}/`, samplingRatio: 1 }, pod, onState: (state) => states.push(state) })
  spanExport.export([span('gateway', '00f067aa0ba902b7', '', { name: 'GET /api', tracestate: 'vendor=1' }), span('orders', '00f067aa0ba902b8', '00f067aa0ba902b7', { isError: true })])
  spanExport.export([span('payments', '00f067aa0ba902b9', '00f067aa0ba902b8')])
  await spanExport.close()

  const byService = new Map(receiver.spans.map((one) => [one.resource['service.name'], one]))
  assert.deepEqual([...byService.keys()].sort(), ['gateway', 'orders', 'payments'])
  const orders = byService.get('orders')
  assert.deepEqual({ ...orders, resource: undefined }, {
    resource: undefined,
    scope: 'wattapp',
    traceId,
    spanId: '00f067aa0ba902b8',
    parentSpanId: '00f067aa0ba902b7',
    tracestate: '',
    name: 'GET',
    kind: 2,
    startMs: 1_700_000_000_000,
    endMs: 1_700_000_000_012.5,
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
    statusCode: 2
  })
  const { 'telemetry.sdk.name': sdk, 'service.namespace': namespace, 'service.instance.id': instance, 'k8s.pod.name': podName, 'k8s.namespace.name': k8s } = orders?.resource ?? {}
  assert.deepEqual([sdk, namespace, instance, podName, k8s], ['opentelemetry', 'shop', pod.instance, pod.podName, 'default'])
  assert.deepEqual([byService.get('gateway')?.parentSpanId, byService.get('gateway')?.tracestate, byService.get('gateway')?.name], ['', 'vendor=1', 'GET /api'])
  assert.equal(byService.get('payments')?.parentSpanId, '00f067aa0ba902b8')
  assert.deepEqual(receiver.requests[0], { path: '/v1/traces', type: 'application/x-protobuf' })
  assert.deepEqual(states, [])
})

test('spans go out while the pod runs, without a close', async () => {
  await using receiver = await startReceiver()
  await using spanExport = createSpanExport({ tracing: { endpoint: receiver.url, samplingRatio: 1 }, pod })
  spanExport.export([span('orders', '00f067aa0ba902b8')])
  await receiver.received(1)
})

test('a collector that refuses is told of once, and again when it takes spans', async () => {
  await using receiver = await startReceiver()
  receiver.answer(400)
  const states: Array<string | undefined> = []
  const changed = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  await using spanExport = createSpanExport({
    tracing: { endpoint: receiver.url, samplingRatio: 1 },
    pod,
    onState (state) { changed[states.push(state) - 1]?.resolve(undefined) }
  })
  // A full batch goes at once.
  const batch = Array.from({ length: 512 }, () => span('orders', '00f067aa0ba902b8'))
  spanExport.export(batch)
  await changed[0]?.promise
  receiver.answer(200)
  spanExport.export(batch)
  await changed[1]?.promise
  assert.equal(states.length, 2)
  assert.equal(typeof states[0], 'string')
  assert.equal(states[1], undefined)
  assert.equal(receiver.spans.length, 512)
})

test('a collector that is away costs the pod nothing but the spans', async () => {
  const { url } = await (async () => { await using receiver = await startReceiver(); return receiver })()
  const states: unknown[] = []
  const spanExport = createSpanExport({ tracing: { endpoint: url, samplingRatio: 1 }, pod, onState: (state) => states.push(state) })
  spanExport.export([span('orders', '00f067aa0ba902b8')])
  await spanExport.close()
  spanExport.export([span('orders', '00f067aa0ba902b8')])
  assert.deepEqual(states.map((state) => typeof state), ['string'])
})

test('what is no span is left out, and the others still go', async () => {
  await using receiver = await startReceiver()
  const spanExport = createSpanExport({ tracing: { endpoint: receiver.url, samplingRatio: 1 }, pod })
  const wrong: Array<Partial<Record<keyof SpanRecord, unknown>>> = [
    { traceId: 'x' }, { traceId: [traceId] }, { spanId: '0' }, { parentSpanId: 'zz' }, { kind: 'constructor' }, { durationMs: -1 }, { startEpochMs: NaN },
    { startEpochMs: Infinity }, { service: 7 }, { attributes: null }
  ]
  spanExport.export([...wrong.map((one) => ({ ...span('orders', '00f067aa0ba902b7'), ...one }) as SpanRecord), span('orders', '00f067aa0ba902b8')])
  await spanExport.close()
  assert.deepEqual(receiver.spans.map(({ spanId }) => spanId), ['00f067aa0ba902b8'])
})
