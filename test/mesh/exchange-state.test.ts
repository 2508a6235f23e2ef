import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { moves, next, onLoss, type Loss, type Phase, type Said } from '../../src/mesh/exchange-state.ts'

const said: Said[] = ['information', 'whole', 'head', 'data', 'end', 'upgraded', 'cut', 'lost']
const ended: ReadonlySet<Said> = new Set(['whole', 'cut', 'lost'])

test('whatever is said in whatever order, an exchange ends once and stays ended', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...said)), (words) => {
    let phase: Phase = 'asked'
    let ends = 0
    for (const word of [...words, 'lost' as const]) {
      const to = next(phase, word)
      if (to === undefined) continue
      assert.notEqual(phase, 'closed')
      if (to === 'closed') ends++
      phase = to
    }
    assert.equal(phase, 'closed')
    assert.equal(ends, 1)
  }))
})

test('no body comes before a head, and no head after it', () => {
  assert.equal(next('asked', 'data'), undefined)
  assert.equal(next('asked', 'end'), undefined)
  assert.equal(next('answering', 'head'), undefined)
  assert.equal(next('answering', 'upgraded'), undefined)
})

test('every phase can be left', () => {
  for (const phase of Object.keys(moves) as Phase[]) {
    if (phase !== 'closed') assert.ok([...ended].some((word) => next(phase, word) === 'closed'))
  }
})

const whole: Loss = { phase: 'asked', method: 'GET', upload: 'whole', wasBegun: true, losses: 1 }
const rows: Record<string, [Loss, ReturnType<typeof onLoss>]> = {
  'a GET is sent again': [whole, 'retry'],
  'a DELETE is sent again': [{ ...whole, method: 'DELETE' }, 'retry'],
  'a POST is not': [{ ...whole, method: 'POST' }, 'lost'],
  'a method that is no standard\'s is not': [{ ...whole, method: 'PURGE' }, 'lost'],
  'a PUT whose body streamed is not': [{ ...whole, method: 'PUT', upload: 'ended' }, 'lost'],
  'a GET that was lost twice is not': [{ ...whole, losses: 2 }, 'lostTwice'],
  'a POST that was never begun is': [{ ...whole, method: 'POST', wasBegun: false, losses: 0 }, 'retry'],
  'an upload that was never begun is': [{ ...whole, method: 'POST', upload: 'open', wasBegun: false, losses: 1 }, 'retry'],
  'an answer that was begun is cut': [{ ...whole, phase: 'answering' }, 'cut'],
  'a tunnel is cut': [{ ...whole, phase: 'tunnel' }, 'cut']
}

for (const [name, [loss, outcome]] of Object.entries(rows)) test(name, () => assert.equal(onLoss(loss), outcome))
