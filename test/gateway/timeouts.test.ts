// What takes too long: a service that does not begin to answer, silence within a body, a head without end, a client that lingers.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { isLate } from '../../src/gateway/http/phase-state.ts'
import { limits, tickMs } from '../../src/gateway/limits.ts'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({ services: ['web'], routes: [route('web', '/')], timeouts: { backendRequestMs: 200, idleMs: 300 } })
after(() => pod.close())

test('a service that does not begin to answer is a 504, it hears of the abort, and the connection goes on', async () => {
  const aborted = pod.next<{ url: string }>('aborted')
  const answer = await pod.raw('GET /never HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 504 [^]*WATT_RESPONSE_TIMEOUT[^]*HTTP\/1\.1 200 [^]*"\/x"/)
  assert.equal((await aborted).url, '/never')
})

test('the time begins anew with every piece of the upload', async () => {
  await using steady = await startPod({ services: ['web'], routes: [route('web', '/')], timeouts: { backendRequestMs: 1_500, idleMs: 1_500 } })
  const request = httpRequest(`${steady.url}/digest`, { method: 'POST' })
  const response = once(request, 'response') as Promise<[IncomingMessage]>
  for (let piece = 0; piece < 5; piece++) {
    request.write('x'.repeat(20_000))
    await new Promise((resolve) => setTimeout(resolve, 400))
  }
  request.end()
  assert.equal((await response)[0].statusCode, 200)
  assert.match(await text((await response)[0]), /"bytes":100000/)
})

test('an answer that falls silent is cut', async () => {
  const closed = pod.next<{ url: string }>('closed')
  const socket = pod.dial()
  socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  const answer = await readAll(socket)
  assert.match(answer, /data: 1\n\n\r\n$/)
  assert.equal((await closed).url, '/events')
})

test('an upload that falls silent is a 408, and the service hears of the abort', async () => {
  const aborted = pod.next('uploadAborted')
  const socket = pod.dial()
  socket.write('POST /digest HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nthe beginning')
  const answer = await readAll(socket)
  assert.match(answer, /^HTTP\/1\.1 408 [^]*Connection: close\r\n[^]*WATT_REQUEST_TIMEOUT/)
  await aborted
})

test('a client that does not read its answer is cut off', async () => {
  const closed = pod.next<{ url: string }>('closed')
  const socket = pod.dial().pause()
  socket.write('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await closed).url, '/endless')
  socket.destroy()
})

test('no limit is none', async () => {
  await using patient = await startPod({ services: ['web'], routes: [route('web', '/')], timeouts: { backendRequestMs: 0, idleMs: 0 } })
  const held = patient.next('held')
  const waiting = fetch(`${patient.url}/hold`)
  await held
  await (await fetch(`${patient.url}/release`)).text()
  assert.equal(await (await waiting).text(), 'released')
})

test('timeouts are in force for requests under way once it has said so', async () => {
  await using patient = await startPod({ services: ['web'], routes: [route('web', '/')], timeouts: { backendRequestMs: 0, idleMs: 0 } })
  const held = patient.next('held')
  const waiting = fetch(`${patient.url}/hold`)
  await held
  patient.order({ type: 'configure', config: { routes: [route('web', '/')], tracing: undefined, timeouts: { backendRequestMs: 100, idleMs: 0 } } })
  assert.equal((await waiting).status, 504)
})

test('a connection may be in each phase so long, and no longer', () => {
  for (const [phase, ms] of [['fresh', limits.headMs], ['head', limits.headMs], ['idle', limits.keepAliveMs], ['lingering', limits.lingerMs]] as const) {
    assert.ok(!isLate(phase, ms) && isLate(phase, ms + 1), phase)
  }
  for (const phase of ['busy', 'gone'] as const) assert.ok(!isLate(phase, 1e9), phase)
})

test('the clock is looked at as often as the shortest time asks, and neither all the time nor never', () => {
  for (const [shortest, tick] of [[Infinity, 1_000], [60_000, 1_000], [400, 100], [1, 10]] as const) assert.equal(tickMs(shortest), tick)
})
