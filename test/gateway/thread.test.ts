// The gateway's thread as the supervisor sees it: orders, what it announces, figures and spans.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { GatewayData, GatewayMessage } from '../../src/gateway/thread.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import { readAll, route, startPod } from './pod.ts'

test('new routes are in force once it has said so', async () => {
  await using pod = await startPod({ services: ['a', 'b'], routes: [route('a', '/')] })
  assert.equal((await pod.mirror('/x')).service, 'a')
  const configured = pod.next('configured')
  pod.order({ type: 'configure', config: { routes: [route('a', '/'), route('b', '/x')], tracing: undefined } })
  await configured
  assert.equal((await pod.mirror('/x')).service, 'b')
  assert.equal((await pod.mirror('/y')).service, 'a')
})

test('no request is lost while routes change under load', async () => {
  await using pod = await startPod({ services: ['a', 'b'], routes: [route('a', '/')] })
  const seen = new Set<string>()
  const over = new AbortController()
  const clients = Array.from({ length: 8 }, async () => {
    while (!over.signal.aborted) seen.add((await pod.mirror('/x')).service)
  })
  for (let turn = 0; turn < 20; turn++) {
    const configured = pod.next('configured')
    pod.order({ type: 'configure', config: { routes: [route(turn % 2 === 0 ? 'b' : 'a', '/')], tracing: undefined } })
    await configured
    await pod.mirror('/x')
  }
  over.abort()
  await Promise.all(clients)
  assert.deepEqual([...seen].sort(), ['a', 'b'])
})

test('requests are counted by service, method, route and status', async () => {
  await using pod = await startPod({ services: ['a'], routes: [route('a', '/api')] })
  await pod.mirror('/api/x')
  await pod.mirror('/api/y?z', { method: 'POST', body: 'x' })
  await (await fetch(`${pod.url}/nowhere`)).text()
  await pod.raw('nonsense\r\n\r\n')
  // What is counted when a response is closed is there once the gateway is drained.
  const drained = pod.next('drained')
  pod.order({ type: 'drain', timeoutMs: 10_000 })
  await drained
  const series = pod.said('series').flatMap(({ series }) => series).filter(({ metric }) => metric === 'http_server_request_duration_seconds')
  assert.deepEqual(series.map(({ labels: { service, method, route, status } }) => `${service} ${method} ${route} ${status}`).sort(), [
    'a GET /api 200', 'a POST /api 200', 'gateway GET other 404', 'gateway other other 400'
  ])
  const slots = new Float64Array(pod.page)
  for (const { offset } of series) assert.equal(slots.subarray(offset, offset + 17).reduce((sum, count) => sum + count, 0), 1)
})

test('a traced request has one span here, between the caller\'s and the service\'s', async () => {
  await using pod = await startPod({ services: ['a'], routes: [route('a', '/api', { rewrite: '/' })], tracing: { samplingRatio: 0 } })
  const traceId = 'feedc0de00000000000000000000cafe'
  const spans = pod.next<{ spans: Array<Record<string, unknown>> }>('spans')
  const { headers } = await pod.mirror('/api/x?secret=1', { headers: { traceparent: `00-${traceId}-00000000000000aa-01` } })
  const { spans: [span] } = await spans
  assert.ok(span !== undefined)
  const { service, name, kind, parentSpanId, attributes, spanId } = span
  assert.deepEqual({ service, name, kind, parentSpanId, traceId: span['traceId'] }, {
    service: 'gateway', name: 'GET /api', kind: 'server', parentSpanId: '00000000000000aa', traceId
  })
  assert.equal((attributes as Record<string, unknown>)['http.response.status_code'], 200)
  assert.equal(headers['traceparent'], `00-${traceId}-${String(spanId)}-01`)
})

test('several share a port: when one crashes, its connections are cut and new ones go to the others', async () => {
  await using pod = await startPod({ services: ['a'], routes: [route('a', '/')], threads: 2 })
  const once200 = async (): Promise<boolean> => /^HTTP\/1\.1 200 /.test(await pod.raw('GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))
  assert.ok((await Promise.all(Array.from({ length: 50 }, once200))).every(Boolean))
  const held = Array.from({ length: 20 }, () => pod.dial())
  const answers = held.map(readAll)
  for (const socket of held) socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  await Promise.all(held.map((socket) => once(socket, 'data')))
  await pod.gateway.terminate()
  assert.ok((await Promise.all(Array.from({ length: 50 }, once200))).every(Boolean))
  await pod.close()
  for (const answer of await Promise.all(answers)) assert.doesNotMatch(answer, /\r\n0\r\n\r\n$/)
})

test('a port that is taken is said so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const switchboard = createSwitchboard()
  const mesh = switchboard.attach('gateway', 0)
  const workerData: GatewayData = {
    app: 'test', worker: 0, host: '127.0.0.1', port, config: { routes: [], tracing: undefined }, mesh, page: new SharedArrayBuffer(1024)
  }
  const gateway = new Worker(new URL('../../src/gateway/main.ts', import.meta.url), { workerData, transferList: [mesh] })
  // Its last message and its end may come in one breath.
  const ended = once(gateway, 'exit')
  const failed = new Promise<GatewayMessage & { type: 'failed' }>((resolve) => gateway.on('message', (message: GatewayMessage) => { if (message.type === 'failed') resolve(message) }))
  assert.equal((await failed).error.code, 'WATT_PORT_TAKEN')
  await ended
  switchboard.close()
  other.close()
})
