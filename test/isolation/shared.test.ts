// Services that share a thread: each is a member of the mesh by itself, and whose code runs is always known.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appFolder, type AppFolder } from '../runtimes/service-thread.ts'
import { SharedThread } from './shared-thread.ts'

/** One thread is looked at by many tests: what each asks for is a path of its own. */
let app: AppFolder
let thread: SharedThread

const places = `JSON.stringify({
  cwd: process.cwd(), argv: process.argv, title: process.title, port: process.env.PORT,
  note: fs.readFileSync('notes.txt', 'utf8'), isMain: MAIN })`

before(async () => {
  app = appFolder({
    'notes.txt': 'of the root',
    'shared/calls.cjs': `// Code of neither: whose call it is, is known by who calls.
const http = require('node:http')
const agent = new http.Agent({ keepAlive: true })
exports.byFetch = (url) => fetch(url).then((response) => response.text())
exports.byHttp = (url) => new Promise((resolve, reject) => {
  http.get(url, { agent }, (response) => response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject)).on('error', reject)
})
exports.say = (text) => console.log(text)`,
    'a/index.mjs': `import http from 'node:http'
import fs from 'node:fs'
import calls from '../shared/calls.cjs'
console.log('a is loaded')
await 1
console.log('a goes on')
setTimeout(() => console.log('a by a timer'), 1)
let count = 0
setInterval(() => { count++ }, 5)
http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://a')
  const answers = {
    '/': () => 'a',
    '/places': () => ${places.replace('MAIN', 'import.meta.main')},
    '/fetch': () => calls.byFetch(searchParams.get('url')),
    '/http': () => calls.byHttp(searchParams.get('url')),
    '/say': () => { setImmediate(() => calls.say('a says')); return '' },
    '/count': () => String(count),
    '/late': () => new Promise((resolve) => {
      const server = http.createServer((request, response) => response.end('late')).listen(45_871, () => resolve(JSON.stringify(server.address())))
      server.unref()
    }),
    '/fill': () => new Promise((resolve) => request.on('data', () => calls.say('a reads')).on('end', resolve))
  }
  response.end(await answers[pathname]())
}).listen(process.env.PORT)
console.log('a listens')`,
    'b/index.cjs': `const http = require('node:http')
const fs = require('node:fs')
const calls = require('../shared/calls.cjs')
console.log('b is loaded')
Promise.resolve().then(() => console.log('b by a promise'))
http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://b')
  const answers = {
    '/': () => 'b',
    '/places': () => ${places.replace('MAIN', 'require.main === module')},
    '/fetch': () => calls.byFetch(searchParams.get('url')),
    '/http': () => calls.byHttp(searchParams.get('url')),
    '/say': () => { setImmediate(() => calls.say('b says')); return '' },
    '/trace': () => request.headers.traceparent,
    '/head': () => JSON.stringify(request.rawHeaders)
  }
  response.end(await answers[pathname]())
}).listen(3000)`,
    'c/package.json': '{ "type": "module", "dependencies": { "fastify": "*" } }',
    'c/index.js': 'export default { fetch: (request) => new Response("c " + new URL(request.url).pathname) }'
  })
  thread = new SharedThread({
    root: app.root,
    tracing: { samplingRatio: 1 },
    services: [{ name: 'a', path: 'a', args: ['--of-a'] }, { name: 'b', path: 'b', port: 3000 }, { name: 'c', path: 'c/index.js' }]
  })
  await thread.ready()
})

after(async () => {
  await thread[Symbol.asyncDispose]()
  app[Symbol.dispose]()
})

test('programs that listen on the same port are each reached by their own name', async () => {
  assert.deepEqual((await Promise.all(['a', 'b', 'c'].map((name) => thread.ask(name)))).map(({ body }) => body), ['a', 'b', 'c /'])
})

test('they are loaded one after the other, in order', () => {
  const ready = thread.messages.filter(({ type }) => type === 'ready').map((message) => 'service' in message ? message.service : '')
  assert.deepEqual(ready, ['a', 'b', 'c'])
})

test('they share the folder and the title; each has its own argv, and is the main program', async () => {
  const of = { cwd: app.root, title: 'api', port: '3000', note: 'of the root', isMain: true }
  assert.deepEqual(await thread.json('a', '/places'), { ...of, argv: [process.execPath, `${app.root}/a/index.mjs`, '--of-a'] })
  assert.deepEqual(await thread.json('b', '/places'), { ...of, argv: [process.execPath, `${app.root}/b/index.cjs`] })
})

const lines: Record<string, string> = {
  'a is loaded': 'a', 'a goes on': 'a', 'a by a timer': 'a', 'a listens': 'a', 'b is loaded': 'b', 'b by a promise': 'b'
}
for (const [line, service] of Object.entries(lines)) {
  test(`the line "${line}" is one of service ${service}`, async () => { assert.equal(await thread.writer(line), service) })
}

test('a line that shared code writes is one of the service that runs it', async () => {
  await Promise.all([thread.ask('a', '/say'), thread.ask('b', '/say')])
  assert.deepEqual([await thread.writer('a says'), await thread.writer('b says')], ['a', 'b'])
})

test('what is read of a body from outside is read by the service itself', async () => {
  await thread.ask('a', '/fill', { method: 'POST', body: 'x'.repeat(100_000) })
  assert.equal(await thread.writer('a reads'), 'a')
})

/** Calls so far, by caller and callee. */
function count (): Record<string, number> {
  const rows = thread.series.filter(({ metric }) => metric === 'wattapp_mesh_requests_total')
  return Object.fromEntries(rows.map(({ labels: { from, to }, value }) => [`${from} → ${to}`, value]))
}

for (const client of ['fetch', 'http']) {
  test(`a call by ${client} in shared code is one of the service that makes it, over kept connections too`, async () => {
    const before = count()
    assert.equal((await thread.ask('a', `/${client}?url=http://b.internal/`)).body, 'b')
    assert.equal((await thread.ask('b', `/${client}?url=http://a.internal/`)).body, 'a')
    assert.equal((await thread.ask('b', `/${client}?url=http://c.internal/x`)).body, 'c /x')
    assert.equal((await thread.ask('a', `/${client}?url=http://c.internal/x`)).body, 'c /x')
    const after = count()
    assert.deepEqual(Object.keys(after).map((way) => [way, (after[way] ?? 0) - (before[way] ?? 0)]).toSorted(), [['a → b', 1], ['a → c', 1], ['b → a', 1], ['b → c', 1]])
  })
}

test('a call has a span of the service that answers, under that of the service that called', async () => {
  const { body } = await thread.ask('a', '/fetch?url=http://b.internal/trace')
  const [, traceId = '', spanId = ''] = body.split('-')
  // Each service tells of its own, in whichever order.
  await thread.heard('spans', ({ spans }) => spans.some((span) => span.spanId === spanId))
  await thread.heard('spans', ({ spans }) => spans.some((span) => span.service === 'a' && span.traceId === traceId))
  const callee = thread.spans.find((span) => span.spanId === spanId)
  const caller = thread.spans.find((span) => span.spanId === callee?.parentSpanId)
  assert.deepEqual([callee?.service, caller?.service, caller?.parentSpanId], ['b', 'a', ''])
})

test('a server that starts in a request handler belongs to the service of that handler', async () => {
  assert.deepEqual(await thread.json('a', '/late'), { address: '127.0.0.1', family: 'IPv4', port: 45_871 })
  assert.equal((await thread.ask('b')).body, 'b')
})
