// One request at a time through a real gateway to a real service's thread: methods, fields, bodies, and what goes wrong.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { route, startPod } from './pod.ts'

const pod = await startPod({
  services: ['web', 'other'],
  routes: [route('web', '/'), route('other', '/other', { rewrite: '/' }), route('gone', '/gone'), route('web', '/only', { host: 'only.example' })],
  tracing: { samplingRatio: 1 }
})
after(() => pod.close())

test('a request reaches the service of its route, with path and query', async () => {
  const { service, method, url } = await pod.mirror('/a/b?c=d%20e&f')
  assert.deepEqual({ service, method, url }, { service: 'web', method: 'GET', url: '/a/b?c=d%20e&f' })
  assert.equal((await pod.mirror('/other/x?y')).url, '/x?y')
  assert.equal((await pod.mirror('/other')).url, '/')
})

test('every method that Node reads goes through', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE', 'QUERY']) {
    assert.equal((await pod.mirror('/x', { method })).method, method)
  }
})

test('fields keep order, case and repetition; those of one hop stay behind', async () => {
  const answer = await pod.raw('GET /fields HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const [head = ''] = answer.split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Case: Kept\r\n/)
  assert.doesNotMatch(head, /x-secret|Proxy-Connection|timeout=1/i)
})

test('a request has an id, its own or a new one, that service and client see', async () => {
  const given = await fetch(`${pod.url}/x`, { headers: { 'x-request-id': 'order-7' } })
  assert.equal(given.headers.get('x-request-id'), 'order-7')
  const made = await fetch(`${pod.url}/x`)
  const { headers } = await made.json() as { headers: Record<string, string> }
  assert.match(headers['x-request-id'] ?? '', /^[\da-f]{32}$/)
  assert.equal(made.headers.get('x-request-id'), headers['x-request-id'])
})

test('HEAD has the head of GET and no body', async () => {
  const answer = await pod.raw('HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 200 [^]*content-type: application\/json[^]*\r\n\r\n$/i)
})

test('an answer without content has none', async () => {
  const response = await fetch(`${pod.url}/empty`)
  assert.equal(response.status, 204)
  assert.equal(await response.text(), '')
})

test('HTTP/1.0 is answered, and the connection closed', async () => {
  assert.match(await pod.raw('GET /x HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 [^]*"service":"web"/)
})

test('pipelined requests are answered in order, also when the first takes longer', async () => {
  const held = pod.next('held')
  const socket = pod.dial()
  socket.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await held
  await (await fetch(`${pod.url}/release`)).text()
  const answer = await text(socket)
  assert.ok(answer.indexOf('released') < answer.indexOf('"/second"'))
  assert.ok(answer.includes('released'))
})

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

for (const bytes of [0, 1, 300, 16 * 1024, 16 * 1024 + 1, 5_000_000]) {
  test(`a body of ${bytes} bytes comes back as it went, with a length and in chunks`, async () => {
    const body = Buffer.alloc(bytes, everyByte)
    const sized = await fetch(`${pod.url}/echo`, { method: 'POST', body })
    assert.ok(Buffer.from(await sized.arrayBuffer()).equals(body))
    const chunked = await fetch(`${pod.url}/echo`, { method: 'POST', body: new Blob([body]).stream(), duplex: 'half' } as RequestInit)
    assert.ok(Buffer.from(await chunked.arrayBuffer()).equals(body))
  })
}

test('trailers cross both ways', async () => {
  const request = httpRequest(`${pod.url}/digest`, { method: 'POST', headers: { trailer: 'x-sum' } })
  request.addTrailers({ 'x-sum': '7' })
  request.end('body')
  const [up] = await once(request, 'response') as [IncomingMessage]
  assert.deepEqual((JSON.parse(await text(up)) as { trailers: object }).trailers, { 'x-sum': '7' })

  const [down] = await once(httpRequest(`${pod.url}/trailers`).end(), 'response') as [IncomingMessage]
  assert.equal(await text(down), 'body')
  assert.deepEqual(down.trailers, { 'x-sum': '42' })
})

test('a client that waits for 100 is told to go on by the service', async () => {
  const request = httpRequest(`${pod.url}/echo`, { method: 'POST', headers: { expect: '100-continue', 'content-length': 4 } })
  request.flushHeaders()
  await once(request, 'continue')
  request.end('body')
  const [response] = await once(request, 'response') as [IncomingMessage]
  assert.equal(await text(response), 'body')
})

test('or is told not to, and the connection ends, since nobody knows what comes on it next', async () => {
  const request = httpRequest(`${pod.url}/echo`, { method: 'POST', headers: { expect: '100-continue', 'content-length': 4, 'x-wanted': 'no' } })
  request.flushHeaders()
  request.on('continue', () => assert.fail('it was told to go on'))
  const [response] = await once(request, 'response') as [IncomingMessage]
  assert.equal(response.statusCode, 417)
  assert.equal(response.headers.connection, 'close')
  assert.equal(await text(response), 'not wanted')
  request.destroy()
})

test('early hints come before the answer', async () => {
  const request = httpRequest(`${pod.url}/hints`).end()
  const [[hints], [response]] = await Promise.all([once(request, 'information'), once(request, 'response')]) as [[{ statusCode: number, headers: Record<string, string> }], [IncomingMessage]]
  assert.equal(hints.statusCode, 103)
  assert.equal(hints.headers['link'], '</a.css>; rel=preload')
  assert.equal(await text(response), 'ok')
})

test('no route is a 404 that says for what', async () => {
  await using lone = await startPod({ services: ['a'], routes: [route('a', '/only', { host: 'a.example' })] })
  const response = await fetch(`${lone.url}/x`)
  const body = await response.json() as Record<string, unknown>
  assert.equal(response.status, 404)
  assert.deepEqual({ statusCode: body['statusCode'], code: body['code'], error: body['error'] }, { statusCode: 404, code: 'WATT_NO_ROUTE', error: 'Not Found' })
  assert.match(String(body['message']), /"\/x" on host "127\.0\.0\.1"/)
  assert.match(String(body['hint']), /routes/)
  const head = await fetch(`${lone.url}/x`, { method: 'HEAD' })
  assert.equal(head.status, 404)
  assert.equal(await head.text(), '')
})

test('a route to a service that is not declared is a 502', async () => {
  const response = await fetch(`${pod.url}/gone`)
  assert.equal(response.status, 502)
  assert.equal((await response.json() as { code: string }).code, 'WATT_SERVICE_UNKNOWN')
})

test('a service in crash loop is a 503 at once, with a time to come back', async () => {
  await using broken = await startPod({ services: ['web'], routes: [route('dead', '/dead'), route('web', '/')] })
  broken.switchboard.declare(['web', 'dead'])
  broken.switchboard.setCrashLoop('dead', true)
  const response = await fetch(`${broken.url}/dead`, { method: 'POST', body: 'x' })
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '1')
  assert.equal((await response.json() as { code: string }).code, 'WATT_SERVICE_CRASH_LOOP')
})

test('a worker that ends in the middle: what may be repeated waits for the next one, the rest is a 503', async () => {
  await using crashing = await startPod({ services: ['web'], routes: [route('web', '/')] })
  const exited = crashing.next('exit')
  const held = crashing.next('held')
  const waiting = fetch(`${crashing.url}/hold`, { method: 'PUT', body: 'small' })
  await held
  const lost = fetch(`${crashing.url}/crash`, { method: 'POST' })
  await exited
  const response = await lost
  assert.equal(response.status, 503)
  assert.ok(response.headers.has('retry-after'))

  const again = crashing.next('held')
  await crashing.startService('web')
  await again
  await (await fetch(`${crashing.url}/release`)).text()
  assert.equal(await (await waiting).text(), 'released')
})

for (const path of ['/cut-chunked', '/cut-sized', '/short']) {
  test(`an answer that the service cuts is not a whole one: ${path}`, async () => {
    // What is known to be short before any of it is out is a 502.
    const got = fetch(pod.url + path).then(async (response) => `${response.status} ${await response.text()}`)
    assert.match(await got.catch(() => 'cut'), /^cut$|^502 /)
  })
}

test('a cut answer to HTTP/1.0 ends with a reset, as nothing else tells it from a whole one', async () => {
  const socket = pod.dial()
  socket.write('GET /cut-chunked HTTP/1.0\r\n\r\n')
  socket.resume()
  const [error] = await once(socket, 'error') as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ECONNRESET')
})

test('a service that closes before it answers is a 502', async () => {
  const response = await fetch(`${pod.url}/cut-before`)
  assert.equal(response.status, 502)
  assert.equal((await response.json() as { code: string }).code, 'WATT_RESPONSE_CUT')
})
