import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rateOf as autocannonRate } from '../../bench/load/autocannon.ts'
import { createReader } from '../../bench/load/response-reader.ts'
import { rateOf as wrkRate } from '../../bench/load/wrk.ts'

const wrk = (extra = ''): string => `Running 2s test @ http://127.0.0.1:1/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.71ms    1.00ms  30.50ms   91.40%
    Req/Sec    13.57k     1.95k   16.67k    75.00%
  27071 requests in 2.01s, 4.65MB read
${extra}Requests/sec:  13493.62
Transfer/sec:      2.32MB
`

test("the rate is in wrk's report", () => assert.equal(wrkRate(wrk()), 13_493.62))
test('a load with failed connections has no rate', () => {
  assert.throws(() => wrkRate(wrk('  Socket errors: connect 0, read 3, write 0, timeout 0\n')), /connections failed under load: connect 0, read 3/)
})
test('a load with refused requests has no rate', () => {
  assert.throws(() => wrkRate(wrk('  Non-2xx or 3xx responses: 27071\n')), /27071 answers under load were no 2xx/)
})
test('a load that did not run says what it said', () => assert.throws(() => wrkRate('unable to connect'), /unable to connect/))

const autocannon = (fields: object): string => JSON.stringify({ '2xx': 1000, duration: 2, errors: 0, timeouts: 0, non2xx: 0, ...fields })

test("the rate is in autocannon's report, whatever comes before it", () => assert.equal(autocannonRate(`a warning\n${autocannon({})}`), 500))
test('refused requests and failed connections leave no rate there either', () => {
  assert.throws(() => autocannonRate(autocannon({ non2xx: 5 })), /5 answers/)
  assert.throws(() => autocannonRate(autocannon({ timeouts: 2 })), /2 timeouts/)
})

const answer = (status: number, body: string): Buffer => Buffer.from(`HTTP/1.1 ${status} OK\r\nContent-Length: ${body.length}\r\nDate: now\r\n\r\n${body}`)

test('answers end where they say, however they are cut', () => {
  fc.assert(fc.property(fc.array(fc.record({ status: fc.constantFrom(200, 503), length: fc.nat({ max: 300 }) }), { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.integer({ min: 1, max: 90 })), (answers, cuts) => {
    const read = createReader()
    for (const { status, length } of answers) {
      const bytes = answer(status, 'x'.repeat(length))
      let at = 0
      while (at < bytes.length) {
        const end = Math.min(bytes.length, at + (cuts.next().value ?? 1))
        assert.equal(read(bytes.subarray(at, end)), end === bytes.length ? status : undefined)
        at = end
      }
    }
  }))
})

test('an answer that does not say where it ends is refused', () => {
  assert.throws(() => createReader()(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')), /no Content-Length/)
})

test('more than was asked for is refused', () => {
  assert.throws(() => createReader()(Buffer.concat([answer(200, 'one'), answer(200, 'two')])), /more came/)
})
