// WebSockets, and what is built on them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { io, type Socket } from 'socket.io-client'
import { open, url } from './pod.ts'

test('ws: text, bytes and pings, compressed, by the protocol that both know', async () => {
  const socket = await open('/websocket/chat?room=1', ['chat.1', 'chat.2'])
  assert.equal(socket.protocol, 'chat.2')
  assert.match(socket.extensions, /^permessage-deflate/)
  assert.equal(await socket.next(), 'hello /chat?room=1')
  for (const message of ['text', 'long text '.repeat(50_000), '']) {
    socket.send(message)
    assert.equal(await socket.next(), message)
  }
  socket.send(Buffer.from([0, 255]))
  assert.equal(await socket.next(), Buffer.from([0, 255]).toString())
  socket.ping()
  assert.equal(await socket.next(), 'pinged')
  socket.send('close')
  assert.equal(await socket.closed, 4001)
})

test('ws: many messages at once come back in order', async () => {
  const socket = await open('/websocket')
  await socket.next()
  for (let index = 0; index < 1_000; index++) socket.send(String(index))
  for (let index = 0; index < 1_000; index++) assert.equal(await socket.next(), String(index))
  assert.equal(await socket.close(), 1000)
})

test('ws: a plain request beside it', async () => {
  assert.equal(await (await fetch(`${url}/websocket`)).text(), 'beside ws')
})

test('http-proxy-middleware: a WebSocket goes on to another service by its mesh name', async () => {
  const socket = await open('/proxy/sockets/a')
  assert.equal(await socket.next(), 'hello /sockets/a')
  for (const message of ['text', 'l'.repeat(200_000)]) {
    socket.send(message)
    assert.equal(await socket.next(), message)
  }
  socket.send('close')
  assert.equal(await socket.closed, 4001)
})

/** Its arguments. */
function next (socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => socket.once(event, (...args: unknown[]) => resolve(args)))
}

interface Options { transports: string[], namespace?: string, token?: string }

function connect ({ transports, namespace = '/', token = '' }: Options): Socket {
  return io(`${url}${namespace}`, { path: '/socket-io/socket.io', transports, auth: { token }, forceNew: true, reconnection: false })
}

for (const transports of [['polling'], ['websocket']]) {
  const [transport = ''] = transports
  test(`socket.io by ${transport}: events, answers, bytes and rooms`, async () => {
    const [ada, bob] = [connect({ transports }), connect({ transports })]
    const [welcome] = await Promise.all([next(ada, 'welcome'), next(bob, 'welcome')])
    assert.deepEqual(welcome, [{ transport }])
    assert.deepEqual(await ada.emitWithAck('echo', { text: 'Grüße', list: [1, null] }), { text: 'Grüße', list: [1, null] })
    const bytes = Buffer.alloc(200_000, 7)
    assert.ok(Buffer.from(await ada.emitWithAck('echo', bytes) as Uint8Array).equals(bytes))
    await Promise.all([ada.emitWithAck('join', 'blue'), bob.emitWithAck('join', 'blue')])
    const heard = next(bob, 'shouted')
    ada.emit('shout', 'blue', 'to all of you')
    assert.deepEqual(await heard, ['to all of you'])
    ada.close()
    bob.close()
  })
}

test('socket.io: begins by polling and goes over to a WebSocket', async () => {
  const client = connect({ transports: ['polling', 'websocket'] })
  const upgraded = Promise.withResolvers<string>()
  client.io.on('open', () => client.io.engine.on('upgrade', ({ name }: { name: string }) => upgraded.resolve(name)))
  assert.equal(await upgraded.promise, 'websocket')
  assert.equal(await client.emitWithAck('upgraded?'), 'websocket')
  client.close()
})

test('socket.io: a namespace that asks who it is', async () => {
  const stranger = connect({ transports: ['websocket'], namespace: '/private' })
  const [error] = await next(stranger, 'connect_error') as [Error]
  assert.equal(error.message, 'not you')
  stranger.close()
  const friend = connect({ transports: ['websocket'], namespace: '/private', token: 'secret' })
  assert.deepEqual(await next(friend, 'welcome'), [{ private: true }])
  friend.close()
})

test('socket.io: its own plain answers, and those beside it', async () => {
  assert.equal(await (await fetch(`${url}/socket-io/`)).text(), 'beside socket.io')
  const refused = await fetch(`${url}/socket-io/socket.io/?EIO=4&transport=none`)
  assert.deepEqual([refused.status, await refused.json()], [400, { code: 0, message: 'Transport unknown' }])
  assert.match(await (await fetch(`${url}/socket-io/socket.io/socket.io.js`)).text(), /Socket\.IO v4/)
})
