// Upgrades end to end: accepted, refused, cut, and held back.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { type Duplex } from 'node:stream'
import { after, before, test } from 'node:test'
import { Agent as UndiciAgent, WebSocket as UndiciWebSocket } from 'undici'
import WsClient from 'ws'
import { windowBytes } from '../../src/mesh/credit.ts'
import { installClient } from '../../src/mesh/client/index.ts'
import { type Mesh, type ResponseHead } from '../../src/mesh/mesh.ts'
import { Cluster, type TestThread } from './cluster.ts'

let cluster: Cluster
let mesh: Mesh
let thread: TestThread
let undo: () => void

before(async () => {
  cluster = new Cluster(['feed', 'plain'])
  thread = await cluster.start('feed', 'socket-service.ts')
  await cluster.start('plain', 'http-service.ts')
  mesh = cluster.join()
  undo = installClient(mesh)
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
})

interface Spoken { send: (data: string | Uint8Array) => void, next: () => Promise<string>, closed: Promise<number> }

function speakWs (url: string, options: WsClient.ClientOptions = {}): Spoken {
  const client = new WsClient(url, options)
  const messages: string[] = []
  const waiting: Array<(message: string) => void> = []
  client.on('message', (data) => {
    const wanted = waiting.shift()
    if (wanted === undefined) messages.push(String(data))
    else wanted(String(data))
  })
  return {
    send: (data) => client.send(data),
    next: () => {
      const ready = messages.shift()
      return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready)
    },
    closed: new Promise((resolve) => client.on('close', resolve).on('error', () => {}))
  }
}

function speakStandard (socket: WebSocket | InstanceType<typeof UndiciWebSocket>): Spoken {
  const messages: string[] = []
  const waiting: Array<(message: string) => void> = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    const text = data instanceof ArrayBuffer ? Buffer.from(data).toString() : String(data)
    const wanted = waiting.shift()
    if (wanted === undefined) messages.push(text)
    else wanted(text)
  })
  return {
    send: (data) => socket.send(data as string),
    next: () => {
      const ready = messages.shift()
      return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready)
    },
    closed: new Promise((resolve) => socket.addEventListener('close', ({ code }: { code: number }) => resolve(code)))
  }
}

const clients: Record<string, (url: string) => Spoken> = {
  ws: (url) => speakWs(url),
  'ws with an agent of its own': (url) => speakWs(url, { agent: new Agent({ keepAlive: true }) }),
  'the global WebSocket': (url) => speakStandard(new WebSocket(url)),
  'the undici WebSocket': (url) => speakStandard(new UndiciWebSocket(url)),
  'the undici WebSocket with an Agent of its own': (url) => speakStandard(new UndiciWebSocket(url, { dispatcher: new UndiciAgent() }))
}

for (const [name, speak] of Object.entries(clients)) {
  test(`${name} speaks with a service`, async () => {
    const client = speak('ws://feed.internal:8080/chat?room=1')
    assert.equal(await client.next(), 'hello /chat?room=1')
    client.send('ping')
    assert.equal(await client.next(), 'ping')
    client.send(Buffer.from('binary'))
    assert.equal(await client.next(), 'binary')
    client.send('b'.repeat(1_000_000))
    assert.equal((await client.next()).length, 1_000_000)
    for (let index = 0; index < 100; index++) client.send(String(index))
    for (let index = 0; index < 100; index++) assert.equal(await client.next(), String(index))
    const closed = thread.heard('closed')
    client.send('close')
    assert.equal(await client.closed, 4001)
    assert.equal(await closed, 4001)
  })

  test(`${name} sees a socket that is cut`, async () => {
    const client = speak('ws://feed.internal/')
    await client.next()
    const closed = thread.heard('closed')
    client.send('terminate')
    assert.equal(await client.closed, 1006)
    await closed
  })
}

test('a client that terminates closes the service\'s socket', async () => {
  const client = new WsClient('ws://feed.internal/')
  await once(client, 'message')
  const closed = thread.heard('closed')
  client.terminate()
  assert.equal(await closed, 1006)
})

/** An upgrade by Mesh.request. */
function upgrade (path: string, service = 'feed'): { upgraded: Promise<{ head: ResponseHead, socket: Duplex }>, answered: Promise<{ head: ResponseHead, body: string }> } {
  const upgraded = Promise.withResolvers<{ head: ResponseHead, socket: Duplex }>()
  const answered = Promise.withResolvers<{ head: ResponseHead, body: string }>()
  let answer: { head: ResponseHead, body: string } | undefined
  mesh.request(service, { method: 'GET', path, headers: ['Host', 'feed.internal', 'Connection', 'Upgrade', 'Upgrade', 'raw'], upgrade: true }, null, {
    onHead: (head) => { answer = { head, body: '' } },
    onData: (chunk) => { if (answer !== undefined) answer.body += String(chunk) },
    onEnd: () => { if (answer !== undefined) answered.resolve(answer) },
    onUpgrade: (head, socket) => upgraded.resolve({ head, socket }),
    onError: (error) => answered.reject(error)
  })
  return { upgraded: upgraded.promise, answered: answered.promise }
}

test('bytes after the 101 are the protocol\'s, and a half-close crosses', async () => {
  const { head, socket } = await upgrade('/raw').upgraded
  assert.equal(head.status, 101)
  assert.deepEqual(head.headers, ['Connection', 'Upgrade', 'Upgrade', 'raw', 'X-Mine', '1'])
  const closed = thread.heard('socket closed')
  socket.write('one,')
  socket.end('two,')
  assert.equal(Buffer.concat(await socket.toArray()).toString(), 'first,ONE,TWO,bye')
  await closed
})

test('a half-close crosses a virtual socket too', async () => {
  const request = httpRequest('http://feed.internal/raw', { headers: { connection: 'upgrade', upgrade: 'raw' } })
  request.end()
  const [response, socket, first] = await once(request, 'upgrade') as [IncomingMessage, Duplex, Buffer]
  assert.equal(response.headers['x-mine'], '1')
  const parts = [first]
  socket.on('data', (part: Buffer) => parts.push(part))
  const ended = once(socket, 'end')
  socket.end('one,')
  await ended
  assert.equal(Buffer.concat(parts).toString(), 'first,ONE,bye')
})

test('a service floods its socket as fast as it is read, and no faster', async () => {
  const stalled = thread.heard('stalled')
  const { socket } = await upgrade('/flood').upgraded
  const written = await stalled as number
  assert.ok(written <= windowBytes + 4 * 65_536, `${written} bytes were taken from the service`)
  let bytes = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
    if (bytes > 8 << 20) resolve()
  })
  await promise
  socket.destroy()
})

const refusals: Record<string, { path: string, status: number, body: string }> = {
  'by text on the socket': { path: '/refuse', status: 401, body: 'no' },
  'in chunks': { path: '/refuse-chunked', status: 403, body: 'not you' },
  'by a ServerResponse on the socket': { path: '/refuse-response', status: 404, body: 'by a ServerResponse' }
}

for (const [name, { path, status, body }] of Object.entries(refusals)) {
  test(`an upgrade refused ${name} is an ordinary response`, async () => {
    const answer = await upgrade(path).answered
    assert.deepEqual([answer.head.status, answer.body], [status, body])
    const request = httpRequest(`http://feed.internal${path}`, { headers: { connection: 'upgrade', upgrade: 'raw' } })
    request.end()
    const [response] = await once(request, 'response') as [IncomingMessage]
    assert.deepEqual([response.statusCode, Buffer.concat(await response.toArray()).toString()], [status, body])
    const [error] = await once(new WsClient(`ws://feed.internal${path}`), 'error')
    assert.match(error.message, new RegExp(`Unexpected server response: ${status}`))
  })
}

test('a socket that is destroyed, or filled with garbage, is an error', async () => {
  await assert.rejects(upgrade('/destroy').answered, { code: 'WATT_RESPONSE_CUT' })
  await assert.rejects(upgrade('/garbage').answered, { code: 'WATT_RESPONSE_CUT' })
})

test('a service that knows no upgrades answers as if none was asked for', async () => {
  const { head, body } = await upgrade('/text', 'plain').answered
  assert.deepEqual([head.status, body], [200, 'text'])
})

test('a WebSocket to a service whose worker ends is closed', async () => {
  const other = await cluster.start('plain', 'socket-service.ts')
  const idle = new Cluster(['one'])
  const only = await idle.start('one', 'socket-service.ts')
  const away = installClient(idle.join())
  const client = speakWs('ws://one.internal/')
  await client.next()
  await only.worker.terminate()
  assert.equal(await client.closed, 1006)
  away()
  await idle[Symbol.asyncDispose]()
  cluster.switchboard.expel(other.id)
})
