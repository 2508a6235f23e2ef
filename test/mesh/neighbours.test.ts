// Two members of the mesh in one thread call each other without a port, and with everything that a call has: streams,
// backpressure, aborts, upgrades, contexts, fair turns. The callee is never admitted, so no other way leads to it.
import assert from 'node:assert/strict'
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { Readable, type Duplex } from 'node:stream'
import { afterEach, beforeEach, test } from 'node:test'
import WsClient, { WebSocketServer } from 'ws'
import { windowBytes } from '../../src/mesh/credit.ts'
import { installClient } from '../../src/mesh/client/index.ts'
import { type Enter, type Mesh, type MeshObserver } from '../../src/mesh/mesh.ts'
import { Neighbours } from '../../src/mesh/neighbours.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'
import { makeServer } from './fixtures/http.ts'

let cluster: Cluster
let neighbours: Neighbours
let caller: Mesh
let undos: Array<() => void>

beforeEach(() => {
  cluster = new Cluster(['shop', 'caller'])
  neighbours = new Neighbours()
  caller = cluster.join({ service: 'caller', neighbours })
  undos = []
})

afterEach(async () => {
  undos.forEach((undo) => undo())
  await cluster[Symbol.asyncDispose]()
})

function serve (server: Server, observer: MeshObserver = {}, enter?: Enter): Mesh {
  const mesh = cluster.join({ service: 'shop', neighbours, observer, ...(enter !== undefined && { enter }) })
  mesh.serve(server)
  return mesh
}

/** fixtures/http.ts, and what it says. */
function serveAll (): EventEmitter {
  const said = new EventEmitter()
  serve(makeServer((type, value) => { said.emit(type, value) }))
  return said
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

test('no callback comes before request returns', async () => {
  serve(createServer((_req, res) => res.end('x')))
  let hasReturned = false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  caller.request('shop', { method: 'GET', path: '/', headers: ['host', 'shop.internal'] }, null, { onHead: () => resolve(hasReturned), onData () {}, onEnd () {}, onError () {} })
  hasReturned = true
  assert.equal(await promise, true)
})

test('a request waits for a neighbour that does not serve yet', async () => {
  const { answer } = ask(caller, 'shop', '/')
  await turn()
  serve(createServer((_req, res) => res.end('late')))
  assert.equal((await answer).body, 'late')
})

test('a caller that pauses stops the service after one window', async () => {
  const said = serveAll()
  const stalled = once(said, 'stalled')
  const { exchange, head, received } = ask(caller, 'shop', '/drip')
  exchange.pause()
  const [written] = await stalled as [number]
  assert.ok(written <= windowBytes + 3 * 65_536, `${written} bytes were taken from the service`)
  assert.equal(received(), 0)
  const again = once(said, 'stalled')
  exchange.resume()
  await head
  await again
  exchange.abort()
})

test('a service that does not read stops its caller after one window', async () => {
  const said = serveAll()
  const asked = once(said, 'asked')
  const { exchange } = ask(caller, 'shop', '/unread', { method: 'POST', body: 'stream' })
  await asked
  let taken = 0
  while (exchange.write(new Uint8Array(65_536))) taken += 65_536
  assert.ok(taken <= windowBytes, `${taken} bytes were taken from the caller`)
  exchange.abort()
})

test('bytes are copied: neither side sees what the other writes into its own', async () => {
  const answered = Buffer.alloc(50_000, 'a')
  const seen: Buffer[] = []
  serve(createServer((req, res) => {
    req.on('data', (chunk: Buffer) => seen.push(chunk))
    req.on('end', () => {
      res.end(answered)
      answered.fill('z')
    })
  }))
  const small = Buffer.alloc(100, 's')
  const large = Buffer.alloc(50_000, 'l')
  for (const body of [small, large]) {
    answered.fill('a')
    const { answer } = ask(caller, 'shop', '/', { method: 'POST', body })
    body.fill('z')
    assert.equal((await answer).body, 'a'.repeat(50_000))
    assert.equal(body.byteLength, body.buffer.byteLength === body.byteLength ? body.byteLength : 100)
  }
  assert.equal(Buffer.concat(seen).toString(), 's'.repeat(100) + 'l'.repeat(50_000))
})

test('20 MiB stream up and back through node:http', async () => {
  serveAll()
  undos.push(installClient(caller))
  const request = httpRequest('http://shop.internal/mirror', { method: 'POST' })
  const chunk = Buffer.alloc(1 << 20, 'm')
  Readable.from((function * () { for (let index = 0; index < 20; index++) yield chunk })()).pipe(request)
  const [response] = await once(request, 'response')
  let bytes = 0
  for await (const part of response) bytes += part.length
  assert.equal(bytes, 20 << 20)
})

test('an abort is seen by the service, a cut response by the caller', async () => {
  const said = serveAll()
  const asked = once(said, 'asked')
  const closed = once(said, 'response closed')
  const { exchange } = ask(caller, 'shop', '/never')
  await asked
  exchange.abort()
  assert.deepEqual(await closed, [false])
  await assert.rejects(ask(caller, 'shop', '/destroy').answer, { code: 'WATT_RESPONSE_CUT' })
  const late = ask(caller, 'shop', '/destroy-late')
  assert.equal((await late.head).status, 200)
  await assert.rejects(late.answer, { code: 'WATT_RESPONSE_CUT' })
})

test('a WebSocket echoes, and is closed with its service', async () => {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${String(data)}`)))
  const mesh = serve(server)
  undos.push(installClient(caller))
  const client = new WsClient('ws://shop.internal/')
  await once(client, 'open')
  client.send('hi')
  assert.equal(String((await once(client, 'message'))[0]), 'echo hi')
  mesh.hangUp()
  assert.equal((await once(client, 'close'))[0], 1006)
})

test('an upgrade\'s bytes go both ways, half-closes included', async () => {
  serve(createServer().on('upgrade', (_req, socket: Duplex) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  }))
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  caller.request('shop', { method: 'GET', path: '/', headers: ['host', 'shop.internal', 'connection', 'upgrade', 'upgrade', 'echo'], upgrade: true }, null, {
    onHead: () => reject(new Error('refused')), onData () {}, onEnd () {}, onError: reject, onUpgrade: (_head, socket) => resolve(socket)
  })
  const socket = await promise
  socket.end('there and back')
  assert.equal(Buffer.concat(await socket.toArray()).toString(), 'there and back')
})

test('both sides run in their own context: a handler sees nothing of its caller\'s, nor a callback of its callee\'s', async () => {
  const storage = new AsyncLocalStorage<string>()
  const seen: Array<[string, string | undefined]> = []
  const note = (what: string): void => { seen.push([what, storage.getStore()]) }
  const scope = storage.run('shop', () => new AsyncResource('shop'))
  const own = storage.run('caller', () => new AsyncResource('caller'))
  serve(createServer((req, res) => {
    note('handler')
    req.on('data', () => note('data of the request'))
    req.on('end', () => {
      note('end of the request')
      res.write('x')
      setImmediate(() => res.end('y'))
    })
    res.on('close', () => note('close of the response'))
  }), {}, (run, ...args) => scope.runInAsyncScope(run, undefined, ...args))
  const mesh = cluster.join({ service: 'caller', neighbours, enter: (run, ...args) => own.runInAsyncScope(run, undefined, ...args) })
  await storage.run('a request of the caller', () => new Promise<void>((resolve, reject) => {
    const exchange = mesh.request('shop', { method: 'POST', path: '/', headers: ['host', 'shop.internal'] }, 'stream', {
      onHead: () => note('head'), onData: () => note('data'), onEnd: () => { note('end'); resolve() }, onError: reject
    })
    exchange.write(Buffer.from('x'))
    exchange.end()
  }))
  await turn()
  const expected = new Map([['handler', 'shop'], ['data of the request', 'shop'], ['end of the request', 'shop'], ['close of the response', 'shop'], ['head', 'caller'], ['data', 'caller'], ['end', 'caller']])
  assert.deepEqual(new Set(seen.map(([what]) => what)), new Set(expected.keys()))
  for (const [what, context] of seen) assert.equal(context, expected.get(what), what)
})

test('two that call each other without end leave turns to the rest of the thread', async () => {
  serve(createServer((_req, res) => res.end('pong')))
  let calls = 0
  const over = new AbortController()
  const pingPong = async (): Promise<void> => {
    for (; !over.signal.aborted; calls++) await ask(caller, 'shop', '/').answer
  }
  const done = pingPong()
  // A timer and a poll for I/O come in between, or this never ends.
  await new Promise((resolve) => { setTimeout(resolve, 1) })
  await turn()
  over.abort()
  await done
  assert.ok(calls > 0)
})

test('a burst of 10,000 is served in bounded turns', async () => {
  let mostInTurn = 0
  let inTurn = 0
  let isOver = false
  serve(createServer((_req, res) => {
    mostInTurn = Math.max(mostInTurn, ++inTurn)
    res.end()
  }))
  const count = (): void => {
    inTurn = 0
    if (!isOver) setImmediate(count)
  }
  count()
  await Promise.all(Array.from({ length: 10_000 }, () => ask(caller, 'shop', '/').answer))
  isOver = true
  assert.ok(mostInTurn <= 32, `${mostInTurn} requests were begun in one turn`)
})

test('what a handler throws is nobody\'s but its own: the caller and the requests behind go on', async () => {
  serve(createServer((req, res) => {
    if (req.url === '/throw') throw new Error('thrown by the handler')
    res.end('fine')
  }))
  const keep = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const thrown = new Promise<Error>((resolve) => { process.once('uncaughtException', resolve) })
  const broken = ask(caller, 'shop', '/throw')
  const behind = ask(caller, 'shop', '/')
  assert.equal((await behind.answer).body, 'fine')
  assert.equal((await thrown).message, 'thrown by the handler')
  for (const listener of keep) process.on('uncaughtException', listener)
  broken.exchange.abort()
})

test('a call is recorded by its caller, a request by its service', async () => {
  const records: unknown[] = []
  serve(createServer((_req, res) => {
    res.statusCode = 418
    res.end()
  }), { served: ({ status }) => records.push(['served', status]) })
  const mesh = cluster.join({ service: 'caller', neighbours, observer: { called: ({ to, status }) => records.push(['called', to, status]) } })
  await ask(mesh, 'shop', '/').answer
  await turn()
  assert.deepEqual(records.toSorted(), [['called', 'shop', 418], ['served', 418]])
})

test('a service calls itself', async () => {
  const mesh = serve(createServer((_req, res) => res.end('me')))
  cluster.switchboard.admit(cluster.lastId)
  assert.equal((await ask(mesh, 'shop', '/').answer).body, 'me')
})

test('neighbours leave together: what is under way in one may still call the other', async () => {
  const front = createServer((req, res) => {
    if (req.url !== '/') return
    gate.then(() => ask(caller, 'shop', '/').answer).then(({ body }) => res.end(`front of ${body}`), () => res.destroy())
  })
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  caller.serve(front)
  const callerId = cluster.lastId
  const shop = serve(createServer((_req, res) => res.end('shop')))
  cluster.switchboard.admit(callerId)
  const outside = cluster.join()
  const asked = once(front, 'request')
  const { answer } = ask(outside, 'caller', '/')
  await asked
  let drained = 0
  const both = [caller, shop].map((mesh) => mesh.drain().then(() => { drained++ }))
  await turn()
  assert.equal(drained, 0)
  open()
  assert.equal((await answer).body, 'front of shop')
  await Promise.all(both)
})

test('a call under way ends when its service leaves the mesh', async () => {
  const asked = Promise.withResolvers<void>()
  const shop = serve(createServer(() => asked.resolve()))
  const { answer } = ask(caller, 'shop', '/', { method: 'POST' })
  await asked.promise
  shop.close()
  await assert.rejects(answer, { code: 'WATT_WORKER_LOST' })
})
