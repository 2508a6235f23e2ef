// Over its ceiling for good, or only with what it has not thrown away yet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { collected, judge, within, type Held, type MemoryLife, type Verdict } from '../../src/supervisor/memory-state.ts'

const nowMs = 1_000_000
const held: Held = { bytes: 110, limitBytes: 100, isAfter: false, turns: true, nowMs }
const collecting: MemoryLife = { state: 'collecting', sinceMs: nowMs - 100, restsUntilMs: -Infinity }
const after: MemoryLife = { state: 'collected', sinceMs: nowMs - 10, restsUntilMs: nowMs + 50 }

const rows: Record<string, { life: MemoryLife, held: Partial<Held>, verdict: Verdict, state: MemoryLife['state'] }> = {
  'a worker at its ceiling is let be': { life: within, held: { bytes: 100 }, verdict: 'fine', state: 'within' },
  'a worker a little over is told to collect': { life: within, held: {}, verdict: 'collect', state: 'collecting' },
  'one whose loop does not turn would not hear it': { life: within, held: { turns: false }, verdict: 'end', state: 'within' },
  'one that is far over is not waited for': { life: within, held: { bytes: 126 }, verdict: 'end', state: 'within' },
  'nor while it collects': { life: collecting, held: { bytes: 126 }, verdict: 'end', state: 'collecting' },
  'one that was told to collect has time for it': { life: collecting, held: {}, verdict: 'fine', state: 'collecting' },
  'but not for ever': { life: { ...collecting, sinceMs: nowMs - 2_001 }, held: {}, verdict: 'end', state: 'collecting' },
  'what it held before it collected does not count': { life: after, held: {}, verdict: 'fine', state: 'collected' },
  'what it holds after that counts': { life: after, held: { isAfter: true, bytes: 96 }, verdict: 'end', state: 'collected' },
  'one that has thrown enough away goes on': { life: after, held: { isAfter: true, bytes: 95 }, verdict: 'fine', state: 'within' },
  'one that is over again at once is ended': { life: { ...after, state: 'within', restsUntilMs: nowMs + 1 }, held: {}, verdict: 'end', state: 'within' },
  'one that is over again later is told to collect once more': { life: { ...after, state: 'within', restsUntilMs: nowMs }, held: {}, verdict: 'collect', state: 'collecting' }
}
for (const [name, { life, held: fields, verdict, state }] of Object.entries(rows)) {
  test(name, () => {
    const [next, what] = judge(life, { ...held, ...fields })
    assert.deepEqual([what, next.state], [verdict, state])
  })
}

test('only a worker that was told to collect has collected', () => {
  assert.deepEqual([collected(within, nowMs, 10), collected(collecting, nowMs, 10).state], [within, 'collected'])
})

for (const [what, saysMs, restsMs] of [
  ['three times as long as it took', 10, 30], ['at once after one that took no time', 0, 0],
  ['no longer than there was for it', 101, 300], ['the same for what is no number', NaN, 300], ['nor for less than nothing', -1, 300]
] as const) {
  test(`a worker that has collected rests ${what}`, () => {
    assert.equal(collected(collecting, nowMs, saysMs).restsUntilMs - nowMs, restsMs)
  })
}

test('a worker that stays over its ceiling is ended within its patience, whatever it says', () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (saysCollected) => {
    let life = within
    const verdicts = saysCollected.map((says, i) => {
      if (says) life = collected(life, nowMs + i * 50, 10)
      const [next, verdict] = judge(life, { ...held, isAfter: life.state === 'collected', nowMs: nowMs + i * 50 })
      life = next
      return verdict
    })
    assert.ok(verdicts.includes('end'))
  }))
})
