// Node frameworks as their users write them, in one app: found, served, and calling each other, each in a thread of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { WebSocket } from 'ws'
import { startApp, type RunningApp } from '../support/app.ts'
import { installed } from '../support/install.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

interface Row { runtime: string, says: string }

const rows: Record<string, Row> = {
  express5: { runtime: 'express', says: 'hello from express 5' },
  express4: { runtime: 'express', says: 'hello from express 4' },
  fastify5: { runtime: 'fastify', says: 'hello from fastify 5' },
  fastify4: { runtime: 'fastify', says: 'hello from fastify 4' },
  koa3: { runtime: 'koa', says: 'hello from koa 3' },
  koa2: { runtime: 'koa', says: 'hello from koa 2' },
  'hono-server': { runtime: 'fetch', says: 'hello from hono, served' },
  'hono-fetch': { runtime: 'fetch', says: 'hello from hono, exported' },
  h3v2: { runtime: 'node', says: 'hello from h3 2' },
  h3v1: { runtime: 'node', says: 'hello from h3 1' },
  hapi: { runtime: 'node', says: 'hello from hapi' },
  plain: { runtime: 'node', says: 'hello from node:http' },
  fetcher: { runtime: 'fetch', says: 'hello from a fetch handler' },
  tsx: { runtime: 'node', says: 'hello from tsx' }
}

suite('node frameworks', () => {
  let app: RunningApp

  before(async () => {
    const root = await installed(fixtures)
    const all = [...Object.keys(rows), 'yoga', 'mercurius'].map((name) => [name, { prefix: `/${name}`, routes: [{ host: '*', pathPrefix: `/${name}`, rewrite: '/' }] }] as const)
    app = await startApp({ root, services: { ...Object.fromEntries(all), worker: {} } })
  })
  after(() => app?.supervisor.close())

  for (const [name, { runtime, says }] of Object.entries(rows)) {
    test(`${name} answers, is sent a body, and calls another service`, async () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === name)
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.otherServers], [runtime, []])
      assert.equal(await text(`/${name}/`), says)
      const body = { text: 'naïve ☕', list: Array.from({ length: 1000 }, (_, index) => index) }
      const echo = await app.get(`/${name}/echo`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
      assert.deepEqual(await echo.json(), body)
      if (name !== 'plain') assert.equal(await text(`/${name}/peer`), 'hello from node:http')
    })
  }

  test('a framework\'s own errors and files come through', async () => {
    assert.equal((await app.get('/express5/fails')).status, 500)
    assert.equal(await text('/express5/files/note.txt'), 'a file\n')
    const range = await app.get('/express5/files/note.txt', { headers: { range: 'bytes=2-5' } })
    assert.deepEqual([range.status, await range.text()], [206, 'file'])
  })

  test('a WebSocket reaches a Fastify plugin', async () => {
    const socket = open('/fastify5/socket')
    await once(socket, 'open')
    socket.send('a word')
    const [heard] = await once(socket, 'message') as [Buffer]
    assert.equal(heard.toString(), 'heard a word')
    socket.close()
  })

  test('GraphQL Yoga answers a query, and streams a subscription', async () => {
    assert.deepEqual(await query('/yoga/graphql', '{ hello peer }'), { data: { hello: 'hello from yoga', peer: 'hello from node:http' } })
    const stream = await app.get(`/yoga/graphql?query=${encodeURIComponent('subscription { count (to: 3) }')}`, { headers: { accept: 'text/event-stream' } })
    const counts = Array.from((await stream.text()).matchAll(/"count":(\d)/g), ([, count]) => count)
    assert.deepEqual(counts, ['1', '2', '3'])
  })

  test('Mercurius answers a query, and a subscription by WebSocket', async () => {
    assert.deepEqual(await query('/mercurius/graphql', '{ hello peer }'), { data: { hello: 'hello from mercurius', peer: 'hello from node:http' } })
    const socket = open('/mercurius/graphql', 'graphql-transport-ws')
    await once(socket, 'open')
    const heard = messages(socket)
    socket.send(JSON.stringify({ type: 'connection_init' }))
    assert.equal((await heard()).type, 'connection_ack')
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { said }' } }))
    // The answer to a ping comes after what was asked before it.
    socket.send(JSON.stringify({ type: 'ping' }))
    assert.equal((await heard()).type, 'pong')
    await query('/mercurius/graphql', 'mutation { say (text: "news") }')
    assert.deepEqual((await heard()).payload, { data: { said: 'news' } })
    socket.close()
  })

  test('a service without a server runs in the background, and calls another', async () => {
    await app.until(() => app.log().includes('the worker heard: hello from node:http'))
  })

  async function text (path: string): Promise<string> {
    const response = await app.get(path)
    assert.equal(response.status, 200, path)
    return await response.text()
  }

  async function query (path: string, source: string): Promise<unknown> {
    const response = await app.get(path, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify({ query: source }) })
    return await response.json()
  }

  function open (path: string, ...protocols: string[]): WebSocket {
    return new WebSocket(app.url.replace('http', 'ws') + path, protocols)
  }
})

interface Message { type: string, payload?: unknown }

/** One by one, as they come. */
function messages (socket: WebSocket): () => Promise<Message> {
  const come: Message[] = []
  socket.on('message', (text: Buffer) => come.push(JSON.parse(text.toString()) as Message))
  return async () => {
    while (come.length === 0) await once(socket, 'message')
    return come.shift() ?? { type: 'none' }
  }
}
