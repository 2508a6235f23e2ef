// What is under way, against a Map that does the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UnderWay, type Numbered } from '../../src/mesh/under-way.ts'

type Step = { does: 'add', skip: number } | { does: 'take', which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('add' as const), skip: fc.constantFrom(1, 1, 1, 2, 64, 128) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('take' as const), which: fc.nat() }) }
)

test('it holds what a Map would hold, in the order in which it came', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 600 }), fc.constantFrom(0, 2 ** 31 - 40), (steps, first) => {
    const underWay = new UnderWay<Numbered>()
    const model = new Map<number, Numbered>()
    let last = first
    for (const move of steps) {
      if (move.does === 'add') {
        const one = { id: last = (last + move.skip) | 0 }
        underWay.add(one)
        model.set(one.id, one)
      } else if (model.size > 0) {
        const id = [...model.keys()][move.which % model.size] ?? 0
        assert.equal(underWay.get(id), model.get(id))
        assert.equal(underWay.delete(id), model.delete(id))
        assert.equal(underWay.get(id), undefined)
        assert.equal(underWay.delete(id), false)
      }
      assert.equal(underWay.size, model.size)
    }
    assert.deepEqual(underWay.all(), [...model.values()])
    assert.deepEqual(underWay.clear(), [...model.values()])
    assert.deepEqual([underWay.size, underWay.all()], [0, []])
  }))
})

test('one that stays long is found among ten thousand that come and go', () => {
  const underWay = new UnderWay<Numbered>()
  const long = { id: 3 }
  underWay.add(long)
  for (let id = 4; id < 10_000; id++) {
    underWay.add({ id })
    assert.equal(underWay.get(id)?.id, id)
    assert.equal(underWay.delete(id), true)
  }
  assert.deepEqual(underWay.all(), [long])
})
