// A service that asks itself: its port is bound nowhere, and yet it is there for the service's own code.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, test } from 'node:test'
import { request } from 'undici'
import { WebSocket, WebSocketServer } from 'ws'
import { installClient } from '../../src/mesh/client/index.ts'
import { catchListen, createListenCatch, type ListenCatch } from '../../src/mesh/serve/listen.ts'
import { Cluster } from './cluster.ts'

const requests = new AsyncLocalStorage<string>()
let caught: ListenCatch
let undos: Array<() => void> = []
let cluster: Cluster
/** In a service's thread the mesh keeps the loop alive, as a bound port would. */
let alive: NodeJS.Timeout

beforeEach(() => {
  alive = setInterval(() => {}, 1000)
  cluster = new Cluster(['api'])
  caught = createListenCatch({ service: 'api', port: 3042, changed () {} })
  undos = [catchListen(() => caught), installClient(cluster.join(), caught.dial)]
})
afterEach(async () => {
  clearInterval(alive)
  undos.forEach((undo) => undo())
  await cluster[Symbol.asyncDispose]()
})

async function listen (server: Server, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(port, resolve))
  return server.address() as AddressInfo
}

function echo (): Server {
  return createServer((incoming, response) => {
    text(incoming).then((body) => response.end(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${body} ${requests.getStore() ?? 'outside'}`), () => response.destroy())
  })
}

for (const host of ['localhost', '127.0.0.1', '[::1]']) {
  test(`fetch of http://${host}:PORT reaches it`, async () => {
    await listen(echo(), 45_311)
    assert.equal(await (await fetch(`http://${host}:45311/a?b`)).text(), `GET /a?b ${host}:45311  outside`)
    assert.equal(await (await fetch(`http://${host}:45311/a`, { method: 'POST', body: 'words' })).text(), `POST /a ${host}:45311 words outside`)
  })
}

test('so do undici, node:http and a bare socket, before and after it has joined the mesh', async () => {
  await listen(echo(), 45_312)
  for (const chosen of [undefined, 0]) {
    if (chosen !== undefined) await caught.settle(chosen)
    assert.match(await (await request('http://localhost:45312/undici')).body.text(), /^GET \/undici /)
    const [response] = await once(get({ port: 45_312, path: '/http', agent: false }), 'response') as [IncomingMessage]
    assert.match(await text(response), /^GET \/http /)
    const socket = connect({ port: 45_312 }, () => socket.write('GET /socket HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'))
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n[^]*GET \/socket x/)
  }
})

test('a port that it asked for as any is the one that address() says', async () => {
  const { port } = await listen(echo(), 0)
  assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /^GET \/ /)
})

test('it is asked outside of the context of the request that asks', async () => {
  await listen(echo(), 45_313)
  assert.match(await requests.run('inside', async () => await (await fetch('http://localhost:45313/')).text()), / outside$/)
  assert.match(await requests.run('inside', async () => await (await fetch('http://localhost:45313/', { method: 'POST', body: 'x' })).text()), / outside$/)
})

test('a WebSocket to itself', async () => {
  const server = createServer()
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (said) => socket.send(`heard ${said.toString()}`)))
  await listen(server, 45_314)
  const socket = new WebSocket('ws://localhost:45314')
  await once(socket, 'open')
  socket.send('a word')
  const [said] = await once(socket, 'message')
  assert.equal(String(said), 'heard a word')
  socket.close()
  await once(socket, 'close')
})

test('what has been closed is not there any more, nor is a port of nobody', async () => {
  const server = echo()
  await listen(server, 45_315)
  server.close()
  await once(server, 'close')
  for (const port of [45_315, 45_316]) await assert.rejects(fetch(`http://127.0.0.1:${port}/`), (thrown: TypeError) => Reflect.get(Object(thrown.cause), 'code') === 'ECONNREFUSED')
})

test('a server beside the chosen one is really bound, and reached as any other', async () => {
  await listen(echo(), 45_317)
  const beside = echo()
  await listen(beside, 0)
  await caught.settle(0)
  const { port } = beside.address() as AddressInfo
  assert.notEqual(port, 3042)
  assert.match(await (await fetch(`http://127.0.0.1:${port}/beside`)).text(), /^GET \/beside /)
  beside.closeAllConnections()
  beside.close()
})
