// Bodies that stream, readers that are slow, and either side that gives up.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { request as undiciRequest } from 'undici'
import { windowBytes } from '../../src/mesh/credit.ts'
import { installDispatcher } from '../../src/mesh/client/dispatcher.ts'
import { installClient } from '../../src/mesh/client/index.ts'
import { type Mesh } from '../../src/mesh/mesh.ts'
import { ask } from './ask.ts'
import { Cluster, type TestThread } from './cluster.ts'

let cluster: Cluster
let mesh: Mesh
let thread: TestThread
let undo: () => void

before(async () => {
  cluster = new Cluster(['shop'])
  thread = await cluster.start('shop', 'http-service.ts')
  mesh = cluster.join()
  undo = installClient(mesh)
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
})

test('a caller that pauses stops the service after one window', async () => {
  const stalled = thread.heard('stalled')
  const { exchange, head, received } = ask(mesh, 'shop', '/drip')
  exchange.pause()
  const written = await stalled as number
  assert.ok(written <= windowBytes + 3 * 65_536, `${written} bytes were taken from the service`)
  assert.equal(received(), 0)
  const again = thread.heard('stalled')
  exchange.resume()
  await head
  await again
  exchange.abort()
})

test('a service that does not read stops its caller after one window', async () => {
  const asked = thread.heard('asked')
  const { exchange, answer } = ask(mesh, 'shop', '/unread', { method: 'POST', body: 'stream' })
  await asked
  const chunk = new Uint8Array(65_536)
  let taken = 0
  while (exchange.write(chunk)) taken += chunk.byteLength
  assert.ok(taken <= windowBytes, `${taken} bytes were taken from the caller`)
  const { promise, resolve } = Promise.withResolvers<void>()
  exchange.onDrain = resolve
  thread.say('unread')
  await promise
  exchange.end()
  assert.equal((await answer).body, 'read')
})

test('64 MiB stream down through fetch', async () => {
  const response = await fetch('http://shop.internal/big?mib=64')
  let bytes = 0
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength
  assert.equal(bytes, 64 << 20)
})

test('32 MiB stream up through undici', async () => {
  const chunk = Buffer.alloc(1 << 20)
  const { body } = await undiciRequest('http://shop.internal/count', { method: 'POST', body: Readable.from((function * () { for (let index = 0; index < 32; index++) yield chunk })()) })
  assert.equal(await body.text(), String(32 << 20))
})

test('20 MiB stream up and back through node:http', async () => {
  const request = httpRequest('http://shop.internal/mirror', { method: 'POST' })
  const chunk = Buffer.alloc(1 << 20, 'm')
  Readable.from((function * () { for (let index = 0; index < 20; index++) yield chunk })()).pipe(request)
  const [response] = await once(request, 'response')
  let bytes = 0
  for await (const part of response) bytes += part.length
  assert.equal(bytes, 20 << 20)
})

test('a chunk is the caller\'s again as soon as write returns', async () => {
  const { exchange, answer } = ask(mesh, 'shop', '/mirror', { method: 'POST', body: 'stream' })
  const chunk = Buffer.alloc(50_000, 'a')
  exchange.write(chunk)
  chunk.fill('b')
  exchange.end()
  assert.equal((await answer).body, 'a'.repeat(50_000))
  assert.equal(chunk.byteLength, 50_000)
})

test('trailers cross both ways', async () => {
  const up = ask(mesh, 'shop', '/echo', { method: 'POST', body: 'stream' })
  up.exchange.write(Buffer.from('x'))
  up.exchange.end(['X-Up', '1'])
  assert.deepEqual(JSON.parse((await up.answer).body).trailers, ['X-Up', '1'])
  assert.deepEqual((await ask(mesh, 'shop', '/trailers').answer).trailers, ['X-Sum', '4', 'X-Also', 'this'])
})

test('the head of an event stream does not wait for its first event', async () => {
  const { head, exchange } = ask(mesh, 'shop', '/never-ends')
  assert.equal((await head).status, 200)
  exchange.abort()
})

const abortingClients: Record<string, (url: string) => Promise<() => void>> = {
  'Mesh.request': async (url) => {
    const { exchange } = ask(mesh, 'shop', new URL(url).pathname)
    return () => exchange.abort()
  },
  fetch: async (url) => {
    const controller = new AbortController()
    fetch(url, { signal: controller.signal }).then((response) => response.text()).catch(() => {})
    return () => controller.abort()
  },
  'undici.request': async (url) => {
    const controller = new AbortController()
    undiciRequest(url, { signal: controller.signal }).then(({ body }) => body.text()).catch(() => {})
    return () => controller.abort()
  },
  'node:http': async (url) => {
    const request = get(url, { agent: false }).on('error', () => {}).on('response', (response) => response.on('error', () => {}).resume())
    return () => request.destroy()
  }
}

for (const [name, start] of Object.entries(abortingClients)) {
  test(`${name}: an abort before the answer reaches the handler`, async () => {
    const asked = thread.heard('asked')
    const heard = Promise.all(['aborted', 'request closed', 'response closed'].map((type) => thread.heard(type)))
    const abort = await start('http://shop.internal/never')
    await asked
    abort()
    assert.equal((await heard)[2], false)
  })
}

test('an abort in the middle of the answer reaches the handler', async () => {
  const closed = thread.heard('response closed')
  const { exchange, head } = ask(mesh, 'shop', '/never-ends')
  await head
  exchange.abort()
  assert.equal(await closed, false)
})

test('a caller\'s thread that ends aborts its requests', async () => {
  const asked = thread.heard('asked')
  const closed = thread.heard('response closed')
  const other = cluster.join()
  ask(other, 'shop', '/never')
  await asked
  other.close()
  assert.equal(await closed, false)
})

test('a response that is destroyed before its head is an error', async () => {
  await assert.rejects(ask(mesh, 'shop', '/destroy').answer, { code: 'WATT_RESPONSE_CUT', status: 502 })
  await assert.rejects(fetch('http://shop.internal/destroy'), TypeError)
  const [error] = await once(get('http://shop.internal/destroy', { agent: false }), 'error')
  assert.equal(error.code, 'ECONNRESET')
})

test('a response that is destroyed in its middle is never a complete one', async () => {
  const { head, answer, received } = ask(mesh, 'shop', '/destroy-late')
  assert.equal((await head).status, 200)
  await assert.rejects(answer, { code: 'WATT_RESPONSE_CUT' })
  assert.equal(received(), 4)
  const response = await fetch('http://shop.internal/destroy-late')
  await assert.rejects(response.text(), TypeError)
  const [message] = await once(get('http://shop.internal/destroy-late', { agent: false }), 'response')
  await assert.rejects(message.toArray(), { code: 'ECONNRESET' })
})

test('a slow reader over a virtual socket holds the service back', async () => {
  const stalled = thread.heard('stalled')
  const [response] = await once(get('http://shop.internal/drip', { agent: false }), 'response')
  const written = await stalled as number
  // One window of the mesh, one buffer of each stream on the way.
  assert.ok(written <= windowBytes + 6 * 65_536, `${written} bytes were taken from the service`)
  response.destroy()
})

test('a request of which nothing is read leaves the next one whole', async () => {
  for (let index = 0; index < 3; index++) {
    const early = ask(mesh, 'shop', '/early', { method: 'POST', body: 'stream' })
    early.exchange.write(new Uint8Array(100_000))
    assert.equal((await early.answer).body, 'early')
    assert.equal((await ask(mesh, 'shop', '/text').answer).body, 'text')
  }
  assert.equal(mesh.declares('shop'), true)
})

test('no callback comes before request returns, nor after an abort', async () => {
  let hasReturned = false
  const { promise, resolve } = Promise.withResolvers<void>()
  const calls: string[] = []
  const note = (name: string) => () => {
    assert.ok(hasReturned)
    calls.push(name)
    resolve()
  }
  mesh.request('nobody', { method: 'GET', path: '/', headers: [] }, null, { onHead: note('head'), onData: note('data'), onEnd: note('end'), onError: note('error') })
  hasReturned = true
  await promise
  assert.deepEqual(calls, ['error'])
  const aborted = mesh.request('shop', { method: 'GET', path: '/text', headers: ['host', 'x'] }, null, { onHead: note('late'), onData: note('late'), onEnd: note('late'), onError: note('late') })
  aborted.abort()
  await ask(mesh, 'shop', '/text').answer
  assert.deepEqual(calls, ['error'])
})

test('headers that are flushed bring no empty piece of a body', async () => {
  const lengths = await new Promise<number[]>((resolve, reject) => {
    const found: number[] = []
    mesh.request('shop', { method: 'GET', path: '/flush', headers: ['host', 'shop.internal'] }, null, {
      onHead () {},
      onData: (chunk) => found.push(chunk.byteLength),
      onEnd: () => resolve(found),
      onError: reject
    })
  })
  assert.deepEqual(lengths, [9])
})

test('a fetch whose answer does not begin in time fails as undici\'s own does', async () => {
  undo()
  const undoShort = installDispatcher(mesh, 20)
  const closed = thread.heard('response closed')
  await assert.rejects(fetch('http://shop.internal/never'), (error: Error) => Reflect.get(Object(error.cause), 'code') === 'UND_ERR_HEADERS_TIMEOUT')
  await closed
  undoShort()
  undo = installClient(mesh)
})

test('a socket timeout that a handler sets fires while nothing moves', async () => {
  assert.equal((await ask(mesh, 'shop', '/timeout').answer).body, 'timed out')
})
