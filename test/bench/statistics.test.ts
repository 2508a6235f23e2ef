import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { percentile } from '../../bench/load/percentile.ts'
import { judge, median, type Pair } from '../../bench/statistics.ts'

interface Row { pairs: Array<[ours: number, peer: number]>, bar: number, better: 'higher' | 'lower', ratio: number, spread: [number, number], ok: boolean }

const rows: Record<string, Row> = {
  'the ratio is the median of the ratios, not the ratio of the medians': { pairs: [[1, 10], [30, 100], [20, 10]], bar: 0.3, better: 'higher', ratio: 0.3, spread: [0.1, 2], ok: true },
  'of an even number of pairs it is halfway between the middle two': { pairs: [[1, 10], [3, 10]], bar: 0.25, better: 'lower', ratio: 0.2, spread: [0.1, 0.3], ok: true },
  'a rate below its bar misses it': { pairs: [[54, 100]], bar: 0.55, better: 'higher', ratio: 0.54, spread: [0.54, 0.54], ok: false },
  'a time at its bar reaches it': { pairs: [[25, 100]], bar: 0.25, better: 'lower', ratio: 0.25, spread: [0.25, 0.25], ok: true },
  'a time above its bar misses it': { pairs: [[26, 100]], bar: 0.25, better: 'lower', ratio: 0.26, spread: [0.26, 0.26], ok: false },
  'a figure of nothing misses the bar, however good its ratio': { pairs: [[0, 100]], bar: 0.25, better: 'lower', ratio: 0, spread: [0, 0], ok: false },
  'a peer that did nothing proves nothing': { pairs: [[100, 0]], bar: 5, better: 'higher', ratio: Infinity, spread: [Infinity, Infinity], ok: false }
}

for (const [name, { pairs, bar, better, ratio, spread, ok }] of Object.entries(rows)) {
  test(name, () => {
    const verdict = judge(pairs.map(([ours, peer]): Pair => ({ ours, peer })), bar, better)
    assert.deepEqual({ ratio: verdict.ratio, spread: verdict.spread, ok: verdict.ok }, { ratio, spread, ok })
  })
}

test('without pairs no bar is reached', () => {
  assert.equal(judge([], 0, 'higher').ok, false)
  assert.equal(judge([], Infinity, 'lower').ok, false)
})

test('a figure that is missing from one round misses the bar', () => {
  assert.equal(judge([{ ours: 1, peer: 1 }, { ours: NaN, peer: 1 }, { ours: 1, peer: 1 }], 0.5, 'higher').ok, false)
})

const figures = fc.array(fc.integer(), { minLength: 1 })

test('at least half of the values are on either side of a median', () => {
  fc.assert(fc.property(figures, (values) => {
    const middle = median(values)
    assert.ok(values.filter((value) => value <= middle).length >= values.length / 2)
    assert.ok(values.filter((value) => value >= middle).length >= values.length / 2)
  }))
})

test('a percentile is one of the values, and that share of them does not exceed it', () => {
  fc.assert(fc.property(figures, fc.integer({ min: 1, max: 100 }), (values, percent) => {
    const found = percentile(values.toSorted((a, b) => a - b), percent / 100)
    assert.ok(values.includes(found))
    assert.ok(values.filter((value) => value <= found).length >= values.length * percent / 100)
    assert.ok(values.filter((value) => value < found).length < values.length * percent / 100)
  }))
})
