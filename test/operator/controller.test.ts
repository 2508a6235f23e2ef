// The shell around the queue: real promises, real timers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { createController, type ControllerOptions, type Outcome } from '../../src/operator/controller.ts'

function make (reconcile: ControllerOptions['reconcile'], more: Partial<ControllerOptions> = {}) {
  return createController({ reconcile, concurrency: 2, clock: systemClock, retry: { initialMs: 1, maxMs: 4 }, ...more })
}

test('so many keys at once and no more, each with itself never', async () => {
  const active = new Set<string>()
  let most = 0
  let left = 30
  const done = Promise.withResolvers<void>()
  const controller = make(async (key) => {
    assert.ok(!active.has(key))
    active.add(key)
    most = Math.max(most, active.size)
    await new Promise((resolve) => setImmediate(resolve))
    active.delete(key)
    if (--left === 0) done.resolve()
    return undefined
  })
  for (let i = 0; i < 30; i++) controller.add(`k${i}`)
  assert.equal(most, 0, 'nothing is worked on before the start')
  controller.start()
  await done.promise
  assert.equal(most, 2)
  await controller.close()
})

test('a failure is tried again until it succeeds, and reported each time', async () => {
  const outcomes: Outcome[] = []
  const done = Promise.withResolvers<void>()
  let tries = 0
  const controller = make(async () => {
    if (++tries < 4) throw new Error('not yet')
    done.resolve()
    return undefined
  }, { on: { done: (_, outcome) => outcomes.push(outcome) } })
  controller.add('a')
  controller.start()
  await done.promise
  await controller.close()
  assert.deepEqual(outcomes, ['error', 'error', 'error', 'success'])
})

test('a key that wants to be looked at again is', async () => {
  const done = Promise.withResolvers<void>()
  let looks = 0
  const controller = make(async () => {
    if (++looks === 3) done.resolve()
    return 1
  })
  controller.add('a')
  controller.start()
  await done.promise
  await controller.close()
})

test('closing waits for what is in work and begins nothing new', async () => {
  const begun: string[] = []
  const gate = Promise.withResolvers<undefined>()
  const controller = make(async (key) => {
    begun.push(key)
    return await gate.promise
  }, { concurrency: 1 })
  controller.add('a')
  controller.add('b')
  controller.start()
  let isClosed = false
  const closed = controller.close().then(() => { isClosed = true })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isClosed, false)
  gate.resolve(undefined)
  await closed
  assert.deepEqual(begun, ['a'])
})
