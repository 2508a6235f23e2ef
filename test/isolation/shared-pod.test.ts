// Services that share a thread, in a whole pod: their log lines, their callers in other threads, their end.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appFolder, type AppFolder } from '../runtimes/service-thread.ts'
import { app as appConfig, route, service, start, type Running } from '../supervisor/support.ts'

let folder: AppFolder
let shop: Running

const program = (name: string): string => `const http = require('node:http')
const fs = require('node:fs')
http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x')
  if (pathname === '/throw') throw new Error('thrown by ${name}')
  if (pathname === '/log') console.log('said by ${name}')
  if (pathname === '/note') return response.end(fs.readFileSync('note.txt'))
  if (pathname === '/slow') {
    console.log('slow in ${name}')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const next = searchParams.get('to')
  const rest = next === null ? '' : ' ' + await (await fetch(next)).text()
  response.end('${name}' + rest)
}).listen(process.env.PORT)`

before(async () => {
  folder = appFolder({ 'note.txt': 'in the root', 'a/index.js': program('a'), 'b/index.js': program('b'), 'c/index.js': program('c') })
  shop = await start(appConfig([
    service('a', { path: 'a', thread: 'api', routes: [route('/a', { rewrite: '/' })] }),
    service('b', { path: 'b', thread: 'api', routes: [route('/b', { rewrite: '/' })] }),
    service('c', { path: 'c', routes: [route('/c', { rewrite: '/' })] })
  ]), { root: folder.root })
  await shop.supervisor.started
})

after(async () => {
  await shop.supervisor.close()
  folder[Symbol.dispose]()
})

const text = async (path: string): Promise<string> => await (await shop.get(path)).text()

test('each is called from outside, from the thread and from another, under its own name', async () => {
  assert.equal(await text('/a?to=http://b.internal/'), 'a b')
  assert.equal(await text(`/c?to=${encodeURIComponent('http://b.internal/?to=http://a.internal/')}`), 'c b a')
  assert.equal(await text(`/b?to=${encodeURIComponent('http://c.internal/?to=http://a.internal/')}`), 'b c a')
})

test('a relative path means the app\'s root', async () => {
  assert.deepEqual([await text('/a/note'), await text('/b/note')], ['in the root', 'in the root'])
})

test('a line of the log has the name of the service that wrote it, and the trace of its request', async () => {
  for (const name of ['a', 'b']) {
    const traceId = name.repeat(32)
    await shop.get(`/${name}/log`, { headers: { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` } })
    await shop.until(() => shop.records.some(({ msg }) => msg === `said by ${name}`))
    const record = shop.records.find(({ msg }) => msg === `said by ${name}`)
    assert.deepEqual([record?.service, record?.trace_id], [name, traceId])
  }
})

test('an error that nobody catches names the service, and only the request that threw fails', async () => {
  const thrown = shop.get('/b/throw', { method: 'POST' })
  await shop.until(() => shop.events.some(({ type }) => type === 'workerExited'))
  const exit = shop.events.find((event) => event.type === 'workerExited')
  assert.deepEqual([exit?.service, exit?.reason, exit?.message], ['api', 'error', 'service "b": thrown by b'])
  assert.equal((await thrown).status, 503)
  assert.equal(await text('/a?to=http://b.internal/'), 'a b')
})

test('a drain loses no request that is under way between the two', async () => {
  const answers = Promise.all(['/a/slow?to=http://b.internal/slow', '/b/slow?to=http://a.internal/'].map(text))
  await shop.until(() => shop.records.some(({ msg }) => msg === 'slow in a') && shop.records.some(({ msg }) => msg === 'slow in b'))
  await shop.supervisor.drain()
  assert.deepEqual(await answers, ['a b', 'b a'])
})
