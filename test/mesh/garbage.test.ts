// What comes over a port and is none of what it should be: read up to it, told, and got over.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import { type WattError } from '../../src/base/error.ts'
import * as frame from '../../src/mesh/frame.ts'
import { type ResponseHandler } from '../../src/mesh/mesh.ts'
import { PortPeer } from '../../src/mesh/peer.ts'
import { Call } from '../../src/mesh/call.ts'
import { Link } from '../../src/mesh/link.ts'
import { Turn } from '../../src/mesh/turn.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'

const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.uint8Array())
/** But for `lends`, which the peer itself heeds. */
const anyFrame = fc.integer({ min: 0, max: frame.lends - 1 }).chain((kind) =>
  fc.array(field, { minLength: (frame.lengths[kind] ?? 0) - 2, maxLength: (frame.lengths[kind] ?? 0) - 2 })
    .map((fields): frame.Batch => [kind, 1, ...fields]))

/** Errors that would end the thread, while `run` runs. */
async function uncaughtIn (run: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = []
  const note = (error: unknown): void => { errors.push(error) }
  const kept = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', note)
  try {
    await run()
  } finally {
    process.off('uncaughtException', note)
    for (const listener of kept) process.on('uncaughtException', listener)
  }
  return errors
}

test('batches of whole frames, garbage between them and split anyhow: every whole frame before the garbage is read, and the port still works', async () => {
  const garbage = fc.constantFrom<frame.Batch>([99, 0], ['x'], [frame.request, 1, 'GET'], [-1], [1.5, 2])
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.array(anyFrame, { maxLength: 30 }), fc.option(garbage))), async (batches) => {
    const { port1, port2 } = new MessageChannel()
    const read: frame.Batch[] = []
    const closed = Promise.withResolvers<void>()
    const errors = await uncaughtIn(async () => {
      assert.ok(new PortPeer(port1, new Turn(), {
        read: (_kind, _exchange, batch, at) => { read.push(batch.slice(at, frame.after(batch, at))) },
        closed: closed.resolve
      }))
      for (const [frames, tail] of batches) port2.postMessage([...frames.flat(), ...tail ?? []])
      port2.close()
      await closed.promise
    })
    assert.deepEqual(read, batches.flatMap(([frames]) => frames))
    assert.deepEqual(errors.map((error) => (error as WattError).code), batches.filter(([, tail]) => tail !== null).map(() => 'WATT_FRAME_UNKNOWN'))
  }), { numRuns: 50 })
})

test('a worker may say anything in any order: its caller hears one end, and nothing behind it', async () => {
  const head = fc.tuple(fc.constantFrom(200, 204, 500), fc.string(), fc.constant<string[]>(['a', '1']))
  const said = fc.oneof(
    head.map(([status, message, headers]): frame.Batch => [frame.information, 1, status, message, headers]),
    fc.tuple(head, fc.option(fc.string()), fc.constantFrom(0, frame.streams)).map(([[status, message, headers], body, flags]): frame.Batch => [frame.response, 1, status, message, headers, body, flags]),
    fc.string().map((bytes): frame.Batch => [frame.data, 1, bytes]),
    fc.constant<frame.Batch>([frame.end, 1, null]),
    fc.constant<frame.Batch>([frame.cut, 1]),
    fc.nat().map((bytes): frame.Batch => [frame.credit, 1, bytes]),
    // Of an exchange that is over, or never was.
    fc.constant<frame.Batch>([frame.data, 2, 'late'])
  )
  const step = fc.oneof({ weight: 5, arbitrary: said }, fc.constantFrom('pause' as const, 'resume' as const))
  await fc.assert(fc.asyncProperty(fc.array(step), fc.boolean(), async (steps, aborts) => {
    const heard: string[] = []
    const note = (name: string) => () => { heard.push(name) }
    const handler: ResponseHandler = { onInformation: note('information'), onHead: note('head'), onData: note('data'), onEnd: note('end'), onError: note('error') }
    const peer = { transfers: [], underWay: 0, isClosed: false, send () {}, sendData () {}, sendNow () {}, flush () {}, close () {}, abandon () {} }
    let overs = 0
    const link = new Link(1, () => peer, { leaving () {}, lost: (_link, calls) => calls.forEach((call) => call.read('lost', [], 0)) })
    const call = new Call('shop', { method: 'GET', path: '/', headers: [] }, [], null, handler, { over: () => { overs++ } }, 0)
    link.send(call)
    for (const now of steps) {
      if (now === 'pause') call.pause()
      else if (now === 'resume') call.resume()
      else link.read(now[0] as number, now[1] as number, now, 0)
    }
    call.resume()
    if (aborts) call.abort()
    link.closed()
    assert.equal(overs, 1)
    assert.equal(peer.underWay, 0)
    const ends = heard.filter((name) => name === 'end' || name === 'error')
    const last = heard.at(-1)
    if (aborts && ends.length === 0) return
    assert.equal(ends.length, 1, heard.join(' '))
    assert.ok(last === 'end' || last === 'error')
    assert.ok(heard.filter((name) => name === 'head').length <= 1)
    if (heard.includes('data')) assert.ok(heard.indexOf('head') < heard.indexOf('data') && heard.includes('head'))
    if (last === 'end') assert.ok(heard.includes('head'))
  }))
})

test('a caller may say anything of requests that are over or never were: its service answers the next one', async () => {
  await using cluster = new Cluster(['shop'])
  const mesh = cluster.join({ service: 'shop' })
  mesh.serve(createServer((_req, res) => { res.end('served') }))
  cluster.switchboard.admit(cluster.lastId)
  const others = anyFrame.filter(([kind]) => kind !== frame.request)
  const errors = await uncaughtIn(async () => {
    await fc.assert(fc.asyncProperty(fc.array(others), async (frames) => {
      const control = cluster.switchboard.attach('stranger', 1000)
      const { port1: near, port2: far } = new MessageChannel()
      control.postMessage({ type: 'dial', worker: 1, port: far }, [far])
      near.postMessage(frames.flat())
      const answered = new Promise((resolve) => near.on('message', (batch: frame.Batch) => { if (batch.includes('served')) resolve(undefined) }))
      near.postMessage([frame.request, 5, 'GET', '/', ['host', 'shop.internal'], null, 0, ''])
      await answered
      near.close()
      control.close()
      cluster.switchboard.detach(1000)
    }), { numRuns: 30 })
  })
  assert.deepEqual(errors, [])
  assert.equal((await ask(cluster.join(), 'shop', '/').answer).body, 'served')
})

const raw: Record<string, [path: string, answer: { status: number, body: string } | { code: string }]> = {
  'an answer that a service writes by its socket\'s end is the answer': ['/raw-end', { status: 202, body: 'raw' }],
  'what is no answer is cut': ['/raw-garbage', { code: 'WATT_RESPONSE_CUT' }],
  'an answer that is shorter than it says is cut': ['/raw-short', { code: 'WATT_RESPONSE_CUT' }],
  'a socket that is ended without an answer is cut': ['/raw-nothing', { code: 'WATT_RESPONSE_CUT' }]
}

for (const [name, [path, wanted]] of Object.entries(raw)) {
  test(`${name}, and the worker is free again`, async () => {
    await using cluster = new Cluster(['shop'])
    const worker = await cluster.start('shop', 'http-service.ts')
    const mesh = cluster.join()
    const { answer } = ask(mesh, 'shop', path)
    if ('code' in wanted) await assert.rejects(answer, wanted)
    else assert.deepEqual(await answer.then(({ head: { status }, body }) => ({ status, body })), wanted)
    // One that is still served would hold it up.
    const drained = worker.heard('drained')
    worker.say('drain')
    await drained
  })
}
