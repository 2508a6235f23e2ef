// The edge under load of the wrong kind: what is not read, not sent, sent without end, or sent so that two readers could differ.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after, test } from 'node:test'
import { limits } from '../../src/gateway/limits.ts'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({ services: ['web'], routes: [route('web', '/')] })
after(() => pod.close())

const get = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n'
const last = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (fields: string, body: string): string => `POST /echo HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`

const statuses = (answer: string): string[] => Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status = '']) => status)

/** Each is refused, the connection ends, and what stands behind it is no request of its own. */
const desyncs: Record<string, string> = {
  'both lengths': post('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'both lengths, the other way round': post('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${smuggled}`),
  'a length of zero beside chunks': post('Content-Length: 0\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'two lengths': post('Content-Length: 5\r\nContent-Length: 50', `hello${smuggled}`),
  'the same length twice': post('Content-Length: 5\r\nContent-Length: 5', `hello${smuggled}`),
  'a list of lengths': post('Content-Length: 5, 5', `hello${smuggled}`),
  'a length with a sign': post('Content-Length: +5', `hello${smuggled}`),
  'a length in hexadecimal': post('Content-Length: 0x5', `hello${smuggled}`),
  'a length below zero': post('Content-Length: -1', smuggled),
  'a length with a fraction': post('Content-Length: 5.0', `hello${smuggled}`),
  'an empty length': post('Content-Length:', smuggled),
  'a length beyond numbers': post('Content-Length: 99999999999999999999', smuggled),
  'chunked twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'chunked twice in one': post('Transfer-Encoding: chunked, chunked', `0\r\n\r\n${smuggled}`),
  'chunked and something behind it': post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${smuggled}`),
  'an identity coding': post('Transfer-Encoding: identity', smuggled),
  'a coding in quotes': post('Transfer-Encoding: "chunked"', `0\r\n\r\n${smuggled}`),
  'a coding with a vertical tab': post('Transfer-Encoding: \x0bchunked', `0\r\n\r\n${smuggled}`),
  'a folded coding': post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${smuggled}`),
  'a coding with a space before its colon': post('Transfer-Encoding : chunked', `0\r\n\r\n${smuggled}`),
  'a length with a space before its colon': post('Content-Length : 5', `hello${smuggled}`),
  'a coding behind a bare line feed': post('X: y\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'a coding behind a bare carriage return': post('X: y\rTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'a head that ends with bare line feeds': `POST /echo HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello${smuggled}`,
  'chunks of HTTP/1.0': `POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a chunk that is longer than it says': post('Transfer-Encoding: chunked', `1\r\nhello\r\n0\r\n\r\n${smuggled}`),
  'a chunk size in another form': post('Transfer-Encoding: chunked', `0x5\r\nhello\r\n0\r\n\r\n${smuggled}`),
  'a chunk size with a space': post('Transfer-Encoding: chunked', `5 \r\nhello\r\n0\r\n\r\n${smuggled}`),
  'a chunk size that ends with a bare line feed': post('Transfer-Encoding: chunked', `5\nhello\r\n0\r\n\r\n${smuggled}`),
  'a chunk that ends with a bare line feed': post('Transfer-Encoding: chunked', `5\r\nhello\n0\r\n\r\n${smuggled}`),
  'a chunk size beyond numbers': post('Transfer-Encoding: chunked', `fffffffffffffffff\r\nhello\r\n0\r\n\r\n${smuggled}`),
  'a chunk extension with a bare line feed': post('Transfer-Encoding: chunked', `5;a\nhello\r\n0\r\n\r\n${smuggled}`),
  'a trailer that is no field': post('Transfer-Encoding: chunked', `0\r\nnonsense\r\n\r\n${smuggled}`)
}

for (const [what, request] of Object.entries(desyncs)) {
  test(`no desync by ${what}`, async () => {
    const answer = await pod.raw(get + request + smuggled)
    assert.doesNotMatch(answer, /smuggled/)
    assert.match(statuses(answer).join(' '), /^200 (?:400|501)$/)
    assert.match(answer, /Connection: close\r\n[^]*"code":"WATT_/)
  })
}

const fine: Record<string, string> = {
  'a body in chunks': post('Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
  'chunked in capitals': post('Transfer-Encoding: CHUNKED', '5\r\nhello\r\n0\r\n\r\n'),
  'a length with zeros before it': post('Content-Length: 0005', 'hello'),
  'chunks with extensions and trailers': post('Transfer-Encoding: chunked', '5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\n'),
  'empty lines between requests': `\r\n\r\n${post('Content-Length: 5', 'hello')}\r\n`,
  'a body that looks like a request': post(`Content-Length: ${smuggled.length}`, smuggled)
}

for (const [what, request] of Object.entries(fine)) {
  test(`read as what it is, also byte by byte: ${what}`, async () => {
    const whole = await pod.raw(get + request + last)
    assert.deepEqual(statuses(whole), ['200', '200', '200'])
    const socket = pod.dial().setNoDelay()
    const answer = readAll(socket)
    for (const byte of request + last) await new Promise((resolve) => socket.write(byte, 'latin1', resolve))
    assert.deepEqual(statuses(await answer), ['200', '200'])
  })
}

/** Bytes of memory of the gateway's thread that are not its code. */
async function held (): Promise<number> {
  const { used_heap_size: heap, external_memory: external } = await pod.gateway.getHeapStatistics()
  return heap + Number(external)
}

async function dialled (count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => pod.dial())
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}

test('a hundred megabytes of fields are refused at the limit, and held by no one', async () => {
  const socket = pod.dial()
  const answer = readAll(socket)
  const piece = `x: ${'y'.repeat(64 * 1024)}\r\n`
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
  for (let sent = 0; sent < 100 * 2 ** 20 && !socket.destroyed; sent += piece.length) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
  }
  assert.match(await answer, /^HTTP\/1\.1 431 [^]*WATT_HEADERS_TOO_LARGE/)
  assert.ok(await held() < 100 * 2 ** 20)
})

test('two thousand clients that send a head byte by byte, or none, are held cheaply, and others are served', async () => {
  const before = await held()
  const slow = await dialled(2_000)
  for (const socket of slow) socket.on('error', () => {}).write('GET / HTTP/1.1\r\nX: y')
  assert.equal((await pod.mirror('/alive')).service, 'web')
  assert.ok(await held() - before < slow.length * 16 * 1024)
  for (const socket of slow) socket.destroy()
})

test('two thousand idle connections cost little, and serve again', async () => {
  const idle = await dialled(2_000)
  for (const socket of idle) socket.on('error', () => {}).write(get)
  await Promise.all(idle.map((socket) => once(socket, 'data')))
  assert.ok(await held() < 100 * 2 ** 20)
  for (const socket of idle) socket.write(last)
  assert.ok((await Promise.all(idle.map(readAll))).every((answer) => statuses(answer).join() === '200'))
})

test('who pipelines without reading is read no further than a bound', async () => {
  const socket = pod.dial().pause()
  const before = await held()
  const many = get.repeat(2_000)
  let bytes = 0
  // Until the kernel's buffers are full on both sides too.
  while (socket.write(many) || await Promise.race([once(socket, 'drain').then(() => true), pod.mirror('/x').then(() => pod.mirror('/y')).then(() => false)])) {
    bytes += many.length
    if (bytes > 200 * 2 ** 20) assert.fail('it takes everything')
  }
  assert.ok(await held() - before < 64 * 2 ** 20)
  socket.destroy()
})

test('many requests that are sent at once are answered in order', async () => {
  const count = 500
  const answer = await pod.raw(Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`).join('') + last)
  const seen = Array.from(answer.matchAll(/"url":"\/(\w+)"/g), ([, url]) => url)
  assert.deepEqual(seen, [...Array.from({ length: count }, (_, index) => String(index)), 'last'])
})

test('an answer arrives before the connection ends, though more was sent than anyone reads', async () => {
  const socket = pod.dial()
  socket.write(`nonsense\r\n\r\n${'x'.repeat(1_000_000)}`)
  assert.match(await readAll(socket), /^HTTP\/1\.1 400 [^]*WATT_REQUEST_MALFORMED/)
})

test('limits are such that a load balancer in front closes first, and a slow head does not stay', () => {
  assert.ok(limits.keepAliveMs > 60_000)
  assert.ok(limits.headMs <= 60_000)
})
