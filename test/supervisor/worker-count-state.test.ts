// How many workers a load asks for, and that the answer rests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { beginCount, downWindowMs, nextCount, type Load } from '../../src/supervisor/worker-count-state.ts'
import { roomFor, type Taken } from '../../src/supervisor/worker-room.ts'

const quiet: Load = { desired: 2, utilizations: [0.7, 0.7], min: 1, max: 8, room: 100, busyCores: 1.4, cores: 16 }

/** A look a second; every look finds the same, or what `change` makes of it. The wanted number after each. */
function watch (load: Partial<Load>, seconds: number, change: (second: number) => Partial<Load> = () => ({})): number[] {
  const { desired } = { ...quiet, ...load }
  let count = beginCount(desired, 0)
  return Array.from({ length: seconds }, (_, i) => {
    const [next, { workers }] = nextCount(count, { ...quiet, ...load, ...change(i + 1) }, (i + 1) * 1_000)
    count = next
    return workers
  })
}

const rows: Record<string, { load: Partial<Load>, wanted: number[] }> = {
  'on target nothing changes': { load: {}, wanted: [2, 2, 2, 2] },
  'within a tenth of the target nothing changes': { load: { utilizations: [0.76, 0.76] }, wanted: [2, 2, 2, 2] },
  'three seconds above it ask for more': { load: { utilizations: [1, 1] }, wanted: [2, 2, 3, 3] },
  'one busy worker of two is no reason': { load: { utilizations: [1, 0.4] }, wanted: [2, 2, 2, 2] },
  'never more than max': { load: { desired: 4, utilizations: [1, 1, 1, 1], max: 5 }, wanted: [4, 4, 5, 5] },
  'never more than there is memory for': { load: { desired: 4, utilizations: [1, 1, 1, 1], room: 5 }, wanted: [4, 4, 5, 5] },
  'memory that is gone takes none away': { load: { utilizations: [1, 1], room: 0 }, wanted: [2, 2, 2, 2] },
  'a machine that is busy already gets none': { load: { utilizations: [1, 1], busyCores: 1.9, cores: 2 }, wanted: [2, 2, 2, 2] },
  'one that is not yet ready counts as idle': { load: { desired: 3, utilizations: [1, 1] }, wanted: [3, 3, 3, 3] },
  'none that is ready says nothing': { load: { utilizations: [] }, wanted: [2, 2, 2, 2] },
  'a bound that was raised is met at once': { load: { min: 3 }, wanted: [3, 3, 3, 3] },
  'a bound that was lowered is met at once': { load: { max: 1, utilizations: [1, 1] }, wanted: [1, 1, 1, 1] }
}
for (const [name, { load, wanted }] of Object.entries(rows)) test(name, () => assert.deepEqual(watch(load, 4), wanted))

test('a spike of two seconds does nothing', () => {
  const wanted = watch({}, 30, (second) => second % 5 < 2 ? { utilizations: [1, 1] } : {})
  assert.deepEqual(new Set(wanted), new Set([2]))
})

test('fewer workers only after a minute in which no look asked for as many, and never below min', () => {
  const calm = watch({ desired: 4, utilizations: [0.1, 0.1, 0.1, 0.1], min: 2 }, 62)
  assert.equal(calm.indexOf(2), downWindowMs / 1000 - 1)
  assert.deepEqual(new Set(calm), new Set([4, 2]))
  const busyOnce = watch({ desired: 4, utilizations: [0.1, 0.1, 0.1, 0.1] }, 62, (second) => second === 30 ? { utilizations: [0.7, 0.7, 0.7, 0.7] } : {})
  assert.deepEqual(new Set(busyOnce), new Set([4]))
})

test('figures are told with each change', () => {
  const [, { reason }] = nextCount(beginCount(2, 0), { ...quiet, utilizations: [0.9, 0.8] }, 1_000)
  assert.equal(reason, 'event loops are 85 % busy, the target is 70 %')
})

test('whatever happens, the number stays within its bounds', () => {
  const look = fc.record({
    ready: fc.integer({ min: 0, max: 12 }),
    utilization: fc.double({ min: 0, max: 1, noNaN: true }),
    min: fc.integer({ min: 1, max: 5 }),
    span: fc.integer({ min: 0, max: 6 }),
    room: fc.integer({ min: 0, max: 12 }),
    cores: fc.integer({ min: 1, max: 8 }),
    stepMs: fc.integer({ min: 1, max: 20_000 })
  })
  fc.assert(fc.property(fc.array(look), (looks) => {
    let [count, desired, nowMs] = [beginCount(1, 0), 1, 0]
    for (const { ready, utilization, min, span, room, cores, stepMs } of looks) {
      nowMs += stepMs
      const utilizations = Array.from({ length: Math.min(ready, desired) }, () => utilization)
      const [next, { workers }] = nextCount(count, { desired, utilizations, min, max: min + span, room, busyCores: utilization * ready, cores }, nowMs)
      assert.ok(Number.isInteger(workers) && workers >= min && workers <= min + span)
      assert.ok(workers <= Math.max(desired, room, min))
      ;[count, desired] = [next, workers]
    }
  }))
})

test('a load that stays the same comes to a number that stays the same', () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 6, noNaN: true }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 6 }), (load, begun, startsInSeconds) => {
    let [count, desired, changedAt] = [beginCount(begun, 0), begun, 0]
    let ready = begun
    let readyAt = Infinity
    for (let second = 1; second <= 400; second++) {
      if (second >= readyAt) [ready, readyAt] = [desired, Infinity]
      const utilizations = Array.from({ length: ready }, () => Math.min(1, load / ready))
      const [next, { workers }] = nextCount(count, { desired, utilizations, min: 1, max: 10, room: 10, busyCores: load, cores: 16 }, second * 1_000)
      count = next
      if (workers === desired) continue
      changedAt = second
      if (workers > desired) readyAt = second + startsInSeconds
      else ready = workers
      desired = workers
    }
    assert.ok(changedAt < 200, `changed after ${changedAt} s`)
    // Enough for the load, and no more than that and what the tolerance allows.
    assert.ok(Math.min(1, load / desired) <= 0.77 + 1e-9 || desired === 10)
    assert.ok(desired === 1 || desired === begun || load / (desired - 1) > 0.6)
  }))
})

const mebi = 2 ** 20
const taken = (name: string, desired: number, fields: Partial<Taken> = {}): Taken => ({ name, desired, abandoned: 0, memoryBytes: 184 * mebi, isolation: 'thread', ...fields })
// Supervisor 64, one gateway thread 64, overshoot 168, one more of the largest 200.
const fixed = 496 * mebi
const rooms: Record<string, { groups: Taken[], limit: number | undefined, room: number }> = {
  'without a limit there is room without end': { groups: [taken('web', 1)], limit: undefined, room: Infinity },
  'the limit less what the pod needs itself is shared out': { groups: [taken('web', 1)], limit: fixed + 600 * mebi, room: 3 },
  'others keep what they have': { groups: [taken('web', 1), taken('api', 2)], limit: fixed + 600 * mebi, room: 1 },
  'a thread that could not be ended takes its part for good': { groups: [taken('web', 1, { abandoned: 1 }), taken('api', 1, { abandoned: 1 })], limit: fixed + 800 * mebi, room: 1 },
  'a process takes no more than it may hold': { groups: [taken('web', 1, { isolation: 'process', memoryBytes: 200 * mebi })], limit: fixed + 600 * mebi, room: 3 },
  'a limit that is too small leaves none': { groups: [taken('web', 1)], limit: mebi, room: 0 }
}
for (const [name, { groups, limit, room }] of Object.entries(rooms)) test(name, () => assert.equal(roomFor('web', groups, 1, limit), room))
