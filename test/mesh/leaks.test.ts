// Nothing is left of a request that is over, however it ended: both sides are in this thread, and its objects are counted.
import assert from 'node:assert/strict'
import { IncomingMessage, createServer, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { queryObjects } from 'node:v8'
import { request as undiciRequest } from 'undici'
import { Call } from '../../src/mesh/call.ts'
import { installClient } from '../../src/mesh/client/index.ts'
import { Translator } from '../../src/mesh/client/handler.ts'
import { type Mesh } from '../../src/mesh/mesh.ts'
import { Served } from '../../src/mesh/serve/served.ts'
import { VirtualSocket } from '../../src/mesh/serve/virtual-socket.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'

const requests = 500
/** As many as a service keeps for the next requests. */
const keptSockets = 64

let cluster: Cluster
let service: Mesh
let caller: Mesh
let undo: () => void
let closed = 0
let listenersLeft = 0
let begun = (): void => {}

const answers: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
  '/text': (_req, res) => { res.end('text') },
  '/never': () => {},
  '/begins': (_req, res) => { res.write('begun') },
  '/cut': (_req, res) => {
    res.write('begun')
    setImmediate(() => res.destroy())
  }
}

before(async () => {
  cluster = new Cluster(['shop'])
  service = cluster.join({ service: 'shop' })
  service.serve(createServer((req, res) => {
    const { socket } = req
    res.on('close', () => {
      closed++
      // As the framework's own listener is called before the last of ours.
      setImmediate(() => { listenersLeft = Math.max(listenersLeft, socket.listenerCount('close'), socket.listenerCount('error'), socket.listenerCount('drain')) })
    })
    begun()
    answers[req.url ?? '']?.(req, res)
  }))
  cluster.switchboard.admit(cluster.lastId)
  caller = cluster.join()
  undo = installClient(caller)
  await ask(caller, 'shop', '/text').answer
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
})

function counted (): Record<string, number> {
  return Object.fromEntries([Call, Served, Translator, IncomingMessage].map((type) => [type.name, queryObjects(type, { format: 'count' })]))
}

/** The service has heard of the end of `count` requests, and so has the caller. */
async function over (count: number): Promise<void> {
  const isOver = (): boolean => closed >= count && service.serving === 0
  while (!isOver()) await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** How a client ends the request `index`; resolves when it has heard of the end. */
const clients: Record<string, (index: number) => Promise<void>> = {
  'Mesh.request, every second one aborted before its answer': async (index) => {
    if (index % 2 === 0) {
      await ask(caller, 'shop', '/text').answer
      return
    }
    const arrived = Promise.withResolvers<void>()
    begun = arrived.resolve
    const { exchange } = ask(caller, 'shop', '/never')
    await arrived.promise
    exchange.abort()
  },
  'Mesh.request, aborted in its answer': async () => {
    const { exchange, head } = ask(caller, 'shop', '/begins')
    await head
    exchange.abort()
  },
  'undici.request, every second one aborted': async (index) => {
    if (index % 2 === 0) {
      await (await undiciRequest('http://shop.internal/text')).body.text()
      return
    }
    const aborter = new AbortController()
    begun = () => setImmediate(() => aborter.abort())
    await assert.rejects(undiciRequest('http://shop.internal/never', { signal: aborter.signal }), { name: 'AbortError' })
  },
  'fetch, every second one aborted in its answer': async (index) => {
    if (index % 2 === 0) {
      await (await fetch('http://shop.internal/text')).text()
      return
    }
    const aborter = new AbortController()
    const response = await fetch('http://shop.internal/begins', { signal: aborter.signal })
    aborter.abort()
    await assert.rejects(response.text(), { name: 'AbortError' })
  },
  'a service that cuts its answer': async () => {
    await assert.rejects(ask(caller, 'shop', '/cut').answer, { code: 'WATT_RESPONSE_CUT' })
  }
}

for (const [name, run] of Object.entries(clients)) {
  test(`${name}: nothing is left`, async () => {
    const earlier = counted()
    const closedBefore = closed
    listenersLeft = 0
    for (let index = 0; index < requests; index++) await run(index)
    begun = () => {}
    await over(closedBefore + requests)
    assert.equal(closed, closedBefore + requests)
    assert.equal(service.serving, 0)
    const now = counted()
    for (const [type, count] of Object.entries(now)) {
      // A few are still on someone's stack, or the last that a class remembers.
      assert.ok(count <= (earlier[type] ?? 0) + 8, `${type}: ${earlier[type] ?? 0} before, ${count} after ${requests} requests`)
    }
    assert.ok(queryObjects(VirtualSocket, { format: 'count' }) <= keptSockets + 8, 'virtual sockets are kept for the next requests, and no more than that')
    assert.ok(listenersLeft <= 2, `${listenersLeft} listeners of one kind are left on a socket`)
  })
}
