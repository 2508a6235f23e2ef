// Programs of many kinds, none of which had to be told anything: each is found by its start script, and answers below a prefix.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { readyOf, startProgram } from './start.ts'

interface Row {
  path: string
  says: RegExp
  /** Where it really listens beside the mesh. */
  others?: string[]
}

const rows: Record<string, Row> = {
  serve: { path: '/', says: /hello from a page/ },
  'live-server': { path: '/', says: /hello from a page/ },
  sirv: { path: '/deep/link', says: /hello from a page/ },
  'json-graphql-server': { path: '/graphql', says: /GraphiQL/ },
  mountebank: { path: '/imposters', says: /"imposters": \[\]/ },
  maildev: { path: '/api/healthz', says: /true/, others: ['127.0.0.1:1525'] },
  tiddlywiki: { path: '/status', says: /"tiddlywiki_version"/ },
  'fastify-cli': { path: '/', says: /\{"hello":"from fastify-cli"\}/ },
  'y-websocket': { path: '/', says: /okay/ },
  'reveal-md': { path: '/slides.md', says: /A slide/ },
  dynalite: { path: '/', says: /healthy/ },
  micro: { path: '/', says: /hello from micro/ }
}

for (const [name, { path, says, others = [] }] of Object.entries(rows)) {
  test(`${name} answers`, async () => {
    await using app = await startProgram(name)
    const ready = readyOf(app)
    assert.match(ready.runtimeReason, /^the start script runs /)
    assert.deepEqual(ready.otherServers, others)
    const response = await app.get(`/${name}${path}`)
    assert.match(await response.text(), says)
    assert.equal(response.status, 200)
  })
}

test('a program that forks in production runs as its worker: gun', async () => {
  await using app = await startProgram('chat', { path: '.', entry: 'node_modules/gun/examples/http.js', routes: [{ host: '*', pathPrefix: '/' }] })
  assert.match(await (await app.get('/')).text(), /examples folder/)
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/gun`)
  await once(socket, 'open')
  socket.close()
})

test('a package may be listed by its folder, and runs where its node_modules lie', async () => {
  await using app = await startProgram('chat', { path: 'node_modules/http-server', args: ['http-server/public'], routes: [{ host: '*', pathPrefix: '/' }] })
  assert.equal(readyOf(app).runtimeReason, 'the service is the package of http-server')
  assert.match(await (await app.get('/')).text(), /hello from a page/)
})

test('an entry may name a program', async () => {
  await using app = await startProgram('chat', { path: 'serve', entry: 'sirv', args: ['public', '--port', '5051'], routes: [{ host: '*', pathPrefix: '/' }] })
  assert.equal(readyOf(app).runtimeReason, 'the service names sirv')
  assert.match(await (await app.get('/')).text(), /hello from a page/)
})

test('what a thread cannot bear is said, with the remedy, which holds', async () => {
  await assert.rejects(startProgram('umask'), /does what only a process can do: .*process\.umask.*set `isolation: process`/)
  await using app = await startProgram('umask', { isolation: 'process' })
  assert.equal(await (await app.get('/umask/')).text(), 'umask 77')
})

test('programs run in a process of their own as they do in a thread', async () => {
  await using app = await startProgram('json-server', { isolation: 'process' })
  assert.deepEqual(await (await app.get('/json-server/posts/1')).json(), { id: 1, title: 'one' })
})
