// A burst must not starve what else a thread has to do.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { PortPeer, type Peer } from '../../src/mesh/peer.ts'
import { Turn } from '../../src/mesh/turn.ts'
import * as frame from '../../src/mesh/frame.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'

const burst = 10_000

test('10,000 calls at once leave turns to others, and each is answered', async (t) => {
  await using cluster = new Cluster(['shop'])
  let served = 0
  let mostInTurn = 0
  let inTurn = 0
  const server = createServer((_req, res) => {
    mostInTurn = Math.max(mostInTurn, ++inTurn)
    served++
    res.end()
  })
  const over = new AbortController()
  t.after(() => over.abort())
  const count = (): void => {
    inTurn = 0
    if (!over.signal.aborted) setImmediate(count)
  }
  count()
  cluster.join({ service: 'shop' }).serve(server)
  cluster.switchboard.admit(cluster.lastId)
  const mesh = cluster.join()
  await Promise.all(Array.from({ length: burst }, () => ask(mesh, 'shop', '/').answer))
  assert.equal(served, burst)
  assert.ok(mostInTurn <= 32, `${mostInTurn} requests were begun in one turn`)
})

test('a caller with a few requests does not wait for the burst of another', async () => {
  await using cluster = new Cluster(['shop'])
  const served: string[] = []
  cluster.join({ service: 'shop' }).serve(createServer((req, res) => {
    served.push(req.url ?? '')
    res.end()
  }))
  cluster.switchboard.admit(cluster.lastId)
  const [bursting, modest] = [cluster.join(), cluster.join()]
  await Promise.all([bursting, modest].map((mesh) => ask(mesh, 'shop', '/first').answer))
  const all = Array.from({ length: burst }, () => ask(bursting, 'shop', '/burst').answer)
  const few = Array.from({ length: 10 }, () => ask(modest, 'shop', '/few').answer)
  await Promise.all([...all, ...few])
  const before = served.lastIndexOf('/few')
  assert.ok(before < burst / 10, `the last of the few was served after ${before} of the burst`)
  assert.equal(served.length, burst + 12)
})

test('a burst lets messages, timers and sockets of its service through', async () => {
  await using cluster = new Cluster(['shop'])
  let served = 0
  cluster.join({ service: 'shop' }).serve(createServer((_req, res) => {
    served++
    res.end()
  }))
  cluster.switchboard.admit(cluster.lastId)
  const mesh = cluster.join()
  await ask(mesh, 'shop', '/').answer
  const { port1, port2 } = new MessageChannel()
  const heardAfter: Record<string, number> = {}
  const calls = Array.from({ length: burst }, () => ask(mesh, 'shop', '/').answer)
  port1.on('message', () => { heardAfter.message = served })
  port2.postMessage('order')
  setTimeout(() => { heardAfter.timer = served }, 1)
  await Promise.all(calls)
  port1.close()
  for (const kind of ['message', 'timer']) assert.ok((heardAfter[kind] ?? Infinity) < burst / 2, `the ${kind} was heard after ${heardAfter[kind]} requests`)
})

test('two callers that burst are read in turns', async () => {
  const turn = new Turn()
  const read: string[] = []
  const make = (name: string): { peer: Peer, post: (batch: frame.Batch) => void, close: () => void } => {
    const { port1, port2 } = new MessageChannel()
    const peer = new PortPeer(port1, turn, { read: () => { read.push(name) }, closed () {} })
    return { peer, post: (batch) => port2.postMessage(batch), close: () => port2.close() }
  }
  const [one, two] = [make('one'), make('two')]
  const many = Array.from({ length: 1000 }, (_, index) => [frame.cut, index]).flat()
  one.post(many)
  two.post(many)
  while (read.length < 2000) await new Promise((resolve) => setImmediate(resolve))
  const firstOfTwo = read.indexOf('two')
  assert.ok(firstOfTwo < 200, `the second waited for ${firstOfTwo} frames of the first`)
  assert.deepEqual([read.filter((name) => name === 'one').length, read.length], [1000, 2000])
  one.close()
  two.close()
})

/** In one turn of the loop, with `underWay` calls: the lengths of the batches that are posted before it ends, and after. */
async function posted (underWay: number, say: (peer: PortPeer) => void): Promise<number[][]> {
  const lengths: number[] = []
  const line = { postMessage: (batch: frame.Batch) => { lengths.push(batch.length) }, on: () => line, close () {} }
  const peer = new PortPeer(line, new Turn(), { read () {}, closed () {} }, true)
  peer.underWay = underWay
  say(peer)
  const atOnce = lengths.splice(0)
  await new Promise((resolve) => setImmediate(resolve))
  return [atOnce, lengths]
}

const request = (): frame.Batch => [frame.request, 1, 'GET', '/', [], null, 0, '']
const times = (count: number, once: (peer: PortPeer) => void) => (peer: PortPeer) => { for (let done = 0; done < count; done++) once(peer) }
const piece = new Uint8Array(65_536)
const batches: Record<string, { underWay: number, say: (peer: PortPeer) => void, are: number[][] }> = {
  'what is said when little is under way goes at once': { underWay: 1, say: times(2, (peer) => peer.sendNow(request())), are: [[8, 8], []] },
  'under load it waits for the end of the turn': { underWay: 50, say: times(7, (peer) => peer.sendNow(request())), are: [[], [56]] },
  'eight requests wait no longer': { underWay: 50, say: times(10, (peer) => peer.sendNow(request())), are: [[64], [16]] },
  'nor do six pieces of bodies, the first behind the memory they lie in': { underWay: 50, say: times(8, (peer) => peer.sendData(1, piece)), are: [[18], [9]] }
}
for (const [name, { underWay, say, are }] of Object.entries(batches)) {
  test(`batches: ${name}`, async () => assert.deepEqual(await posted(underWay, say), are))
}

test('frames behind one whose reader throws are read all the same, and then the end', async () => {
  const { port1, port2 } = new MessageChannel()
  const read: number[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const thrown = once(process, 'uncaughtException')
  const keep = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', () => {})
  assert.ok(new PortPeer(port1, new Turn(), {
    read (_kind, exchange) {
      read.push(exchange)
      if (exchange === 1) throw new Error('a listener of the service')
    },
    closed: resolve
  }))
  port2.postMessage([frame.cut, 0, frame.cut, 1, frame.cut, 2])
  port2.postMessage([frame.cut, 3])
  port2.close()
  await promise
  thrown.catch(() => {})
  for (const listener of keep) process.on('uncaughtException', listener)
  assert.deepEqual(read, [0, 1, 2, 3])
})
