// What a process may hold and for how long it may stand still, judged from outside of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, route, service, start, type Running } from '../supervisor/support.ts'
import { isAlive, jsonOf, processes, root, statusOf } from './support.ts'

const mib = 2 ** 20
const greedy = service('greedy', { routes: [route('/greedy', { rewrite: '/' })], isolation: 'process', memoryBytes: 250 * mib, health: { blockedTimeoutMs: 60_000 } })
const sleepy = service('sleepy', { routes: [route('/sleepy', { rewrite: '/' })], isolation: 'process', health: { blockedTimeoutMs: 2_000 } })

async function exited (shop: Running): Promise<void> {
  await shop.until(() => shop.events.some(({ type }) => type === 'workerExited'))
}

const fills: Record<string, string> = { 'turn by turn': '/fill-slowly', 'in one turn that never ends': '/fill' }

for (const [how, path] of Object.entries(fills)) {
  test(`a process that fills its memory ${how} is ended, with the figure`, async () => {
    await using shop = await start(app([greedy]), { root })
    await shop.supervisor.started
    const answer = await shop.get(`/greedy${path}`, { method: 'POST' })
    assert.equal(answer.status, 503)
    await exited(shop)
    const { lastExit } = statusOf(shop, 'greedy')
    assert.equal(lastExit?.reason, 'memory')
    const [, held = '0'] = /^it held (\d+) MiB of resident memory .*; the limit is 250 MiB$/.exec(lastExit.message) ?? []
    assert.ok(Number(held) > 250, lastExit.message)
    assert.equal(await jsonOf(shop, '/greedy/'), 'hello')
  })
}

test('a process whose loop stands still is replaced', async () => {
  await using shop = await start(app([sleepy]), { root })
  const { pid } = await jsonOf(shop, '/sleepy/place') as { pid: number }
  const spinning = shop.get('/sleepy/spin', { method: 'POST' })
  await exited(shop)
  assert.equal(statusOf(shop, 'sleepy').lastExit?.reason, 'blocked')
  assert.equal((await spinning).status, 503)
  assert.equal(await jsonOf(shop, '/sleepy/'), 'hello')
  while (isAlive(pid)) await jsonOf(shop, '/sleepy/')
})

test('one that is stuck in a native call is ended too, with what it waits for: nothing is given up', async () => {
  await using shop = await start(app([sleepy]), { root })
  const { pid } = await jsonOf(shop, '/sleepy/place') as { pid: number }
  const stuck = shop.get('/sleepy/stuck', { method: 'POST' })
  await exited(shop)
  assert.equal((await stuck).status, 503)
  assert.equal(statusOf(shop, 'sleepy').lastExit?.reason, 'blocked')
  while (processes().some(({ group, state }) => group === pid && state !== 'Z')) await jsonOf(shop, '/sleepy/')
  assert.equal(shop.events.some(({ type }) => type === 'threadAbandoned'), false)
})

test('a process that is only idle, or stopped for a moment, is left alone', async () => {
  await using shop = await start(app([sleepy]), { root })
  const { pid } = await jsonOf(shop, '/sleepy/place') as { pid: number }
  process.kill(pid, 'SIGSTOP')
  const answer = jsonOf(shop, '/sleepy/')
  process.kill(pid, 'SIGCONT')
  assert.equal(await answer, 'hello')
  assert.equal((await jsonOf(shop, '/sleepy/place') as { pid: number }).pid, pid)
})
