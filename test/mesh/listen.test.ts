import assert from 'node:assert/strict'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { connect, createServer as createNetServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import Fastify from 'fastify'
import { catchListen, createListenCatch, type ListenCatch } from '../../src/mesh/serve/listen.ts'
import { listenTarget } from '../../src/mesh/serve/listen-target.ts'

let changes = 0
let caught: ListenCatch
let restore: () => void
beforeEach(() => {
  changes = 0
  caught = createListenCatch({ service: 'api', port: 3042, changed: () => { changes++ } })
  restore = catchListen(() => caught)
})
afterEach(() => restore())

const addressOf = (server: Server): AddressInfo => {
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address
}

function isOpen (port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1', () => resolve(true))
  socket.on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

test('an http server says that it listens and binds nothing', async () => {
  const server = createServer()
  const listening = once(server, 'listening')
  assert.equal(server.listen(45_871, '0.0.0.0'), server)
  await listening
  assert.equal(server.listening, true)
  assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port: 45_871 })
  assert.equal(await isOpen(45_871), false)
  assert.deepEqual(caught.servers.map(({ port, isListening }) => ({ port, isListening })), [{ port: 45_871, isListening: true }])
  assert.equal(changes, 1)
})

test('listen calls back, and a server on any port gets the service\'s', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(resolve))
  assert.equal(addressOf(server).port, 3042)
})

test('close calls back, says so and lets it listen again', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ port: 4000 }, resolve))
  await new Promise<void>((resolve, reject) => server.close((error) => error === undefined ? resolve() : reject(error)))
  assert.equal(server.listening, false)
  assert.equal(caught.servers[0]?.isListening, false)
  server.listen(4001)
  assert.equal(caught.servers[1]?.isListening, true)
})

test('listening twice is refused as node:http refuses it', () => {
  const server = createServer()
  server.listen(4000)
  assert.throws(() => server.listen(4000), { code: 'ERR_SERVER_ALREADY_LISTEN' })
})

test('an aborted signal closes it', async () => {
  const server = createServer()
  const controller = new AbortController()
  server.listen({ port: 4000, signal: controller.signal })
  await once(server, 'listening')
  const closed = once(server, 'close')
  controller.abort()
  await closed
})

test('a server that has not heard yet that it listens can be left at once', async () => {
  const other = createServer()
  let told = 0
  other.on('listening', () => told++)
  createServer().listen(4000)
  other.listen(0)
  await caught.settle(0)
  assert.deepEqual([told, caught.others], [1, [`127.0.0.1:${addressOf(other).port}`]])
  other.close()
})

test('a server that is not chosen listens on loopback, and says listening once', async () => {
  const chosen = createServer()
  const other = createServer((_req, res) => res.end('other'))
  let told = 0
  other.on('listening', () => told++)
  chosen.listen(4000)
  other.listen(0, '0.0.0.0')
  await once(other, 'listening')
  await caught.settle(0)
  const { port, address } = addressOf(other)
  assert.equal(address, '127.0.0.1')
  assert.deepEqual(caught.others, [`127.0.0.1:${port}`])
  const [response] = await once(get({ port, host: '127.0.0.1', agent: false }), 'response')
  assert.equal((await response.toArray()).join(''), 'other')
  assert.equal(told, 1)
  await new Promise((resolve) => other.close(resolve))
  assert.deepEqual(caught.others, [])
})

test('a server that is not chosen takes another port when its own is taken', async () => {
  const taken = createNetServer()
  taken.listen(0)
  await once(taken, 'listening')
  const other = createServer()
  other.listen(addressOf(taken).port)
  await once(other, 'listening')
  await caught.settle(undefined)
  assert.notEqual(addressOf(other).port, addressOf(taken).port)
  assert.equal(caught.others.length, 2)
  other.close()
  taken.close()
})

test('a server that listens after the choice goes to loopback at once', async () => {
  await caught.settle(undefined)
  const late = createServer()
  late.listen(0, '0.0.0.0')
  await once(late, 'listening')
  assert.equal(addressOf(late).address, '127.0.0.1')
  late.close()
})

test('what is no HTTP server listens on loopback, whatever it asked for', async () => {
  const server = createNetServer()
  server.listen({ port: 0, host: '0.0.0.0' })
  await once(server, 'listening')
  assert.equal(addressOf(server).address, '127.0.0.1')
  assert.deepEqual(caught.others, [`127.0.0.1:${addressOf(server).port}`])
  server.close()
})

test('an http2 server is refused', () => {
  assert.throws(() => createHttp2Server().listen(4000), { code: 'WATT_HTTP2_SERVER', message: /"api"/ })
})

test('cluster.fork is refused', async () => {
  assert.throws(() => cluster.fork(), { code: 'WATT_CLUSTER_FORK', message: /"api"/ })
  const named = await import('node:cluster')
  assert.throws(() => named.default.fork(), { code: 'WATT_CLUSTER_FORK' })
})

test('Fastify on localhost is one server', async () => {
  const app = Fastify()
  await app.listen({ port: 4000, host: 'localhost' })
  await caught.settle(0)
  assert.deepEqual(caught.others, [])
  await app.close()
})

const shapes: Record<string, { args: unknown[], port: number | undefined }> = {
  'listen()': { args: [], port: 0 },
  'listen(callback)': { args: [() => {}], port: 0 },
  'listen(port)': { args: [80], port: 80 },
  'listen("port")': { args: ['80'], port: 80 },
  'listen(port, host, backlog, callback)': { args: [80, '0.0.0.0', 511, () => {}], port: 80 },
  'listen({ port })': { args: [{ port: '80' }], port: 80 },
  'listen({ port: undefined })': { args: [{ port: undefined }], port: 0 },
  'listen(path)': { args: ['/run/x.sock'], port: undefined },
  'listen({ path })': { args: [{ path: '/run/x.sock' }], port: undefined },
  'listen({ fd })': { args: [{ fd: 3 }], port: undefined },
  'listen(a port that is none)': { args: [70_000], port: undefined }
}

for (const [shape, { args, port }] of Object.entries(shapes)) {
  test(`${shape} asks for ${port ?? 'no port'}`, () => assert.equal(listenTarget(args)?.port, port))
}
