// A worker whose event loop does not turn is seen from outside and replaced; one that is only busy is left alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceConfig } from '../../src/api/app-config.ts'
import type { ServiceStatus } from '../../src/api/app-status.ts'
import { app, load, route, service, start, type Running } from './support.ts'

const health = { blockedTimeoutMs: 2_000 }
// Patient: three threads that spin leave it little of two cores.
const other = service('other', { routes: [route('/other', { rewrite: '/' })] })

function blocking (name: string, fields: Parameters<typeof service>[1] = {}): ServiceConfig {
  return service(name, { path: 'block.mjs', routes: [route(`/${name}`, { rewrite: '/' })], health, ...fields })
}

function statusOf ({ supervisor }: Running, name: string): ServiceStatus {
  const found = supervisor.status().services.find((service) => service.name === name)
  assert.ok(found !== undefined)
  return found
}

async function threadOf (answer: Response): Promise<number> {
  assert.equal(answer.status, 200)
  return (await answer.json() as { thread: number }).thread
}

for (const [kinds, isNative] of [[['spin', 'microtasks', 'wait', 'pattern'], false], [['exec', 'pbkdf2'], true]] as const) {
  test(`workers blocked by ${kinds.join(', ')} are replaced, what waited for them is answered by the next ones, and no one else notices`, async () => {
    await using shop = await start(app([other, ...kinds.map((kind) => blocking(kind))]))
    await shop.supervisor.started
    await using onOther = load(`${shop.supervisor.url}/other`, 1)
    await Promise.all(kinds.map(async (kind) => {
      const thread = await threadOf(await shop.get(`/${kind}`))
      assert.equal((await shop.get(`/${kind}/block?kind=${kind}`, { method: 'POST' })).status, 200)
      // It may answer a few more before it blocks.
      while (await threadOf(await shop.get(`/${kind}`)) === thread);
    }))
    for (const kind of kinds) {
      const { restarts, lastExit } = statusOf(shop, kind)
      assert.deepEqual([kind, restarts, lastExit?.reason], [kind, 1, 'blocked'])
      assert.equal(lastExit?.message.includes('native call'), isNative, kind)
    }
    assert.deepEqual(Object.keys(await onOther.stop()), ['200'])
    assert.equal(statusOf(shop, 'other').restarts, 0)
    if (isNative) return
    // Of JavaScript the log says where it was; of a native call nobody can.
    const told = shop.records.find(({ service, reason }) => service === 'wait' && reason === 'blocked')
    assert.match(String(told?.stack), /at sleep \(.*block\.mjs:8\)\n\s+at wait \(.*block\.mjs:18\)/)
    assert.match(await (await shop.admin('/metrics')).text(), /wattapp_worker_restarts_total\{service="spin",reason="blocked"\} 1/)
  })
}

test('a request that blocks each worker that it meets is answered 502, and does not block a third', async () => {
  await using shop = await start(app([blocking('web')]))
  await shop.supervisor.started
  const answer = await shop.get('/web/block?kind=spin')
  assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [502, 'WATT_WORKER_LOST_TWICE'])
  await threadOf(await shop.get('/web'))
  assert.equal(statusOf(shop, 'web').restarts, 2)
})

test('a worker that is busy with many short turns is not taken for a blocked one', async () => {
  await using shop = await start(app([blocking('web')]))
  await shop.supervisor.started
  const thread = await threadOf(await shop.get('/web'))
  const answers = await Promise.all([shop.get('/web/busy?ms=4000'), shop.get('/web/busy?ms=4000')])
  assert.deepEqual([await Promise.all(answers.map(threadOf)), statusOf(shop, 'web').restarts], [[thread, thread], 0])
})

test('a pause that ends before its limit is seen as a delay, and borne', async () => {
  await using shop = await start(app([blocking('web', { health: { blockedTimeoutMs: 20_000 } })]))
  await shop.supervisor.started
  const thread = await threadOf(await shop.get('/web'))
  assert.equal(await threadOf(await shop.get('/web/pause?ms=500')), thread)
  const [worker] = statusOf(shop, 'web').workers
  assert.ok((worker?.eventLoopDelayMs ?? 0) >= 200, `delay ${worker?.eventLoopDelayMs}`)
  assert.equal(statusOf(shop, 'web').restarts, 0)
})

test('a start may take longer than a loop may be blocked later', async () => {
  await using shop = await start(app([blocking('web', { env: { LOAD_MS: '3000' } })]))
  await threadOf(await shop.get('/web'))
  assert.equal(statusOf(shop, 'web').restarts, 0)
})
