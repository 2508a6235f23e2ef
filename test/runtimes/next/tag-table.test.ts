// Which values may still be used once tags were revalidated.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { revalidated, TagTable, type TagState } from '../../../src/runtimes/next/cache/tag-table.ts'

interface Row { state: TagState, madeMs: number, nowMs: number, isExpired: boolean, isStale: boolean }

const rows: Record<string, Row> = {
  'made before it expired': { state: { expired: 100 }, madeMs: 99, nowMs: 200, isExpired: true, isStale: false },
  'begun in the very millisecond': { state: { expired: 100 }, madeMs: 100, nowMs: 200, isExpired: true, isStale: false },
  'made since': { state: { expired: 100 }, madeMs: 101, nowMs: 200, isExpired: false, isStale: false },
  'to expire later': { state: { stale: 100, expired: 300 }, madeMs: 99, nowMs: 200, isExpired: false, isStale: true },
  'expired as was said then': { state: { stale: 100, expired: 300 }, madeMs: 99, nowMs: 300, isExpired: true, isStale: true },
  'stale, and made anew since': { state: { stale: 100, expired: 300 }, madeMs: 150, nowMs: 200, isExpired: false, isStale: false },
  'never revalidated': { state: {}, madeMs: 1, nowMs: 200, isExpired: false, isStale: false }
}

for (const [name, { state, madeMs, nowMs, isExpired, isStale }] of Object.entries(rows)) {
  test(`${name}: ${isExpired ? 'expired' : 'not expired'}, ${isStale ? 'stale' : 'not stale'}`, () => {
    const table = new TagTable()
    table.set('a', state)
    assert.deepEqual([table.isExpired(['b', 'a'], madeMs, nowMs), table.isStale(['b', 'a'], madeMs)], [isExpired, isStale])
  })
}

test('revalidating at once, then with a profile, keeps both times', () => {
  assert.deepEqual(revalidated(revalidated(undefined, undefined, 100), { expire: 2 }, 200), { stale: 200, expired: 2200 })
  assert.deepEqual(revalidated({ stale: 5, expired: 9 }, undefined, 100), { stale: 5, expired: 100 })
  assert.deepEqual(revalidated({ expired: 9 }, {}, 100), { stale: 100, expired: 9 })
})

test('whatever came before, what was begun before the last revalidation is not used after it', () => {
  const times = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 })
  fc.assert(fc.property(times, fc.integer({ min: 0, max: 1000 }), (revalidatedMs, madeMs) => {
    const table = new TagTable()
    const sorted = revalidatedMs.toSorted((a, b) => a - b)
    for (const nowMs of sorted) table.set('a', revalidated(table.get('a'), undefined, nowMs))
    assert.equal(table.isExpired(['a'], madeMs, 1001), madeMs <= (sorted.at(-1) ?? 0))
  }))
})
