import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { systemClock, type Clock } from '../../src/base/clock.ts'
import { collector, compactWhenIdle } from '../../src/base/compact.ts'

test('threads that have little to do give back what they no longer need, at the same time', async () => {
  const workers = Array.from({ length: 3 }, () => new Worker(new URL('./fixtures/compacting-thread.ts', import.meta.url)))
  for (const [freedMiB] of await Promise.all(workers.map((worker) => once(worker, 'message'))) as Array<[number]>) {
    assert.ok(freedMiB > 8, `freed ${freedMiB} MiB of 16`)
  }
})

test('the collector stays out of sight of other code', () => {
  assert.equal(typeof collector(), 'function')
  assert.deepEqual([typeof globalThis.gc, runInNewContext('typeof gc')], ['undefined', 'undefined'])
})

/** Time passes at once, after `work`; gives the number of looks. */
function lookThrough (work: () => void, open: Parameters<typeof compactWhenIdle>[0]): number {
  let due: (() => void) | undefined
  const clock: Clock = {
    ...systemClock,
    after (_, then) {
      due = then
      return { cancel: () => {} }
    }
  }
  compactWhenIdle(open, clock)
  let looks = 0
  for (let now = due; now !== undefined; looks++) {
    due = undefined
    work()
    now()
    now = due
  }
  return looks
}

function spin (): void {
  for (const end = performance.now() + 2; performance.now() < end;);
}

test('a thread that is always busy is left to V8 in the end', async () => {
  await new Promise(setImmediate)
  let collected = 0
  assert.equal(lookThrough(spin, () => () => { collected++ }), 10)
  assert.equal(collected, 0)
})
