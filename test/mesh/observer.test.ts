// What the mesh tells who watches it, and the context that requests run in.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer, get, type Server } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { installClient } from '../../src/mesh/client/index.ts'
import { type CallRecord, type MeshObserver, type RequestHead, type ServedRecord, type TraceContext } from '../../src/mesh/mesh.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'

let cluster: Cluster
beforeEach(() => { cluster = new Cluster(['shop']) })
afterEach(() => cluster[Symbol.asyncDispose]())

/** A service of this thread, so that both sides can be watched. */
function serve (server: Server, observer: MeshObserver): void {
  const mesh = cluster.join({ service: 'shop', observer })
  mesh.serve(server)
  cluster.switchboard.admit(cluster.lastId)
}

const contextOf = (spanId: string): TraceContext => ({ traceId: 'a'.repeat(32), spanId, parentSpanId: '', sampled: true })

test('a handler runs within the context of its request, and what it calls carries it', async () => {
  const storage = new AsyncLocalStorage<TraceContext>()
  const arrived: RequestHead[] = []
  const observer: MeshObserver = {
    arrive (head) {
      arrived.push({ ...head, headers: [...head.headers] })
      return contextOf(String(arrived.length).repeat(16))
    },
    within: (context, run) => storage.run(context, run),
    current: () => storage.getStore()
  }
  const undo = installClient(cluster.join({ observer }))
  serve(createServer((req, res) => {
    if (req.url === '/inner') {
      res.end(storage.getStore()?.spanId)
      return
    }
    const own = storage.getStore()?.spanId
    setImmediate(() => {
      fetch('http://shop.internal/inner').then((response) => response.text()).then((inner) => {
        get('http://shop.internal/inner', { agent: false }, (response) => {
          response.resume().on('end', () => res.end(`${own} ${inner} ${storage.getStore()?.spanId}`))
        })
      }, () => res.destroy())
    })
  }), observer)
  const { answer } = ask(cluster.join(), 'shop', '/outer')
  const [one, two] = ['1'.repeat(16), '2'.repeat(16)]
  assert.equal((await answer).body, `${one} ${two} ${one}`)
  assert.deepEqual(arrived.map(({ path, headers }) => [path, headers[headers.indexOf('traceparent') + 1]]).slice(1),
    [['/inner', `00-${'a'.repeat(32)}-${one}-01`], ['/inner', `00-${'a'.repeat(32)}-${one}-01`]])
  undo()
})

test('a port that was dialled within one request does not carry its context into others', async () => {
  const storage = new AsyncLocalStorage<string>()
  serve(createServer((_req, res) => res.end()), {})
  const mesh = cluster.join()
  const seen: Array<string | undefined> = []
  const call = (): Promise<void> => new Promise((resolve, reject) => {
    mesh.request('shop', { method: 'GET', path: '/', headers: ['host', 'x'] }, null, {
      onHead: () => { seen.push(storage.getStore()) }, onData () {}, onEnd: () => resolve(), onError: reject
    })
  })
  await storage.run('first', call)
  await storage.run('second', call)
  assert.equal(seen.includes('first'), false)
})

test('a call is recorded once, however it ends', async () => {
  const calls: CallRecord[] = []
  const served: ServedRecord[] = []
  serve(createServer((req, res) => {
    res.statusCode = 418
    if (req.url === '/never') res.flushHeaders()
    else if (req.url === '/destroy') res.destroy()
    else res.end()
  }), { served: (record) => served.push(record) })
  const mesh = cluster.join({ observer: { called: (call) => calls.push(call) } })
  await ask(mesh, 'shop', '/tea', { method: 'DELETE' }).answer
  await assert.rejects(ask(mesh, 'shop', '/destroy').answer)
  const { head, exchange } = ask(mesh, 'shop', '/never')
  await head
  exchange.abort()
  await assert.rejects(ask(mesh, 'nobody', '/').answer)
  await ask(mesh, 'shop', '/tea').answer
  assert.deepEqual(calls.map(({ to, method, status }) => [to, method, status]),
    [['shop', 'DELETE', 418], ['shop', 'GET', 502], ['shop', 'GET', 0], ['nobody', 'GET', 502], ['shop', 'GET', 418]])
  assert.ok(calls.every(({ durationMs }) => durationMs >= 0))
  assert.deepEqual(served.map(({ head: { path }, status }) => [path, status]), [['/tea', 418], ['/destroy', 0], ['/never', 418], ['/tea', 418]])
  assert.ok(served.every(({ startEpochMs, durationMs }) => Math.abs(startEpochMs - Date.now()) < 60_000 && durationMs >= 0))
})
