// Each way of filling a worker's memory ends that worker alone, and this process lives to tell.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceStatus } from '../../src/api/app-status.ts'
import { app, load, route, service, start } from './support.ts'

const filling = service('web', { path: 'fill.mjs', routes: [route('/')], memoryBytes: 64 * 2 ** 20, restart: { initialMs: 10, maxMs: 300, limit: 100, windowMs: 60_000 } })
const other = service('other', { routes: [route('/other', { rewrite: '/' })] })

test('a worker that fills its memory is ended, whatever it fills it with, and no other notices', async () => {
  await using shop = await start(app([filling, other]))
  await shop.supervisor.started
  const web = (): ServiceStatus | undefined => shop.supervisor.status().services[0]
  await using onOther = load(`${shop.supervisor.url}/other`, 1)
  const kinds = ['array', 'numbers', 'map', 'set', 'keys', 'strings', 'huge', 'buffers', 'one buffer', 'leak']
  for (const [i, kind] of kinds.entries()) {
    // Not idempotent: it is not sent to a second worker.
    const answer = await shop.get(`/fill?kind=${encodeURIComponent(kind)}`, { method: 'POST' })
    // What is allocated at one stroke may be answered before anybody has looked.
    assert.ok(answer.status === 503 || ['huge', 'one buffer'].includes(kind), `${kind}: ${answer.status}`)
    await shop.until(() => web()?.restarts === i + 1)
    assert.deepEqual([kind, web()?.lastExit?.reason], [kind, 'memory'])
    assert.equal((await shop.get('/')).status, 200)
  }
  assert.deepEqual(Object.keys(await onOther.stop()), ['200'])
  assert.equal(shop.supervisor.status().services[1]?.restarts, 0)
  assert.match(await (await shop.admin('/metrics')).text(), /wattapp_worker_restarts_total\{service="web",reason="memory"\} 10/)
})

test('a worker whose memory is full of what nobody needs is told to collect it, and goes on', async () => {
  await using shop = await start(app([{ ...filling, memoryBytes: 112 * 2 ** 20 }]))
  await shop.supervisor.started
  assert.equal((await shop.get('/fill?kind=garbage', { method: 'POST' })).status, 200)
  assert.equal(shop.supervisor.status().services[0]?.restarts, 0)
})
