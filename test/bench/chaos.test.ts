// The pure parts of the chaos run: where an answer ends, what a load tells, what the table says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check, faultIds } from '../../bench/chaos/fault.ts'
import { parseAnswer, type Parsed } from '../../bench/chaos/load/answer.ts'
import { awayIn, withoutAway } from '../../bench/chaos/load/away.ts'
import { sumOf, Tally } from '../../bench/chaos/load/report.ts'
import { resultOf, tableText } from '../../bench/chaos/report.ts'
import { faults } from '../../bench/chaos/rows/index.ts'

const answers: Record<string, { bytes: string, parsed: Parsed }> = {
  'half a head is not enough': { bytes: 'HTTP/1.1 200 OK\r\nContent-Le', parsed: undefined },
  'half a body is not enough': { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab', parsed: undefined },
  'a whole answer ends where its length says': { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', parsed: { status: 200, bytes: 40, mustClose: false } },
  'what follows is not part of it': { bytes: 'HTTP/1.1 503 No\r\ncontent-length: 1\r\nconnection: close\r\n\r\nabc', parsed: { status: 503, bytes: 58, mustClose: true } },
  '204 has no body': { bytes: 'HTTP/1.1 204 No Content\r\n\r\n', parsed: { status: 204, bytes: 27, mustClose: false } },
  'an answer without a length cannot be told from the next': { bytes: 'HTTP/1.1 200 OK\r\n\r\n', parsed: 'garbled' },
  'what is no HTTP is garbled': { bytes: 'hello\r\n\r\n', parsed: 'garbled' }
}

for (const [name, { bytes, parsed }] of Object.entries(answers)) {
  test(`chaos: ${name}`, () => assert.deepEqual(parseAnswer(Buffer.from(bytes)), parsed))
}

test('chaos: a tally counts failures by kind, and stalls by what was answered', () => {
  const tally = new Tally()
  for (const [result, ms] of [['ok', 1], ['ok', 3], ['ok', 20], ['status 503', 900], ['closed', 2], ['status 503', 1]] as const) {
    tally.sent()
    tally.over(result, { fromMs: 100, toMs: 100 + ms })
  }
  const report = tally.report([{ fromMs: 105, toMs: 200 }])
  assert.deepEqual([report.sent, report.failed, report.failures, report.stallMs, report.clockStallMs], [6, 3, { 'status 503': 2, closed: 1 }, 5, 20])
  const { sent, failed, stallMs, failures } = sumOf({ before: { a: report }, during: { a: report } }, 'a')
  assert.deepEqual([sent, failed, stallMs, failures], [12, 6, 5, { 'status 503': 4, closed: 2 }])
})

test('chaos: silence is the longest time between two answers, less that in which the machine was away', () => {
  const tally = new Tally()
  for (const toMs of [100, 1_300, 110, 2_000]) tally.over('ok', { fromMs: toMs - 1, toMs })
  assert.equal(tally.report([{ fromMs: 200, toMs: 900 }]).silentMs, 700)
})

test('chaos: the machine is away while a bare server does not answer', () => {
  const away = awayIn([{ fromMs: 0, toMs: 10 }, { fromMs: 250, toMs: 300 }, { fromMs: 100, toMs: 140 }, { fromMs: 120, toMs: 160 }])
  assert.deepEqual(away, [{ fromMs: 100, toMs: 160 }, { fromMs: 250, toMs: 300 }])
  assert.equal(withoutAway({ fromMs: 110, toMs: 260 }, away), 90)
  assert.equal(withoutAway({ fromMs: 160, toMs: 250 }, away), 90)
})

test('chaos: a row is ok when all that must hold holds, and the table says what did not', () => {
  const [fault] = faults
  assert.ok(fault !== undefined)
  const checks = [check('this holds', true, 1), check('this does not', false, 2)]
  const missed = resultOf(fault, { sent: 9, failed: 1, stallMs: 5, checks }, undefined)
  assert.equal(missed.ok, false)
  assert.match(tableText([missed]), /MISSED this does not \(2\)/)
  assert.equal(resultOf(fault, { sent: 9, failed: 1, stallMs: 5, checks: checks.slice(0, 1) }, undefined).ok, true)
  const broken = resultOf(fault, new Error('it did not start'), new Error('nor did the peer'))
  assert.deepEqual([broken.ok, broken.sent, broken.error], [false, null, 'it did not start'])
})

test('chaos: every row is there, in the order of the table', () => {
  assert.deepEqual(faults.map(({ id }) => id), faultIds)
})
