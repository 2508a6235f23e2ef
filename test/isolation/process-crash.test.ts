// What no thread can contain ends one process and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, load, route, service, start, type Running } from '../supervisor/support.ts'
import { isAlive, jsonOf, processes, root, statusOf, zombiesOf } from './support.ts'

const fragile = service('fragile', { routes: [route('/fragile', { rewrite: '/' })], isolation: 'process', restart: { initialMs: 10, maxMs: 50, limit: 100, windowMs: 60_000 } })
const other = service('other', { routes: [route('/other', { rewrite: '/' })] })
const sturdy = service('sturdy', { routes: [route('/sturdy', { rewrite: '/' })], isolation: 'process' })

async function exits (shop: Running, count: number): Promise<void> {
  await shop.until(() => shop.events.filter((event) => event.type === 'workerExited' && event.service === 'fragile').length >= count)
}

interface Row { deed: string, reason: string, message: RegExp }

const rows: Record<string, Row> = {
  'process.abort()': { deed: '/abort', reason: 'signal', message: /^its process \d+ was ended by SIGABRT \(it gave up by itself/ },
  'a bad pointer in native code': { deed: '/segfault', reason: 'signal', message: /^its process \d+ was ended by SIGSEGV \(a bad memory access in native code\)$/ },
  'a signal to itself': { deed: '/signal?name=SIGUSR2', reason: 'signal', message: /^its process \d+ was ended by SIGUSR2$/ },
  'SIGKILL, as the kernel sends it': { deed: '/signal?name=SIGKILL', reason: 'signal', message: /SIGKILL \(killed from outside; the kernel does that when/ },
  'process.exit()': { deed: '/exit?code=7', reason: 'exit', message: /^its process \d+ ended with exit code 7$/ },
  'an uncaught error': { deed: '/throw', reason: 'error', message: /^asked to throw$/ },
  'an unhandled rejection': { deed: '/reject', reason: 'error', message: /^asked to reject$/ },
  'words on its pipe that are not ours': { deed: '/garble', reason: 'error', message: /garbled/ }
}

test('a process that ends takes down nothing but itself', async (t) => {
  await using shop = await start(app([fragile, other, sturdy]), { root })
  await shop.supervisor.started
  const [onOther, onSturdy] = [load(`${shop.supervisor.url}/other`, 2), load(`${shop.supervisor.url}/sturdy`, 2)]
  let count = 0
  for (const [name, { deed, reason, message }] of Object.entries(rows)) {
    await t.test(`${name} is told by its reason, and answered with an error`, async () => {
      const answer = await shop.get(`/fragile${deed}`, { method: 'POST' })
      assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [503, 'WATT_WORKER_LOST'])
      await exits(shop, ++count)
      const { lastExit } = statusOf(shop, 'fragile')
      assert.equal(lastExit?.reason, reason)
      assert.match(lastExit.message, message)
      assert.equal(await jsonOf(shop, '/fragile/'), 'hello')
    })
  }
  await t.test('all the others were answered', async () => {
    await Promise.all([onOther.answered(20), onSturdy.answered(20)])
    assert.deepEqual([Object.keys(await onOther.stop()), Object.keys(await onSturdy.stop())], [['200'], ['200']])
    assert.deepEqual([statusOf(shop, 'other').restarts, statusOf(shop, 'sturdy').restarts], [0, 0])
  })
  await t.test('and no zombie is left', () => {
    assert.deepEqual(zombiesOf(process.pid), [])
  })
  await t.test('reasons are counted', async () => {
    const metrics = await (await shop.admin('/metrics')).text()
    assert.match(metrics, /wattapp_worker_restarts_total\{service="fragile",reason="signal"\} 4/)
    assert.match(metrics, /wattapp_worker_restarts_total\{service="fragile",reason="error"\} 3/)
  })
})

test('an uncaught error is one record with its stack, and its exit handlers have run', async () => {
  await using shop = await start(app([fragile]), { root })
  await shop.get('/fragile/throw', { method: 'POST' })
  await exits(shop, 1)
  const errors = shop.records.filter(({ level, service }) => level === 'error' && service !== 'gateway')
  assert.match(String(errors[0]?.stack), /Error: asked to throw\n\s+at .*web\.mjs/)
  assert.equal(errors.filter(({ msg }) => msg.includes('asked to throw')).length, 1)
  await shop.until(() => shop.records.some(({ msg }) => msg === 'leaves with 1'))
})

test('an idempotent request is answered by the next process, and a poisonous one by 502', async () => {
  await using shop = await start(app([fragile]), { root })
  await shop.supervisor.started
  const waiting = jsonOf(shop, '/fragile/')
  const answer = await shop.get('/fragile/segfault')
  assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [502, 'WATT_WORKER_LOST_TWICE'])
  assert.equal(await waiting, 'hello')
})

test('its last words before a native crash are in the log', async () => {
  await using shop = await start(app([fragile]), { root })
  await shop.get('/fragile/abort', { method: 'POST' })
  await exits(shop, 1)
  // Node's own, by its descriptor.
  await shop.until(() => shop.records.some(({ msg, service }) => service === 'fragile' && /Native stack trace|SIGABRT|Aborted|----- /.test(msg)))
})

test('what a process started ends with it', async () => {
  await using shop = await start(app([fragile]), { root })
  const { pid } = await jsonOf(shop, '/fragile/grandchild') as { pid: number }
  assert.equal(isAlive(pid), true)
  await shop.get('/fragile/abort', { method: 'POST' })
  await exits(shop, 1)
  // Its parent is whoever takes orphans on this machine, who may be slow to reap it.
  while (isAlive(pid)) await jsonOf(shop, '/fragile/')
})

test('a supervisor that closes leaves no process', async () => {
  const shop = await start(app([fragile, sturdy]), { root })
  await shop.supervisor.started
  const children = processes().filter(({ parent }) => parent === process.pid)
  assert.equal(children.length, 2)
  await shop.supervisor.close()
  assert.deepEqual(processes().filter(({ pid }) => children.some((child) => child.pid === pid)), [])
})
