// WebSockets, and other upgrades, from a real client through gateway and mesh to a service's own `ws` server.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { WebSocket } from 'ws'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({ services: ['web', 'other'], routes: [route('web', '/'), route('other', '/other', { rewrite: '/' })] })
after(() => pod.close())

const socketUrl = pod.url.replace('http:', 'ws:')

async function connect (path: string): Promise<WebSocket> {
  const socket = new WebSocket(socketUrl + path)
  await once(socket, 'open')
  return socket
}

test('messages go both ways, text and binary, small and large', async () => {
  const socket = await connect('/ws')
  for (const message of ['hello', '', 'ä'.repeat(70_000)]) {
    socket.send(message)
    const [data] = await once(socket, 'message') as [Buffer]
    assert.equal(data.toString(), message)
  }
  const bytes = Buffer.alloc(3_000_000, 7)
  socket.send(bytes)
  const [data, isBinary] = await once(socket, 'message') as [Buffer, boolean]
  assert.ok(isBinary && data.equals(bytes))
  socket.close(4001)
  assert.equal((await pod.next<{ code: number }>('wsClosed')).code, 4001)
})

test('what the service sends with the handshake arrives, and the conversation goes on', async () => {
  const socket = new WebSocket(`${socketUrl}/big`)
  const [data] = await once(socket, 'message') as [Buffer]
  assert.equal(data.length, 1_000_000)
  socket.send('still there?')
  assert.equal(String((await once(socket, 'message') as [Buffer])[0]), 'still there?')
  socket.terminate()
})

test('the rewritten path is the service\'s', async () => {
  const socket = await connect('/other/ws')
  socket.terminate()
})

test('a client that vanishes is gone for the service', async () => {
  const closed = pod.next<{ code: number }>('wsClosed')
  const socket = await connect('/ws')
  socket.terminate()
  assert.equal((await closed).code, 1006)
})

test('a refused upgrade is an ordinary answer', async () => {
  const socket = new WebSocket(`${socketUrl}/refused`)
  const [, response] = await once(socket, 'unexpected-response') as [unknown, { statusCode: number }]
  assert.equal(response.statusCode, 401)
  socket.on('error', () => {}).terminate()
})

test('an upgrade without a route is a 404', async () => {
  await using lone = await startPod({ services: ['a'], routes: [route('a', '/a')] })
  const socket = new WebSocket(`${lone.url.replace('http:', 'ws:')}/b`)
  const [, response] = await once(socket, 'unexpected-response') as [unknown, { statusCode: number }]
  assert.equal(response.statusCode, 404)
  socket.on('error', () => {}).terminate()
})

test('another protocol passes too, with what was sent right behind the handshake', async () => {
  const socket = pod.dial()
  socket.write('GET /raw HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nworld')
  socket.once('data', () => socket.end())
  assert.match(await readAll(socket), /^HTTP\/1\.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello world$/)
})

test('an offer of HTTP/2 beside a plain request is passed over', async () => {
  const answer = await pod.raw('GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 200 [^]*"service":"web"/)
  assert.doesNotMatch(answer, /http2-settings/i)
})

test('a worker that ends closes its sockets', async () => {
  await using crashing = await startPod({ services: ['web'], routes: [route('web', '/')] })
  const socket = new WebSocket(`${crashing.url.replace('http:', 'ws:')}/ws`)
  await once(socket, 'open')
  const closed = once(socket, 'close') as Promise<[number]>
  await fetch(`${crashing.url}/crash`, { method: 'POST' })
  assert.equal((await closed)[0], 1006)
})
