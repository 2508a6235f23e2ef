// Services that share a thread: one worker, one supervision, a face for each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, load, route, service, start } from './support.ts'

const one = service('one', { thread: 'both', routes: [route('/one', { rewrite: '/' })], env: { ONE: '1' } })
const two = service('two', { thread: 'both', routes: [route('/two', { rewrite: '/' })], env: { TWO: '2' } })
const other = service('other', { routes: [route('/')], dependsOn: ['two'] })

test('they run in one worker, are ready together, call each other, and are told apart but for what they share', async () => {
  await using shop = await start(app([one, two, other]))
  await shop.supervisor.started
  const ready = shop.events.filter((event) => event.type === 'workerReady').map(({ service, worker }) => [service, worker])
  assert.equal(ready[0]?.[1], ready[1]?.[1])
  assert.deepEqual(ready.map(([name]) => name), ['one', 'two', 'other'])
  const threads = await Promise.all(['/one', '/two', '/'].map(async (path) => (await (await shop.get(path)).json() as { thread: number }).thread))
  assert.equal(threads[0], threads[1])
  assert.notEqual(threads[0], threads[2])
  assert.deepEqual(await (await shop.get('/one/call?to=http://two.internal/')).json(), { status: 200 })
  const env = await (await shop.get('/one/env')).json() as Record<string, string>
  assert.deepEqual([env.ONE, env.TWO], ['1', '2'])

  const statuses = shop.supervisor.status().services
  assert.deepEqual(statuses.map(({ name, thread, ready, workers }) => [name, thread, ready, workers.map(({ id }) => id)]), [
    ['one', 'both', 1, [ready[0]?.[1]]], ['two', 'both', 1, [ready[0]?.[1]]], ['other', undefined, 1, [ready[2]?.[1]]]
  ])
  const metrics = await (await shop.admin('/metrics')).text()
  for (const name of ['one', 'two', 'other']) assert.match(metrics, new RegExp(`wattapp_service_ready\\{service="${name}"\\} 1`))
  for (const [name, is] of [['both', 1], ['other', 1], ['one', 0], ['two', 0]] as const) {
    for (const figure of ['wattapp_worker_heap_used_bytes', 'wattapp_service_workers_desired', 'wattapp_worker_memory_limit_bytes']) {
      assert.equal([...metrics.matchAll(new RegExp(`^${figure}\\{service="${name}"\\}`, 'gm'))].length, is, `${figure} of ${name}`)
    }
  }
})

test('when one of them ends the worker, all are replaced, and no idempotent request is lost', async () => {
  await using shop = await start(app([one, two]))
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/two`, 4)
  await requests.answered(20)
  await shop.get('/one/exit')
  await shop.until(() => shop.events.some(({ type }) => type === 'workerExited'))
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  const exit = shop.events.find((event) => event.type === 'workerExited')
  assert.deepEqual([exit?.service, exit?.reason, exit?.message], ['both', 'exit', 'service "one": it called process.exit(7)'])
  assert.deepEqual(shop.supervisor.status().services.map(({ restarts }) => restarts), [1, 1])
})

test('when one of them cannot start, all are in crash loop, and their callers are told so', async () => {
  await using shop = await start(app([one, { ...two, path: 'crash.mjs' }]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerExited' && event.isCrashLoop))
  for (const path of ['/one', '/two']) {
    const answer = await shop.get(path)
    assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [503, 'WATT_SERVICE_CRASH_LOOP'])
  }
})

test('another env of one replaces the worker of all, without a lost request', async () => {
  await using shop = await start(app([one, two]))
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/two`, 4)
  await requests.answered(20)
  await shop.supervisor.apply(app([{ ...one, env: { ONE: 'uno' } }, two]))
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.equal((await (await shop.get('/two/env')).json() as Record<string, string>).ONE, 'uno')
  assert.deepEqual(shop.supervisor.status().services.map(({ restarts, ready }) => [restarts, ready]), [[0, 1], [0, 1]])
})

test('a background service beside one that is called is not called itself', async () => {
  const background = service('background', { thread: 'both', path: 'listens-later.mjs' })
  await using shop = await start(app([{ ...one, env: {} }, background]))
  await shop.supervisor.started
  assert.equal((await shop.get('/one')).status, 200)
  // Held, since it is not there yet.
  const called = shop.get('/one/call?to=http://background.internal/')
  await shop.get('/one')
  const channel = new BroadcastChannel('listens-later')
  channel.postMessage('listen')
  channel.close()
  assert.deepEqual(await (await called).json(), { status: 200 })
})
