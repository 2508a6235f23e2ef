// What is made of a thread's idle and active time, and of its answers to pings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { answered, delayMs, look, newLoop, turned, type LoopLife } from '../../src/supervisor/loop-state.ts'

const stepMs = 50

/** What a thread did between two looks: idled a part of the time, or not at all; answered the ping, or not. */
type Did = 'idled' | 'idled and worked' | 'worked' | 'answered'

function watch (script: readonly Did[]): { loop: LoopLife, pings: number } {
  let loop = newLoop
  let pings = 0
  let [idle, active] = [0, 0]
  for (const did of script) {
    const idled = did === 'idled' ? stepMs : did === 'idled and worked' ? stepMs / 2 : 0
    idle += idled
    active += stepMs - idled
    if (did === 'answered') loop = answered(loop, 10)
    const { loop: next, ping } = look(loop, { idle, active }, stepMs)
    loop = next
    if (ping) pings++
  }
  return { loop, pings }
}

const rows: Record<string, { script: Did[], silentMs: number, delayMs: number, pings: number }> = {
  'an idle thread is not asked anything': { script: ['idled', 'idled', 'idled'], silentMs: 0, delayMs: 0, pings: 0 },
  'one that works now and then is asked, and its idle time is sign enough': { script: ['idled and worked'], silentMs: 0, delayMs: 0, pings: 1 },
  'one that never idles and answers is busy': { script: ['worked', 'answered', 'answered', 'answered'], silentMs: 50, delayMs: 10, pings: 4 },
  'one that never idles and does not answer is silent since it last idled': { script: ['idled', 'worked', 'worked', 'worked'], silentMs: 150, delayMs: 100, pings: 1 },
  'one that idles again is not silent': { script: ['worked', 'worked', 'worked', 'idled'], silentMs: 0, delayMs: 100, pings: 1 },
  'a late answer ends the silence and is the delay': { script: ['worked', 'worked', 'answered'], silentMs: 50, delayMs: 50, pings: 2 }
}
for (const [name, { script, ...expected }] of Object.entries(rows)) {
  test(name, () => {
    const { loop, pings } = watch(script)
    assert.deepEqual({ silentMs: loop.silentMs, delayMs: delayMs(loop), pings }, expected)
  })
}

test('a delay is forgotten after a second', () => {
  const { loop } = watch(['worked', 'worked', 'worked', 'answered', ...Array<Did>(20).fill('idled')])
  assert.equal(delayMs(loop), 0)
})

test('a thread that has just started is silent from then on only', () => {
  assert.equal(turned(watch(['worked', 'worked']).loop).silentMs, 0)
})

test('an answer to no question changes nothing', () => {
  assert.equal(answered(newLoop, 5), newLoop)
})

test('silence is the time since the last sign of a turn, whatever came before; there is never more than one ping on the way', () => {
  const did = fc.constantFrom<Did>('idled', 'idled and worked', 'worked', 'answered')
  fc.assert(fc.property(fc.array(did, { maxLength: 60 }), (script) => {
    const { loop } = watch(script)
    const asked = script.map((_, i) => watch(script.slice(0, i)).loop.waitedMs !== undefined)
    const since = script.findLastIndex((did, i) => did.startsWith('idled') || (did === 'answered' && asked[i]))
    const isIdle = script[since]?.startsWith('idled') ?? false
    assert.equal(loop.silentMs, (script.length - 1 - since + (since >= 0 && !isIdle ? 1 : 0)) * stepMs)
  }))
})
