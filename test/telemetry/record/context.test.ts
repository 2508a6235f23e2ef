import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { begin, createIds, formatTraceparent, isSampled, parseTraceparent, parseTracestate, readContext, writeTraceparent } from '../../../src/telemetry/record/context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const valid = `00-${traceId}-${spanId}-01`

const traceparents: Record<string, { value: string, sampled?: boolean }> = {
  'a sampled parent': { value: valid, sampled: true },
  'an unsampled one': { value: `00-${traceId}-${spanId}-00`, sampled: false },
  'unknown flags beside the sampled one': { value: `00-${traceId}-${spanId}-03`, sampled: true },
  'spaces around it': { value: ` ${valid}\t`, sampled: true },
  'a later version that says more': { value: `01-${traceId}-${spanId}-01-what-comes`, sampled: true },
  'a later version, no more': { value: `cc-${traceId}-${spanId}-00`, sampled: false },
  'version 00 that says more is not valid': { value: `${valid}-x` },
  'version ff is not valid': { value: `ff-${traceId}-${spanId}-01` },
  'upper case is not valid': { value: valid.toUpperCase() },
  'no trace id': { value: `00-${'0'.repeat(32)}-${spanId}-01` },
  'no span id': { value: `00-${traceId}-${'0'.repeat(16)}-01` },
  'too short': { value: `00-${traceId}-${spanId}` },
  'a later version that runs on': { value: `01-${traceId}-${spanId}-01x` },
  nothing: { value: '' }
}
for (const [name, { value, sampled }] of Object.entries(traceparents)) {
  test(`traceparent: ${name}`, () => assert.deepEqual(parseTraceparent(value), sampled === undefined ? undefined : { traceId, spanId, sampled }))
}

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length }).filter((text) => /[^0]/.test(text))

test('what is written is read back', () => {
  fc.assert(fc.property(fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean() }, { noNullPrototype: true }), (context) => {
    assert.deepEqual(parseTraceparent(formatTraceparent(context)), context)
  }))
})

test('no text makes the reader throw, and what it takes is valid', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((tail) => valid + tail), fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/)), (value) => {
    const context = parseTraceparent(value)
    if (context !== undefined) assert.deepEqual(parseTraceparent(formatTraceparent(context)), context)
  }))
})

const headers: Record<string, { headers: string[], tracestate?: string, has: boolean }> = {
  'any case of the names': { headers: ['TraceParent', valid, 'TraceState', 'a=1'], tracestate: 'a=1', has: true },
  'several tracestates are one list': { headers: ['tracestate', 'a=1', 'x', 'y', 'traceparent', valid, 'tracestate', ' b=2 ', 'tracestate', ''], tracestate: 'a=1,b=2', has: true },
  'two traceparents are none': { headers: ['traceparent', valid, 'traceparent', valid, 'tracestate', 'a=1'], has: false },
  'a tracestate without a parent is dropped': { headers: ['tracestate', 'a=1'], has: false },
  'a tracestate past its bound is dropped whole': { headers: ['traceparent', valid, 'tracestate', `a=${'x'.repeat(600)}`], has: true }
}
for (const [name, { headers: list, tracestate, has }] of Object.entries(headers)) {
  test(`headers: ${name}`, () => {
    assert.deepEqual(readContext(list), { remote: has ? { traceId, spanId, sampled: true } : undefined, tracestate })
  })
}

test('writing a traceparent leaves exactly one, and everything else in its order', () => {
  const list = ['a', '1', 'Traceparent', 'old', 'b', '2', 'traceparent', 'older', 'a', '3']
  writeTraceparent(list, valid)
  assert.deepEqual(list, ['a', '1', 'b', '2', 'a', '3', 'traceparent', valid])
})

test('an empty tracestate is none', () => assert.equal(parseTracestate(['', ' ']), undefined))

const ids = { traceId: () => 'f'.repeat(32), spanId: () => '1'.repeat(16) }
const root = { remote: undefined, tracestate: undefined }
const under = (sampled: boolean): Parameters<typeof begin>[0] => ({ remote: { traceId, spanId, sampled }, tracestate: 'a=1' })
const begins: Record<string, { with: Parameters<typeof begin>, is: object }> = {
  'a root is sampled by ratio': { with: [root, { samplingRatio: 1 }, ids], is: { traceId: 'f'.repeat(32), spanId: '1'.repeat(16), parentSpanId: '', sampled: true } },
  'a root outside the ratio is not': { with: [root, { samplingRatio: 0.5 }, ids], is: { traceId: 'f'.repeat(32), spanId: '1'.repeat(16), parentSpanId: '', sampled: false } },
  'a sampled parent is followed at ratio 0': { with: [under(true), { samplingRatio: 0 }, ids], is: { traceId, spanId: '1'.repeat(16), parentSpanId: spanId, sampled: true, tracestate: 'a=1' } },
  'an unsampled parent is followed at ratio 1, and passed on': { with: [under(false), { samplingRatio: 1 }, ids], is: { traceId, spanId, parentSpanId: '', sampled: false, tracestate: 'a=1' } },
  'without tracing what came is passed on': { with: [under(true), undefined, ids], is: { traceId, spanId, parentSpanId: '', sampled: true, tracestate: 'a=1' } }
}
for (const [name, { with: given, is }] of Object.entries(begins)) {
  test(`begin: ${name}`, () => assert.deepEqual(begin(...given), is))
}

test('begin: without tracing a root only has ids, made when someone asks, and once', () => {
  let made = 0
  const counted = { traceId: () => `${++made}`.padStart(32, 'f'), spanId: () => `${++made}`.padStart(16, 'f') }
  const context = begin(root, undefined, counted)
  assert.deepEqual([context.parentSpanId, context.sampled, context.tracestate, made], ['', false, undefined, 0])
  const { traceId, spanId } = context
  assert.deepEqual([traceId, spanId], [`${'f'.repeat(31)}1`, `${'f'.repeat(15)}2`])
  assert.deepEqual([context.traceId, context.spanId, made], [traceId, spanId, 2])
})

test('ids are valid and do not repeat, past the pool too', () => {
  const made = createIds(randomFillSync)
  const seen = new Set(Array.from({ length: 2000 }, () => [made.traceId(), made.spanId()]).flat())
  assert.equal(seen.size, 4000)
  for (const id of seen) assert.match(id, /^[\da-f]{16}(?:[\da-f]{16})?$/)
  const zeros = createIds(() => {})
  assert.deepEqual([zeros.traceId(), zeros.spanId()], [`${'0'.repeat(31)}1`, `${'0'.repeat(15)}1`])
})

test('the ratio holds over many traces, and a lower ratio samples a part of what a higher one does', () => {
  const made = createIds(randomFillSync)
  const traces = Array.from({ length: 4000 }, made.traceId)
  const quarter = traces.filter((id) => isSampled(id, 0.25))
  assert.ok(quarter.length > 800 && quarter.length < 1200, `${quarter.length} of 4000`)
  assert.ok(quarter.every((id) => isSampled(id, 0.5)))
  assert.deepEqual([traces.some((id) => isSampled(id, 0)), traces.every((id) => isSampled(id, 1))], [false, true])
})
