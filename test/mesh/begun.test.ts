// Which of its requests a worker has begun, as the caller of one that ended knows it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Begins, Begun, makeBegunMemory } from '../../src/mesh/begun.ts'

test('what a worker had begun when its caller took the rest back is what the caller holds it to have begun; it begins no more', () => {
  fc.assert(fc.property(fc.nat(50), fc.nat(50), (begins, more) => {
    const memory = makeBegunMemory()
    const [worker, caller] = [new Begins(memory), new Begun(memory)]
    for (let id = 1; id <= begins; id++) assert.equal(worker.begin(id), true)
    caller.takeBack()
    for (let id = begins + 1; id <= begins + more; id++) assert.equal(worker.begin(id), false)
    caller.takeBack()
    for (let id = 1; id <= begins + more; id++) assert.equal(caller.has(id), id <= begins)
  }))
})

test('ids wrap', () => {
  const memory = makeBegunMemory()
  const [worker, caller] = [new Begins(memory), new Begun(memory)]
  worker.begin(2 ** 31 - 1)
  worker.begin(-(2 ** 31))
  caller.takeBack()
  assert.deepEqual([2 ** 31 - 2, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1].map((id) => caller.has(id)), [true, true, true, false])
})
