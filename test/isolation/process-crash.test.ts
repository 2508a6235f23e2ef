// What no thread can contain ends one process and nothing else.
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { app, load, route, service, start, type Running } from '../supervisor/support.ts'
import { isAlive, jsonOf, processes, root, statusOf, zombiesOf } from './support.ts'

const fragile = service('fragile', {
  routes: [route('/fragile', { rewrite: '/' })],
  isolation: 'process',
  // The second answers while the first is started again.
  workers: 2,
  restart: { initialMs: 10, maxMs: 50, limit: 100, windowMs: 60_000 }
})
const other = service('other', { routes: [route('/other', { rewrite: '/' })] })

let shop: Running
let exitsHeard = 0

before(async () => {
  shop = await start(app([fragile, other]), { root })
  await shop.supervisor.started
})

after(async () => {
  const children = processes().filter(({ parent }) => parent === process.pid)
  assert.ok(children.length > 0)
  await shop.supervisor.close()
  assert.deepEqual(processes().filter(({ pid }) => children.some((child) => child.pid === pid)), [], 'a supervisor that closes leaves no process')
})

/** Has one worker do it, and waits until the supervisor has seen its end. */
async function perish (deed: string): Promise<Response> {
  const answer = await shop.get(`/fragile${deed}`, { method: 'POST' })
  await exits(1)
  return answer
}

async function exits (count: number): Promise<void> {
  exitsHeard += count
  await shop.until(() => shop.events.filter((event) => event.type === 'workerExited' && event.service === 'fragile').length >= exitsHeard)
}

interface Row { deed: string, reason: string, message: RegExp }

const rows: Record<string, Row> = {
  'process.abort()': { deed: '/abort', reason: 'signal', message: /^its process \d+ was ended by SIGABRT \(it gave up by itself/ },
  'a bad pointer in native code': { deed: '/segfault', reason: 'signal', message: /^its process \d+ was ended by SIGSEGV \(a bad memory access in native code\)$/ },
  'SIGKILL, as the kernel sends it': { deed: '/signal?name=SIGKILL', reason: 'signal', message: /SIGKILL \(killed from outside; the kernel does that when/ },
  'process.exit()': { deed: '/exit?code=7', reason: 'exit', message: /^its process \d+ ended with exit code 7$/ },
  'an unhandled rejection': { deed: '/reject', reason: 'error', message: /^asked to reject$/ },
  'words on its pipe that are not ours': { deed: '/garble', reason: 'error', message: /garbled/ }
}

for (const [name, { deed, reason, message }] of Object.entries(rows)) {
  test(`${name} ends one process, is told by its reason, and answered with an error; no one else notices`, async () => {
    await using onOther = load(`${shop.supervisor.url}/other`, 2)
    const answer = await perish(deed)
    assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [503, 'WATT_WORKER_LOST'])
    const { lastExit } = statusOf(shop, 'fragile')
    assert.equal(lastExit?.reason, reason)
    assert.match(lastExit.message, message)
    await onOther.answered(1)
    assert.deepEqual(Object.keys(await onOther.stop()), ['200'])
    assert.equal(await jsonOf(shop, '/fragile/'), 'hello')
    assert.deepEqual(zombiesOf(process.pid), [])
  })
}

test('an uncaught error is one record with its stack, and its exit handlers have run', async () => {
  const from = shop.records.length
  await perish('/throw')
  const errors = shop.records.slice(from).filter(({ msg }) => msg.includes('asked to throw'))
  assert.equal(errors.length, 1)
  assert.match(String(errors[0]?.stack), /Error: asked to throw\n\s+at .*web\.mjs/)
  await shop.until(() => shop.records.slice(from).some(({ msg }) => msg === 'leaves with 1'))
})

test('an error that is thrown while the request is handed over is an uncaught one as well', async () => {
  const request = httpRequest(`${shop.supervisor.url}/fragile/throw`, { headers: { connection: 'Upgrade', upgrade: 'echo' } })
  request.on('error', () => {}).end()
  // A GET is tried once more.
  await exits(2)
  const { lastExit } = statusOf(shop, 'fragile')
  assert.deepEqual([lastExit?.reason, lastExit?.message], ['error', 'asked to throw at once'])
})

test('its last words before a native crash are in the log', async () => {
  const from = shop.records.length
  await perish('/abort')
  // Node's own, by the descriptor.
  await shop.until(() => shop.records.slice(from).some(({ msg, service }) => service === 'fragile' && msg.includes('JavaScript stack trace')))
})

test('what a process started ends with it', async () => {
  const { pid } = await jsonOf(shop, '/fragile/grandchild') as { pid: number }
  assert.equal(isAlive(pid), true)
  const parent = processes().find((entry) => entry.pid === pid)?.parent ?? 0
  process.kill(parent, 'SIGSEGV')
  await exits(1)
  // Its parent is whoever takes orphans on this machine, who may be slow to reap it.
  while (isAlive(pid)) await jsonOf(shop, '/other/')
})

test('a request that was in flight in two crashes is not sent a third time', async () => {
  const answer = await shop.get('/fragile/segfault')
  assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [502, 'WATT_WORKER_LOST_TWICE'])
  await exits(2)
})

test('an idempotent request is answered by another process', async () => {
  const { pid } = await jsonOf(shop, '/fragile/place') as { pid: number }
  const held = Promise.all(Array.from({ length: 8 }, () => jsonOf(shop, '/fragile/')))
  process.kill(pid, 'SIGKILL')
  assert.deepEqual(new Set(await held), new Set(['hello']))
  await exits(1)
})

test('reasons are counted', async () => {
  const metrics = await (await shop.admin('/metrics')).text()
  assert.match(metrics, /wattapp_worker_restarts_total\{service="fragile",reason="signal"\} [1-9]/)
  assert.match(metrics, /wattapp_worker_restarts_total\{service="fragile",reason="error"\} [1-9]/)
  assert.equal(statusOf(shop, 'other').restarts, 0)
})
