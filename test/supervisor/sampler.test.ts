// What the sampler says of a thread whose loop does not turn, when the supervisor's own time has stood still as well.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleMs, Sampler, type Whereabouts } from '../../src/supervisor/sampler.ts'
import { manualClock } from '../base/manual-clock.ts'

const blockedTimeoutMs = 1_000

interface Case { answers: boolean, pausesMs: number, isNative: boolean }
const cases: Record<string, Case> = {
  'a thread that answers V8\'s question is in JavaScript': { answers: true, pausesMs: 0, isNative: false },
  'a pause of the machine is no silence of the thread': { answers: true, pausesMs: 10_000, isNative: false },
  'one that does not answer is in a native call': { answers: false, pausesMs: 0, isNative: true }
}

for (const [name, { answers, pausesMs, isNative }] of Object.entries(cases)) {
  test(name, async () => {
    const clock = manualClock()
    const sampler = new Sampler(clock)
    const told: Whereabouts[] = []
    let pending = false
    const thread = {
      loop: () => ({ idle: 0, active: clock.now() }),
      heap: async () => pending || !answers ? await new Promise<never>(() => {}) : { heapUsedBytes: 0, externalBytes: 0 },
      post () {},
      where: async () => undefined
    }
    sampler.add(1, thread, { memoryBytes: Infinity, blockedTimeoutMs, over () {}, blocked: (_ms, where) => told.push(where) })
    sampler.started(1)
    for (let looks = 0; told.length === 0; looks++) {
      assert.ok(looks < 100)
      // The machine pauses between the last question and its answer.
      pending = looks === blockedTimeoutMs / sampleMs - 2
      clock.pause(sampleMs + (looks === blockedTimeoutMs / sampleMs - 1 ? pausesMs : 0))
      clock.pass(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(told[0]?.isNative, isNative)
    sampler.close()
  })
}
