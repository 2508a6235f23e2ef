// Access logs: one record a request when they are on, which is what the supervisor prints.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLines, type AccessEntry } from '../../src/gateway/access-log.ts'
import { recordsOf, type LogRecord } from '../../src/telemetry/logs/record.ts'
import { route, startPod, type Pod } from './pod.ts'

const entry: AccessEntry = {
  method: 'GET',
  path: '/api/books/7',
  status: 200,
  bodyBytes: 42,
  startEpochMs: 1_700_000_000_000,
  durationMs: 1.5,
  service: 'books',
  route: '/api',
  client: '198.51.100.1',
  userAgent: 'curl/8',
  requestId: 'order-7',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16)
}

const lineOf = createLines({ app: 'shop', worker: 1 })

test('a record has the names of OpenTelemetry, and the ids by which it is found', () => {
  assert.deepEqual(recordsOf(lineOf(entry)), [{
    time: 1_700_000_000_000,
    level: 'info',
    msg: 'GET /api/books/7 200',
    app: 'shop',
    service: 'gateway',
    worker: 1,
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    'http.request.method': 'GET',
    'url.path': '/api/books/7',
    'http.response.status_code': 200,
    'http.response.body.size': 42,
    'http.server.request.duration': 0.0015,
    'wattapp.service': 'books',
    'http.route': '/api',
    'client.address': '198.51.100.1',
    'user_agent.original': 'curl/8',
    request_id: 'order-7'
  }])
})

test('whatever a client sends, it is one record', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(fc.property(text, text, text, (path, userAgent, requestId) => {
    const line = lineOf({ ...entry, path, userAgent, requestId })
    const records = recordsOf(line + lineOf(entry))
    assert.equal(records.length, 2)
    // Not one character that some reader takes for the end of a line, but the last.
    assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\u2028\u2029]/u)
    assert.equal(records[0]?.['url.path'], path)
    assert.deepEqual([records[0]?.['user_agent.original'], records[0]?.['request_id']], [userAgent === '' ? undefined : userAgent, requestId === '' ? undefined : requestId])
  }))
})

test('a record says nothing of the one before it', () => {
  const others: Array<Partial<AccessEntry>> = [
    {}, { client: '198.51.100.2' }, { userAgent: 'wget' }, { userAgent: '' }, { service: 'shelf' }, { route: '/' }, { service: '', route: '' },
    { startEpochMs: 1_700_000_000_001.7 }, { traceId: '', spanId: '' }, { status: 0 }, { method: 'PUT' }, {}
  ]
  const one = createLines({ app: 'shop "1"', worker: 2 })
  for (const other of others) assert.equal(one({ ...entry, ...other }), createLines({ app: 'shop "1"', worker: 2 })({ ...entry, ...other }))
})

test('a duration is in seconds, to the microsecond', () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (durationMs) => {
    const [, text = ''] = /"http\.server\.request\.duration":(\d+\.\d{6}),/.exec(lineOf({ ...entry, durationMs })) ?? []
    assert.ok(Math.abs(Number(text) * 1000 - durationMs) < 0.000_6, `${text} for ${durationMs} ms`)
  }))
})

async function logged (pod: Pod): Promise<LogRecord[]> {
  const drained = pod.next('drained')
  pod.order({ type: 'drain', timeoutMs: 10_000 })
  await drained
  return pod.said('accessLog').flatMap(({ lines }) => recordsOf(lines))
}

test('each request is told of, without its query', async () => {
  await using pod = await startPod({ services: ['web'], routes: [route('web', '/api', { rewrite: '/' })], accessLog: true, trustedProxies: ['127.0.0.1'] })
  await pod.mirror('/api/x?token=secret', { headers: { 'user-agent': 'test "1"', 'x-request-id': 'order-7', 'x-forwarded-for': '198.51.100.1' } })
  await (await fetch(`${pod.url}/nowhere?x`)).text()
  await (await fetch(`${pod.url}/api/echo`, { method: 'POST', body: 'x'.repeat(20_000) })).text()
  await (await fetch(`${pod.url}/api/empty`)).text()
  await pod.raw('nonsense\r\n\r\n')
  const records = await logged(pod)
  assert.deepEqual(records.map(({ msg }) => msg), ['GET /api/x 200', 'GET /nowhere 404', 'POST /api/echo 200', 'GET /api/empty 204', 'other - 400'])
  assert.ok(!JSON.stringify(records).includes('secret'))
  const [first, , upload, empty] = records
  assert.equal(first?.['client.address'], '198.51.100.1')
  assert.equal(first['user_agent.original'], 'test "1"')
  assert.equal(first['request_id'], 'order-7')
  assert.equal(first['wattapp.service'], 'web')
  assert.equal(upload?.['http.response.body.size'], 20_000)
  assert.equal(empty?.['http.response.body.size'], 0)
})

test('they can be switched on and off, and are off when nobody asks', async () => {
  await using pod = await startPod({ services: ['web'], routes: [route('web', '/')] })
  async function configure (accessLog: boolean): Promise<void> {
    const configured = pod.next('configured')
    pod.order({ type: 'configure', config: { routes: [route('web', '/')], tracing: undefined, accessLog } })
    await configured
  }
  await pod.mirror('/off')
  await configure(true)
  await pod.mirror('/on')
  await configure(false)
  await pod.mirror('/off')
  assert.deepEqual((await logged(pod)).map(({ msg }) => msg), ['GET /on 200'])
})
