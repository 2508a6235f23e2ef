import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Surroundings } from '../../bench/bench.ts'
import { Children } from '../../bench/process/children.ts'
import type { Bench } from '../../bench/bench.ts'
import type { Probe, Row, RowId } from '../../bench/row.ts'
import { runFamily } from '../../bench/run.ts'

const surroundings: Surroundings = {
  loadSeconds: 1, warmSeconds: 3, loader: { name: 'none', rate: async () => 1 }, children: new Children(), folder: '', dist: '', tell: () => {}
}

function probe (name: string, measure: (bench: Bench) => Promise<number>): Probe {
  return { name, measure: async (bench) => ({ it: await measure(bench) }) }
}

function row (id: RowId, ours: Probe, peer: Probe): Row {
  return { id, title: id, unit: 'x', ours: { name: ours.name, probe: ours, figure: 'it' }, peer: { name: peer.name, probe: peer, figure: 'it' }, better: 'higher', bar: 1, aim: 1 }
}

const family = (...rows: Row[]): { name: string, rows: Row[], rounds: { quick: number, full: number } } => ({ name: 'some', rows, rounds: { quick: 1, full: 1 } })

test('sides take turns, there and back, and what rows share is measured once a round', async () => {
  const order: string[] = []
  const named = (name: string): Probe => probe(name, async () => order.push(name))
  const [ours, raw, other] = [named('ours'), named('raw'), named('other')]
  await runFamily(family(row('gateway-raw', ours, raw), row('gateway-nginx', ours, other)), 2, surroundings)
  assert.deepEqual(order, ['ours', 'raw', 'other', 'other', 'raw', 'ours', 'ours', 'raw', 'other'])
})

test('the first round warms longer and does not count', async () => {
  const seen: Array<[boolean, number]> = []
  const ours = probe('ours', async ({ isWarming, loadSeconds }) => {
    seen.push([isWarming, loadSeconds])
    return isWarming ? 1000 : 2
  })
  const only = row('gateway-raw', ours, probe('raw', async () => 4))
  const outcomes = await runFamily(family(only), 2, surroundings)
  assert.deepEqual(outcomes.get(only), [{ ours: 2, peer: 4 }, { ours: 2, peer: 4 }])
  assert.deepEqual(seen, [[true, 3], [false, 1], [false, 1]])
})

test('a side that fails takes its own rows with it, and no other; what only they need is measured no more', async () => {
  let lonely = 0
  const [ours, raw] = [probe('ours', async () => 2), probe('raw', async () => 1)]
  const broken = probe('broken', async () => { throw new Error('it does not start') })
  const whole = row('gateway-raw', ours, raw)
  const failed = row('gateway-logs', broken, probe('lonely', async () => ++lonely))
  const outcomes = await runFamily(family(failed, whole), 3, surroundings)
  assert.deepEqual(outcomes.get(whole), Array(3).fill({ ours: 2, peer: 1 }))
  assert.match(String(outcomes.get(failed)), /it does not start/)
  assert.equal(lonely, 0)
})

test('what is shared is started once and ended with the family, the last one first', async () => {
  const events: string[] = []
  const sharing = (name: string): Probe => probe(name, async (bench) => await bench.share(name, async (life) => {
    events.push(`start ${name}`)
    life.add(name, () => events.push(`end ${name}`))
    return 1
  }))
  await runFamily(family(row('gateway-raw', sharing('a'), sharing('b'))), 2, surroundings)
  assert.deepEqual(events, ['start a', 'start b', 'end b', 'end a'])
})
