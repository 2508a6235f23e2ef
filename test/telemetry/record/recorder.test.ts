import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { catalogue, metricRow, slotsOf } from '../../../src/telemetry/catalogue.ts'
import { Collector, type MetricSamples } from '../../../src/telemetry/expose/collect.ts'
import { histogramAt } from '../../../src/telemetry/record/histogram.ts'
import { methodLabel, statusLabel } from '../../../src/telemetry/record/labels.ts'
import { createRecorder, pageBytes, type Recorder } from '../../../src/telemetry/record/recorder.ts'
import type { RecordMessage, SeriesAnnouncement } from '../../../src/telemetry/record/record.ts'

/** A recorder of thread `worker`, known to `collector`. */
function recorderOf (collector: Collector, worker: number, bytes: number = pageBytes.service): Recorder {
  const page = new SharedArrayBuffer(bytes)
  collector.attach(worker, page)
  return createRecorder(page, (message) => { if (message.type === 'series') collector.announce(worker, message.series) })
}

function samplesOf (collector: Collector, metric: string): MetricSamples['samples'] {
  return collector.collect().find(({ name }) => name === metric)?.samples ?? []
}

const valuesOf = (collector: Collector, metric: string): Array<[string, number]> =>
  samplesOf(collector, metric).map(({ labels, values }) => [Object.values(labels).join(' '), Array.from(values).reduce((sum, value) => sum + value, 0)])

test('one label set is one series, told once, whatever the order of its labels', () => {
  const told: SeriesAnnouncement[] = []
  const recorder = createRecorder(new SharedArrayBuffer(pageBytes.service), (message) => { if (message.type === 'series') told.push(...message.series) })
  const counter = recorder.counter('wattapp_worker_restarts_total', { service: 'a', reason: 'exit' })
  assert.equal(recorder.counter('wattapp_worker_restarts_total', { reason: 'exit', service: 'a' }), counter)
  assert.notEqual(recorder.counter('wattapp_worker_restarts_total', { service: 'a\nexit', reason: '' }), counter)
  assert.deepEqual(told.map(({ labels }) => labels), [{ service: 'a', reason: 'exit' }, { service: 'a\nexit', reason: '' }])
})

test('label sets past the bound of a metric fold into one, and nothing that was counted is lost', () => {
  const collector = new Collector()
  const recorder = recorderOf(collector, 1, pageBytes.gateway)
  for (let index = 0; index < 150; index++) recorder.histogram('wattapp_mesh_request_duration_seconds', { from: 'orders', to: `s${index}` }).observe(1)
  const counts = samplesOf(collector, 'wattapp_mesh_request_duration_seconds').map(({ labels, values }) => [labels.to, Array.from(values).slice(0, -1).reduce((sum, value) => sum + value)])
  assert.equal(counts.length, 101)
  assert.deepEqual(counts.at(-1), ['other', 50])
})

test('a full page folds too, and neither throws nor writes past its end', () => {
  const collector = new Collector()
  const recorder = recorderOf(collector, 1, 8 * 37)
  for (let index = 0; index < 5; index++) recorder.histogram('wattapp_mesh_request_duration_seconds', { from: 'a', to: `s${index}` }).observe(1)
  recorder.histogram('http_server_request_duration_seconds', { service: 'a', method: 'GET', route: '/', status: '200' }).observe(1)
  recorder.counter('wattapp_worker_restarts_total', { service: 'a', reason: 'exit' }).add()
  assert.deepEqual(samplesOf(collector, 'wattapp_mesh_request_duration_seconds').map(({ labels }) => labels.to), ['s0', 'other'])
  assert.deepEqual(valuesOf(collector, 'http_server_request_duration_seconds'), [])
  assert.deepEqual(valuesOf(collector, 'wattapp_worker_restarts_total'), [['other other', 1]])
})

test('a counter only grows', () => {
  const collector = new Collector()
  const counter = recorderOf(collector, 1).counter('wattapp_worker_restarts_total', { service: 'a', reason: 'exit' })
  for (const step of [2, -1, NaN, 0, 0.5]) counter.add(step)
  assert.deepEqual(valuesOf(collector, 'wattapp_worker_restarts_total'), [['a exit', 2.5]])
})

test('threads are summed; the counts of one that ended stay, its gauges go', () => {
  const collector = new Collector()
  for (const worker of [1, 2, 3]) {
    const recorder = recorderOf(collector, worker)
    recorder.counter('wattapp_mesh_requests_total', { from: 'a', to: 'b', status: '200' }).add(worker)
    recorder.gauge('wattapp_requests_held', { service: 'b' }).set(worker)
    recorder.histogram('wattapp_mesh_request_duration_seconds', { from: 'a', to: 'b' }).observe(worker)
  }
  const read = (): unknown => [
    valuesOf(collector, 'wattapp_mesh_requests_total'), valuesOf(collector, 'wattapp_requests_held'), samplesOf(collector, 'wattapp_mesh_request_duration_seconds')[0]?.values[17]
  ]
  assert.deepEqual(read(), [[['a b 200', 6]], [['b', 6]], 6])
  collector.detach(2)
  collector.detach(2)
  assert.deepEqual(read(), [[['a b 200', 6]], [['b', 4]], 6])
  recorderOf(collector, 4).counter('wattapp_mesh_requests_total', { from: 'a', to: 'b', status: '200' }).add(1)
  assert.deepEqual(valuesOf(collector, 'wattapp_mesh_requests_total'), [['a b 200', 7]])
})

test('no counter goes back, whatever threads come, count and go', () => {
  const step = fc.oneof(fc.record({ do: fc.constant('count' as const), worker: fc.nat(3), by: fc.nat(9) }), fc.record({ do: fc.constant('end' as const), worker: fc.nat(3) }))
  fc.assert(fc.property(fc.array(step), (steps) => {
    const collector = new Collector()
    const recorders = new Map<number, Recorder>()
    let id = 0
    const ids = new Map<number, number>()
    let expected = 0
    for (const one of steps) {
      if (one.do === 'end') {
        collector.detach(ids.get(one.worker) ?? -1)
        recorders.delete(one.worker)
        continue
      }
      let recorder = recorders.get(one.worker)
      if (recorder === undefined) {
        ids.set(one.worker, ++id)
        recorder = recorderOf(collector, id)
        recorders.set(one.worker, recorder)
      }
      recorder.counter('wattapp_worker_restarts_total', { service: 'a', reason: 'exit' }).add(one.by)
      expected += one.by
      assert.deepEqual(valuesOf(collector, 'wattapp_worker_restarts_total'), [['a exit', expected]])
    }
  }))
})

test('what a thread announces wrongly is ignored, and the rest still counts', () => {
  const collector = new Collector()
  collector.attach(1, new SharedArrayBuffer(64))
  const wrong: unknown[] = [
    { metric: 'toString', labels: {}, offset: 0 }, { metric: 'unknown', labels: {}, offset: 0 }, { metric: 'wattapp_requests_held', labels: {}, offset: 0 },
    { metric: 'wattapp_requests_held', labels: { service: 7 }, offset: 0 }, { metric: 'wattapp_requests_held', labels: { service: 'a' }, offset: 8 },
    { metric: 'wattapp_requests_held', labels: { service: 'a' }, offset: -1 }, { metric: 'wattapp_requests_held', labels: { service: 'a' }, offset: 0.5 },
    { metric: 'wattapp_mesh_request_duration_seconds', labels: { from: 'a', to: 'b' }, offset: 0 }
  ]
  collector.announce(1, wrong as SeriesAnnouncement[])
  collector.announce(9, [{ metric: 'wattapp_requests_held', labels: { service: 'a' }, offset: 0 }])
  collector.announce(1, [{ metric: 'wattapp_requests_held', labels: { service: 'b', extra: 'x' }, offset: 1 }])
  assert.deepEqual(collector.collect().flatMap(({ name, samples }) => samples.map(({ labels }) => [name, labels])), [['wattapp_requests_held', { service: 'b' }]])
})

test('a histogram puts each value below the first bound that it does not pass', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 12 }), fc.array(fc.double()), (unsorted, values) => {
    const bounds = unsorted.sort((a, b) => a - b)
    const slots = new Float64Array(bounds.length + 2)
    const histogram = histogramAt(slots, 0, bounds)
    values.forEach(histogram.observe)
    const numbers = values.filter((value) => !Number.isNaN(value))
    let below = 0
    bounds.forEach((bound, index) => {
      below += slots[index] ?? 0
      assert.equal(below, numbers.filter((value) => value <= bound).length)
    })
    assert.equal(below + (slots[bounds.length] ?? 0), numbers.length)
  }))
})

test('a real thread\'s numbers are seen while it runs, and after it has ended', async () => {
  const collector = new Collector()
  const page = new SharedArrayBuffer(pageBytes.service)
  collector.attach(7, page)
  const worker = new Worker(new URL('./fixtures/recording-thread.ts', import.meta.url), { workerData: { page } })
  worker.on('message', (message: RecordMessage | 'counted') => { if (message !== 'counted' && message.type === 'series') collector.announce(7, message.series) })
  for (const expected of [1, 3, 6]) {
    for await (const [message] of on(worker)) if (message === 'counted') break
    assert.deepEqual(valuesOf(collector, 'wattapp_mesh_requests_total'), [['orders products 200', expected]])
    worker.postMessage('go on')
  }
  await once(worker, 'exit')
  collector.detach(7)
  assert.deepEqual(valuesOf(collector, 'wattapp_mesh_requests_total'), [['orders products 200', 6]])
})

/** Messages as they come. */
async function * on (worker: Worker): AsyncGenerator<[unknown]> {
  for (;;) yield await once(worker, 'message') as [unknown]
}

test('methods and statuses from outside cannot make series without end', () => {
  assert.deepEqual(['GET', 'get', 'PROPFIND', ''].map(methodLabel), ['GET', 'other', 'other', 'other'])
  assert.deepEqual([200, 0, 599, 600, 99, NaN].map(statusLabel), ['200', 'aborted', '599', 'other', 'other', 'other'])
})

test('the catalogue keeps Prometheus\' rules of naming, and its buckets ascend', () => {
  for (const name of Object.keys(catalogue)) {
    const row = metricRow(name)
    assert.ok(row !== undefined)
    assert.match(name, /^(?:http|wattapp|process)_[a-z\d_]+$/)
    assert.equal(row.type === 'counter', name.endsWith('_total'), name)
    assert.equal(row.buckets !== undefined, row.type === 'histogram', name)
    assert.ok((row.buckets ?? []).every((bound, index, all) => index === 0 || bound > (all[index - 1] ?? Infinity)), name)
    assert.match(row.meaning, /^[A-Z1].*\.$/)
    assert.equal(slotsOf(row), row.type === 'histogram' ? (row.buckets ?? []).length + 2 : 1)
  }
})
