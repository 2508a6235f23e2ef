import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figure, resultOf, tableText } from '../../bench/report.ts'
import type { Row, RowId } from '../../bench/row.ts'

function row (id: RowId, better: 'higher' | 'lower', bar: number): Row {
  const side = (name: string) => ({ name, figure: 'some', probe: { name, measure: async () => ({ some: 1 }) } })
  return { id, title: 'one thing against another', unit: 'req/s', ours: side('ours'), peer: side('raw'), better, bar, aim: 1 }
}

test('an entry of the JSON has what a check outside reads, and what a person asks next', () => {
  assert.deepEqual(resultOf(row('gateway-raw', 'higher', 0.55), [{ ours: 60, peer: 100 }]), {
    row: 'gateway-raw',
    ours: 60,
    peer: 100,
    ratio: 0.6,
    bar: 0.55,
    ok: true,
    aim: 1,
    better: 'higher',
    unit: 'req/s',
    title: 'one thing against another',
    sides: ['ours', 'raw'],
    spread: [0.6, 0.6],
    pairs: [{ ours: 60, peer: 100 }]
  })
})

test('a row that could not be measured is not ok, and says why', () => {
  const { ours, peer, ratio, ok, error } = resultOf(row('gateway-nginx', 'higher', 1), new Error('install nginx'))
  assert.deepEqual({ ours, peer, ratio, ok, error }, { ours: null, peer: null, ratio: null, ok: false, error: 'install nginx' })
})

test('the table is aligned, and ends with what went wrong', () => {
  const results = [
    resultOf(row('gateway-raw', 'higher', 0.55), [{ ours: 6000, peer: 10_000 }, { ours: 7000, peer: 10_000 }]),
    resultOf(row('gateway-p99', 'lower', 4), [{ ours: 5, peer: 1 }]),
    resultOf(row('gateway-nginx', 'higher', 1), new Error('install nginx'))
  ]
  assert.equal(tableText(results), `
row            ours   peer  unit   ratio       spread     bar  aim  ok
gateway-raw    6500  10000  req/s  0.650  0.600–0.700  ≥ 0.55    1  ok
gateway-p99    5.00   1.00  req/s   5.00    5.00–5.00     ≤ 4    1  MISSED
gateway-nginx     -      -  req/s      -            -     ≥ 1    1  ERROR

gateway-nginx: install nginx`.slice(1))
})

for (const [value, text] of [[0.12345, '0.123'], [1.2345, '1.23'], [12.345, '12.3'], [123.45, '123'], [123_456, '123456'], [NaN, '?'], [Infinity, '?'], [null, '-']] as const) {
  test(`${value} is shown as ${text}`, () => assert.equal(figure(value), text))
}
