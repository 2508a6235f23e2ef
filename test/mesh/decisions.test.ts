// The small pure decisions: who is picked, who is there, and what crosses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Directory } from '../../src/mesh/directory.ts'
import { withoutHopByHop } from '../../src/mesh/hop-by-hop.ts'
import { outgoingHeaders } from '../../src/mesh/outgoing-headers.ts'
import { pick } from '../../src/mesh/pick.ts'

test('the worker with the fewest requests is picked', () => {
  const load = fc.array(fc.nat(5), { minLength: 1 })
  fc.assert(fc.property(load, fc.nat(), (loads, turn) => {
    const index = pick(loads.map((_, worker) => worker), (worker) => loads[worker] ?? 0, turn)
    assert.equal(loads[index], Math.min(...loads))
  }))
})

test('equals are picked in turn', () => {
  const picked = [0, 1, 2, 3].map((turn) => pick([7, 8], () => 0, turn))
  assert.deepEqual(picked, [0, 1, 0, 1])
})

test('of no workers none is picked', () => assert.equal(pick([], () => 0, 3), -1))

test('a worker that is shunned stays away, whatever the switchboard still says', () => {
  const directory = new Directory()
  const message = { type: 'directory', services: [{ name: 'a', ready: [1, 2], isCrashLoop: false }], alive: [1, 2] } as const
  const update = (): void => directory.update({ ...message, services: message.services.map((listing) => ({ ...listing, ready: [...listing.ready] })), alive: [...message.alive] })
  update()
  directory.shun(1)
  assert.deepEqual(directory.find('a')?.ready, [2])
  update()
  assert.deepEqual(directory.find('a')?.ready, [2])
  assert.equal(directory.find('b'), undefined)
})

const headerRows: Record<string, [string[], string[]]> = {
  'hop-by-hop fields stay': [['Host', 'x', 'Connection', 'keep-alive', 'Keep-Alive', '5', 'TE', 'trailers', 'Upgrade', 'h2c', 'A', '1'], ['Host', 'x', 'A', '1']],
  'fields that Connection names stay': [['connection', 'close, X-Mine', 'x-mine', '1', 'B', '2'], ['B', '2']],
  'Connection cannot take away what a message needs': [['Connection', 'host, content-length', 'Host', 'x', 'Content-Length', '1'], ['Host', 'x', 'Content-Length', '1']],
  'names of a length that none has pass': [['X-Forwarded-For', '1', 'Trailer', 'X'], ['X-Forwarded-For', '1', 'Trailer', 'X']]
}

for (const [name, [given, kept]] of Object.entries(headerRows)) test(name, () => assert.deepEqual(withoutHopByHop(given), kept))

const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), parentSpanId: '', sampled: true, tracestate: 'v=1' }
const head = { method: 'GET', path: '/' }

test('a request carries the trace that it belongs to', () => {
  assert.deepEqual(outgoingHeaders({ ...head, headers: ['A', '1'] }, context), ['A', '1', 'traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'tracestate', 'v=1'])
})

test('a traceparent that the code set is kept', () => {
  assert.deepEqual(outgoingHeaders({ ...head, headers: ['TraceParent', 'own'] }, context), ['TraceParent', 'own'])
})

test('an upgrade keeps what it is made of', () => {
  assert.deepEqual(outgoingHeaders({ ...head, upgrade: true, headers: ['Connection', 'Upgrade', 'Upgrade', 'x'] }, undefined), ['Connection', 'Upgrade', 'Upgrade', 'x'])
})
