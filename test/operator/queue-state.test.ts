// The queue's promises, under every history that fast-check can think of.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueueState } from '../../src/operator/queue-state.ts'

const retry = { initialMs: 5, maxMs: 40 }

test('a key added many times is worked on once', () => {
  const queue = new QueueState(retry)
  for (let i = 0; i < 100; i++) queue.add('a', i)
  assert.deepEqual(queue.take(100), { key: 'a', waitedMs: 100 })
  assert.equal(queue.take(100), undefined)
})

test('a key that changes while it is worked on is worked on once more, not beside itself', () => {
  const queue = new QueueState(retry)
  queue.add('a', 0)
  queue.take(0)
  queue.add('a', 1)
  queue.add('a', 2)
  assert.equal(queue.take(2), undefined)
  queue.succeed('a', 3)
  assert.equal(queue.take(3)?.key, 'a')
  queue.succeed('a', 4)
  assert.equal(queue.take(4), undefined)
})

test('an edit overtakes what was there at the start, and lifts a key that waited there', () => {
  const queue = new QueueState(retry)
  for (const key of ['a', 'b', 'c']) queue.add(key, 0, 'background')
  queue.add('d', 1)
  queue.add('c', 2)
  assert.deepEqual(['', '', '', ''].map(() => queue.take(3)?.key), ['d', 'c', 'a', 'b'])
})

test('failures wait twice as long each time, up to the longest; a success forgets them', () => {
  const queue = new QueueState(retry)
  const delays = Array.from({ length: 5 }, () => {
    queue.add('a', 0)
    queue.take(0)
    return queue.fail('a', 0)
  })
  assert.deepEqual(delays, [5, 10, 20, 40, 40])
  queue.add('a', 0)
  queue.take(0)
  queue.succeed('a', 0)
  queue.add('a', 0)
  queue.take(0)
  assert.equal(queue.fail('a', 0), 5)
})

test('the server\'s own wish to be left alone is respected', () => {
  const queue = new QueueState(retry)
  queue.add('a', 0)
  queue.take(0)
  assert.equal(queue.fail('a', 0, 700), 700)
  assert.equal(queue.nextDueMs, 700)
})

test('a key that is looked at sooner than planned is not looked at again for the old plan', () => {
  const queue = new QueueState(retry)
  queue.add('a', 0)
  queue.take(0)
  queue.succeed('a', 0, 50)
  queue.add('a', 10)
  queue.take(10)
  queue.succeed('a', 10)
  assert.equal(queue.nextDueMs, undefined)
  assert.equal(queue.take(60), undefined)
})

test('whatever the history: one worker a key, nothing lost, no wait forgotten', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority: fc.constantFrom('edit' as const, 'background' as const) }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constantFrom('succeed' as const, 'fail' as const), nth: fc.nat(4), afterMs: fc.option(fc.nat(60), { nil: undefined }) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(50) })
  )
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const queue = new QueueState(retry)
    let nowMs = 0
    const active: string[] = []
    /** Keys that must be worked on (again) some time. */
    const owed = new Set<string>()
    const take = (): string | undefined => {
      const taken = queue.take(nowMs)?.key
      if (taken === undefined) return undefined
      assert.ok(!active.includes(taken), `${taken} twice at once`)
      active.push(taken)
      owed.delete(taken)
      return taken
    }
    for (const step of steps) {
      if (step.do === 'add') {
        queue.add(step.key, nowMs, step.priority)
        owed.add(step.key)
      } else if (step.do === 'take') take()
      else if (step.do === 'wait') nowMs += step.ms
      else {
        const [done] = active.splice(step.nth % Math.max(1, active.length), 1)
        if (done === undefined) continue
        if (step.do === 'fail') queue.fail(done, nowMs)
        else queue.succeed(done, nowMs, step.afterMs)
        if (step.do === 'fail' || step.afterMs !== undefined) owed.add(done)
      }
    }
    for (const key of active.splice(0)) queue.succeed(key, nowMs)
    nowMs += 10_000
    while (take() !== undefined) { /* each is taken once and never done */ }
    assert.deepEqual([...owed], [])
    assert.equal(queue.depth, 0)
    assert.equal(queue.nextDueMs, undefined)
  }))
})
