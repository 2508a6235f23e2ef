// The least busy worker is picked, whoever keeps the others busy.
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { Loads, makeLoadMemory } from '../../src/mesh/loads.ts'
import { type Mesh } from '../../src/mesh/mesh.ts'
import { ask } from './ask.ts'
import { Cluster } from './cluster.ts'

test('what one thread counts all see, and an idle worker has none under way', () => {
  const begins = fc.constantFrom('begin', 'end')
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(2), begins)), (steps) => {
    const memory = makeLoadMemory()
    const [supervisor, here, there] = [new Loads(memory), new Loads(memory), new Loads(memory)]
    const expected = [0, 0, 0]
    for (const worker of expected.keys()) supervisor.open(worker, true)
    for (const [worker, step] of steps) {
      const count = expected[worker] ?? 0
      if (step === 'begin') {
        assert.ok(here.begin(worker))
        expected[worker] = count + 1
      } else if (count > 0) {
        there.end(worker, count === 1)
        expected[worker] = count - 1
      }
    }
    assert.deepEqual(expected.keys().map((worker) => there.of(worker)).toArray(), expected)
  }))
})

test('what a caller counted and never sent is forgotten once the worker is idle', () => {
  const loads = new Loads(makeLoadMemory())
  loads.open(7, true)
  loads.begin(7)
  loads.begin(7)
  loads.end(7, true)
  assert.equal(loads.of(7), 0)
})

test('nobody counts for a process, nor before the memory is there', () => {
  const loads = new Loads(makeLoadMemory())
  loads.open(3, false)
  assert.deepEqual([loads.begin(3), loads.of(3)], [false, undefined])
  assert.deepEqual([new Loads().begin(3), new Loads().of(3)], [false, undefined])
})

/** A worker of `shop` in this thread that answers when it is told to. */
function worker (cluster: Cluster): { mesh: Mesh, waiting: ServerResponse[], admit: () => void } {
  const waiting: ServerResponse[] = []
  const mesh = cluster.join({ service: 'shop' })
  const id = cluster.lastId
  mesh.serve(createServer((_req, res) => { waiting.push(res) }))
  return { mesh, waiting, admit: () => cluster.switchboard.admit(id) }
}

/** What was posted before is read. */
async function settled (...meshes: Array<{ serving: number }>): Promise<void> {
  for (let before = -1, now = 0; before !== now;) {
    before = meshes.reduce((sum, { serving }) => sum + serving, 0)
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    now = meshes.reduce((sum, { serving }) => sum + serving, 0)
  }
}

test('callers that know nothing of each other spare the worker that one of them keeps busy', async () => {
  await using cluster = new Cluster(['shop'])
  const [one, two] = [worker(cluster), worker(cluster)]
  one.admit()
  const [first, second, third] = [cluster.join(), cluster.join(), cluster.join()]
  const busy = Array.from({ length: 6 }, () => ask(first, 'shop', '/busy'))
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.waiting.length, two.waiting.length], [6, 0])

  two.admit()
  await settled(one.mesh, two.mesh)
  // In one turn: each sees what the other has just sent, before the worker does.
  const others = [second, third, second, third, second, third].map((mesh) => ask(mesh, 'shop', '/'))
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.waiting.length, two.waiting.length], [6, 6])

  for (const { waiting } of [one, two]) for (const response of waiting.splice(0)) response.end()
  await Promise.all([...busy, ...others].map(({ answer }) => answer))
  const even = Array.from({ length: 10 }, (_, index) => ask(index % 2 === 0 ? second : third, 'shop', '/'))
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.waiting.length, two.waiting.length], [5, 5])
  for (const { exchange } of even) exchange.abort()
})

test('what a caller leaves behind keeps nobody away from its worker', async () => {
  await using cluster = new Cluster(['shop'])
  const [one, two] = [worker(cluster), worker(cluster)]
  one.admit()
  two.admit()
  const [leaver, stayer] = [cluster.join(), cluster.join()]
  const lost = Array.from({ length: 8 }, () => ask(leaver, 'shop', '/').answer.catch(({ code }: { code: string }) => code))
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.mesh.serving, two.mesh.serving], [4, 4])
  leaver.close()
  await Promise.all(lost)
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.mesh.serving, two.mesh.serving], [0, 0])
  const calls = Array.from({ length: 6 }, () => ask(stayer, 'shop', '/'))
  await settled(one.mesh, two.mesh)
  assert.deepEqual([one.mesh.serving, two.mesh.serving], [3, 3])
  for (const { exchange } of calls) exchange.abort()
})
