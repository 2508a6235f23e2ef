// Workers that are away, that end, and that leave in good order.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, beforeEach, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { installClient } from '../../src/mesh/client/index.ts'
import { type CallRecord } from '../../src/mesh/mesh.ts'
import { ask } from './ask.ts'
import { Cluster, type TestThread } from './cluster.ts'

let cluster: Cluster
beforeEach(() => { cluster = new Cluster(['shop', 'bank']) })
afterEach(() => cluster[Symbol.asyncDispose]())

const start = (service = 'shop'): Promise<TestThread> => cluster.start(service, 'http-service.ts')

test('a service that no one declared is unknown', async () => {
  const mesh = cluster.join()
  assert.equal(mesh.declares('shop'), true)
  assert.equal(mesh.declares('nobody'), false)
  assert.equal(mesh.declares('gateway'), false)
  await assert.rejects(ask(mesh, 'nobody', '/').answer, { code: 'WATT_SERVICE_UNKNOWN', status: 502 })
})

test('a request waits for the first worker', async () => {
  const held: Array<[string, number]> = []
  const mesh = cluster.join({ observer: { held: (service, change) => held.push([service, change]) } })
  const { answer } = ask(mesh, 'shop', '/text')
  const upload = ask(mesh, 'shop', '/count', { method: 'POST', body: 'stream' })
  upload.exchange.write(new Uint8Array(7))
  upload.exchange.end()
  await start()
  assert.equal((await answer).body, 'text')
  assert.equal((await upload.answer).body, '7')
  assert.deepEqual(held, [['shop', 1], ['shop', 1], ['shop', -1], ['shop', -1]])
})

test('a request that waits too long is told that the service is away', async () => {
  const mesh = cluster.join({ hold: { limit: 10, timeoutMs: 20 } })
  await assert.rejects(ask(mesh, 'shop', '/').answer, { code: 'WATT_SERVICE_AWAY', status: 503 })
})

test('no more than the limit wait, and those of another service do not count', async () => {
  const mesh = cluster.join({ hold: { limit: 2, timeoutMs: 60_000 } })
  const waiting = [ask(mesh, 'shop', '/text'), ask(mesh, 'shop', '/text'), ask(mesh, 'bank', '/text')]
  await assert.rejects(ask(mesh, 'shop', '/').answer, { code: 'WATT_HOLD_FULL', status: 503 })
  waiting[0]?.exchange.abort()
  const next = ask(mesh, 'shop', '/text')
  await start()
  assert.equal((await next.answer).body, 'text')
  assert.equal((await waiting[1]?.answer)?.body, 'text')
})

test('callers of a service in crash loop are answered at once, those who wait too', async () => {
  const mesh = cluster.join()
  const waiting = ask(mesh, 'shop', '/')
  cluster.switchboard.setCrashLoop('shop', true)
  await assert.rejects(waiting.answer, { code: 'WATT_SERVICE_CRASH_LOOP', status: 503 })
  await assert.rejects(ask(mesh, 'shop', '/').answer, { code: 'WATT_SERVICE_CRASH_LOOP' })
  await start()
  assert.equal((await ask(cluster.join(), 'shop', '/text').answer).body, 'text')
})

test('who waits for a service that is removed is told so', async () => {
  const mesh = cluster.join()
  const { answer } = ask(mesh, 'shop', '/')
  cluster.switchboard.declare(['bank'])
  await assert.rejects(answer, { code: 'WATT_SERVICE_UNKNOWN' })
})

test('a GET whose worker ends is answered by another', async () => {
  const mesh = cluster.join()
  const first = await start()
  const asked = first.heard('asked')
  const { answer } = ask(mesh, 'shop', '/never?then')
  await asked
  const second = await start()
  const again = second.heard('asked')
  first.say('exit')
  assert.equal(await again, '/never?then')
  second.say('exit')
  await assert.rejects(answer, { code: 'WATT_WORKER_LOST_TWICE', status: 502 })
})

test('a PUT with a whole body is sent again, bytes and all', async () => {
  const mesh = cluster.join()
  const first = await start()
  const asked = first.heard('asked')
  const { exchange } = ask(mesh, 'shop', '/never', { method: 'PUT', body: Buffer.alloc(100_000) })
  await asked
  const second = await start()
  const again = second.heard('asked')
  first.say('exit')
  await again
  exchange.abort()
})

const lossRows = {
  'a POST': { method: 'POST', body: Buffer.from('x') },
  'a PUT that streams': { method: 'PUT', body: 'stream' }
} as const

for (const [name, request] of Object.entries(lossRows)) {
  test(`${name} whose worker ends is not sent again`, async () => {
    const mesh = cluster.join()
    const first = await start()
    await start()
    const asked = Promise.race([first.heard('asked')])
    const { answer } = ask(mesh, 'shop', '/never', request)
    await asked
    first.say('exit')
    await assert.rejects(answer, { code: 'WATT_WORKER_LOST', status: 503 })
  })
}

test('a response that was begun is cut', async () => {
  const mesh = cluster.join()
  const first = await start()
  const { head, answer } = ask(mesh, 'shop', '/never-ends')
  await head
  first.say('exit')
  await assert.rejects(answer, { code: 'WATT_RESPONSE_CUT' })
})

test('what was never delivered is sent again, whatever it is', async () => {
  const mesh = cluster.join()
  const deaf = await cluster.start('shop', 'deaf.ts')
  const post = ask(mesh, 'shop', '/echo', { method: 'POST', body: Buffer.from('once') })
  const stream = ask(mesh, 'shop', '/echo', { method: 'POST', body: 'stream' })
  stream.exchange.write(Buffer.from('streamed'))
  stream.exchange.end()
  deaf.say('exit')
  await once(deaf.worker, 'exit')
  await start()
  assert.equal(JSON.parse((await post.answer).body).body, 'once')
  assert.equal(JSON.parse((await stream.answer).body).body, 'streamed')
})

test('a worker that is detached while its loop is blocked loses its requests to another', async () => {
  const mesh = cluster.join()
  const first = await start()
  assert.equal((await ask(mesh, 'shop', '/text').answer).body, 'text')
  first.say('spin')
  const { answer } = ask(mesh, 'shop', '/text')
  await start()
  cluster.switchboard.detach(first.id)
  assert.equal((await answer).body, 'text')
})

test('an uncaught error of one request spares those beside it that may be sent again', async () => {
  const mesh = cluster.join()
  const first = await start()
  const gone = new Promise((resolve) => first.worker.once('exit', resolve))
  const beside = ask(mesh, 'shop', '/never')
  const guilty = ask(mesh, 'shop', '/throw', { method: 'POST', body: Buffer.from('x') })
  const behind = ask(mesh, 'shop', '/text')
  await assert.rejects(guilty.answer, { code: 'WATT_WORKER_LOST' })
  await gone
  const second = await start()
  const again = second.heard('asked')
  assert.equal((await behind.answer).body, 'text')
  beside.exchange.abort()
  ask(mesh, 'shop', '/never').exchange.onDrain = undefined
  await again
})

test('what a blocked worker has not begun is sent to another, whatever it is, and never carried out twice', async () => {
  const mesh = cluster.join()
  const first = await start()
  const spins = first.heard('spinning')
  const guilty = ask(mesh, 'shop', '/spin', { method: 'POST', body: Buffer.from('x') })
  await spins
  const behind = ask(mesh, 'shop', '/echo', { method: 'POST', body: Buffer.from('once') })
  await start()
  cluster.switchboard.detach(first.id)
  assert.equal(JSON.parse((await behind.answer).body).body, 'once')
  await assert.rejects(guilty.answer, { code: 'WATT_WORKER_LOST' })
})

test('the request that ends two workers is lost alone', async () => {
  const mesh = cluster.join()
  const first = await start()
  const gone = once(first.worker, 'exit').catch(() => {})
  const beside = Array.from({ length: 5 }, () => ask(mesh, 'shop', '/soon'))
  const guilty = ask(mesh, 'shop', '/throw')
  const behind = ask(mesh, 'shop', '/soon')
  await gone
  await start()
  await assert.rejects(guilty.answer, { code: 'WATT_WORKER_LOST_TWICE', status: 502 })
  await start()
  for (const { answer } of [...beside, behind]) assert.equal((await answer).body, 'soon')
})

test('a request that blocks two workers does not keep those waiting that came with it', async () => {
  const mesh = cluster.join()
  const first = await start()
  const spins = first.heard('spinning')
  const guilty = ask(mesh, 'shop', '/spin')
  await spins
  const beside = Array.from({ length: 20 }, () => ask(mesh, 'shop', '/text'))
  cluster.switchboard.detach(first.id)
  const second = await start()
  const spinsAgain = second.heard('spinning')
  for (const { answer } of beside) assert.equal((await answer).body, 'text')
  await spinsAgain
  cluster.switchboard.detach(second.id)
  await assert.rejects(guilty.answer, { code: 'WATT_WORKER_LOST_TWICE' })
})

test('of those that may have ended a worker, slow ones do not keep the others waiting', async () => {
  const mesh = cluster.join()
  const first = await start()
  const gone = once(first.worker, 'exit').catch(() => {})
  const slow = [ask(mesh, 'shop', '/never'), ask(mesh, 'shop', '/never')]
  const quick = ask(mesh, 'shop', '/text')
  const guilty = ask(mesh, 'shop', '/throw', { method: 'POST', body: Buffer.from('x') })
  await assert.rejects(guilty.answer, { code: 'WATT_WORKER_LOST' })
  await gone
  await start()
  assert.equal((await quick.answer).body, 'text')
  for (const { exchange } of slow) exchange.abort()
})

test('those that may have ended a worker are told at once when their service is in crash loop', async () => {
  const mesh = cluster.join()
  const first = await start()
  const many = Array.from({ length: 3_000 }, () => ask(mesh, 'shop', '/never'))
  assert.equal((await ask(mesh, 'shop', '/text').answer).body, 'text')
  first.say('exit')
  cluster.switchboard.setCrashLoop('shop', true)
  for (const { answer } of many) await assert.rejects(answer, { code: 'WATT_SERVICE_CRASH_LOOP' })
})

test('requests go to the worker with the fewest of them', async () => {
  const mesh = cluster.join()
  const [first, second] = [await start(), await start()]
  const asked = Promise.race([first.heard('asked').then(() => first), second.heard('asked').then(() => second)])
  ask(mesh, 'shop', '/never')
  const busy = await asked
  const idle = busy === first ? second : first
  busy.heard('asked').then(() => assert.fail('the busy one was asked again'), () => {})
  const next = idle.heard('asked')
  ask(mesh, 'shop', '/never')
  await next
})

test('a worker that drains finishes what it has and gets nothing more', async () => {
  const mesh = cluster.join()
  const first = await start()
  const asked = first.heard('asked')
  const upload = ask(mesh, 'shop', '/unread', { method: 'POST', body: 'stream' })
  upload.exchange.write(Buffer.from('x'))
  await asked
  const drained = first.heard('drained')
  cluster.switchboard.expel(first.id)
  first.say('drain')
  const { answer } = ask(mesh, 'shop', '/text')
  await start()
  assert.equal((await answer).body, 'text')
  first.say('unread')
  upload.exchange.end()
  assert.equal((await upload.answer).body, 'read')
  await drained
})

test('a worker with no callers drains at once', async () => {
  const first = await start()
  const drained = first.heard('drained')
  first.say('drain')
  await drained
})

test('workers are replaced one after the other under load and nothing is lost', async () => {
  const calls: CallRecord[] = []
  const mesh = cluster.join({ observer: { called: (call) => calls.push(call) } })
  const undo = installClient(mesh)
  let worker = await start()
  const over = new AbortController()
  const clients = Array.from({ length: 20 }, async (_, index) => {
    while (!over.signal.aborted) {
      const response = await fetch('http://shop.internal/count', { method: 'POST', body: 'x'.repeat(index * 500) })
      assert.equal(await response.text(), String(index * 500))
    }
  })
  for (let replacements = 0; replacements < 3; replacements++) {
    const next = await start()
    const drained = worker.heard('drained')
    const gone = once(worker.worker, 'exit')
    cluster.switchboard.expel(worker.id)
    worker.say('drain')
    await drained
    await gone
    worker = next
    const before = calls.length
    while (calls.length < before + 100) await turn()
  }
  over.abort()
  await Promise.all(clients)
  undo()
  assert.deepEqual(calls.filter(({ status }) => status !== 200), [])
})

test('who closes its mesh gets an error for what it asks, has asked and waits for', async () => {
  const mesh = cluster.join()
  const shop = await start()
  const asked = shop.heard('asked')
  const pending = [ask(mesh, 'shop', '/never'), ask(mesh, 'bank', '/text')]
  await asked
  mesh.close()
  for (const { answer } of pending) await assert.rejects(answer, { code: 'WATT_MESH_CLOSED' })
  await assert.rejects(ask(mesh, 'shop', '/text').answer, { code: 'WATT_MESH_CLOSED' })
})

test('a caller of fetch gets what the mesh has to say as a response', async () => {
  const mesh = cluster.join()
  const undo = installClient(mesh)
  cluster.switchboard.setCrashLoop('shop', true)
  await assert.rejects(ask(mesh, 'shop', '/').answer)
  const response = await fetch('http://shop.internal/')
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '1')
  const { code, statusCode, hint } = await response.json() as { code: string, statusCode: number, hint: string }
  assert.deepEqual([code, statusCode, hint.length > 0], ['WATT_SERVICE_CRASH_LOOP', 503, true])
  undo()
})
