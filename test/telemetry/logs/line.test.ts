import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLineReader } from '../../../src/telemetry/logs/line.ts'
import { maxLineLength } from '../../../src/telemetry/logs/split.ts'
import { jsonLine, type LogRecord } from '../../../src/telemetry/logs/record.ts'

const traceId = 'a'.repeat(32)
const origin = { timeMs: 1_700_000_000_000, traceId, spanId: 'b'.repeat(16) }
const source = { app: 'shop', service: 'orders', worker: 3, descriptor: 1 } as const

function read (chunks: Array<string | Uint8Array>, descriptor: 1 | 2 = 1): LogRecord[] {
  const reader = createLineReader({ ...source, descriptor })
  return [...chunks.flatMap((chunk) => reader.push(chunk, origin)), ...reader.end()]
}

const error = 'Error: first line\nsecond line\n    at f (file:///app/a.js:1:2)\n    at g (node:fs:1:2) {\n  code: \'E\',\n  [cause]: TypeError: x\n      at h (a.js:1:1)\n}'
const syntax = '/app/a.js:3\nconst x = ;\n          ^\n\nSyntaxError: Unexpected token \';\'\n    at compile (node:vm:1:1)'

const messages: Record<string, { text: string, msgs: string[] }> = {
  'plain lines are records': { text: 'a\nb\r\n\nc', msgs: ['a', 'b', 'c'] },
  'an error with its stack, its fields and its cause is one': { text: `before\n${error}\nafter\n`, msgs: ['before', error, 'after'] },
  'a syntax error with the line it is in is one': { text: `${syntax}\n`, msgs: [syntax] },
  'an error without a stack takes nothing with it': { text: 'Error: lost\nlistening\nready:\n  port 1\n', msgs: ['Error: lost', 'listening', 'ready:\n  port 1'] },
  'an object over several lines is one': { text: '{\n  a: 1,\n  b: [ 2 ]\n}\nnext', msgs: ['{\n  a: 1,\n  b: [ 2 ]\n}', 'next'] },
  'a table is one': { text: '┌───┐\n│ x │\n└───┘\n', msgs: ['┌───┐\n│ x │\n└───┘'] },
  'what looks like JSON and is not stays text': { text: '{ a }\n{"a":\n[1]\nnull\n', msgs: ['{ a }', '{"a":', '[1]', 'null'] },
  'colours are kept': { text: '\u001b[31mred\u001b[0m\n', msgs: ['\u001b[31mred\u001b[0m'] },
  'two errors are two': { text: `${error}\n${error}\n`, msgs: [error, error] },
  'an error between JSON lines keeps its place': { text: `{"msg":"1"}\n${error}\n{"msg":"2"}\n`, msgs: ['1', error, '2'] }
}
for (const [name, { text, msgs }] of Object.entries(messages)) {
  test(name, () => assert.deepEqual(read([text]).map(({ msg }) => msg), msgs))
}

const ours = { app: 'shop', service: 'orders', worker: 3, trace_id: traceId, span_id: origin.spanId }
const jsons: Record<string, { line: string, record: LogRecord }> = {
  pino: {
    line: '{"level":40,"time":1531171082399,"pid":7,"hostname":"h","msg":"hi","err":{"type":"Error","stack":"Error: x\\n    at y"}}',
    record: { ...ours, level: 'warn', time: 1531171082399, msg: 'hi', pid: 7, hostname: 'h', err: { type: 'Error', stack: 'Error: x\n    at y' } }
  },
  winston: {
    line: '{"level":"warning","message":"hi","timestamp":"2020-01-02T03:04:05.678Z","user":1}',
    record: { ...ours, level: 'warn', time: Date.UTC(2020, 0, 2, 3, 4, 5, 678), msg: 'hi', user: 1 }
  },
  'Google Cloud\'s form': {
    line: '{"severity":"CRITICAL","ts":1531171082.5,"message":"hi"}',
    record: { ...ours, level: 'fatal', time: 1531171082500, msg: 'hi' }
  },
  'any object': { line: '{"a":{"b":[1]}}', record: { ...ours, level: 'info', time: origin.timeMs, msg: '', a: { b: [1] } } },
  'fields that are ours are kept beside ours, not instead': {
    line: '{"msg":"x","app":"evil","service":"gateway","worker":0,"time":"soon","level":"loudest","__proto__":{"app":"evil"}}',
    record: JSON.parse(JSON.stringify({
      ...ours, level: 'info', time: origin.timeMs, msg: 'x', app_: 'evil', service_: 'gateway', worker_: 0, time_: 'soon', level_: 'loudest'
    }).replace(/}$/, ',"__proto__":{"app":"evil"}}')) as LogRecord
  },
  'the line\'s own trace is nearer to the truth': {
    line: `{"msg":"x","trace_id":"${'c'.repeat(32)}","span_id":"no"}`,
    record: { ...ours, level: 'info', time: origin.timeMs, msg: 'x', trace_id: 'c'.repeat(32), span_id_: 'no' }
  }
}
for (const [name, { line, record }] of Object.entries(jsons)) {
  test(`a JSON line: ${name}`, () => assert.deepEqual(read([`${line}\n`]), [record]))
}

test('stderr is an error, but for the warnings of Node itself', () => {
  const levels = read(['oops\n(node:7) ExperimentalWarning: x\n(Use `node --trace-warnings ...` to show)\n{"level":30,"msg":"fine"}\n'], 2).map(({ level }) => level)
  assert.deepEqual(levels, ['error', 'warn', 'warn', 'info'])
})

test('a line of any length is bounded, and says what was cut', () => {
  const [long, next] = read([`${'x'.repeat(maxLineLength)}yz\n`, 'next\n'])
  assert.deepEqual([long?.msg.length, long?.truncated, next?.msg], [maxLineLength, 2, 'next'])
  const [endless] = read(Array.from({ length: 100 }, () => `  ${'x'.repeat(1000)}\n`))
  assert.equal(endless?.msg.length, maxLineLength)
  assert.equal(endless.msg.length + Number(endless.truncated), 100 * 1003 - 1)
})

test('a plain line waits for its stack until it is settled, a half line until its newline', () => {
  const reader = createLineReader(source)
  assert.deepEqual(reader.push('one\ntw', origin).map(({ msg }) => msg), [])
  assert.deepEqual(reader.settle().map(({ msg }) => msg), ['one'])
  assert.deepEqual(reader.push('o\n', origin).map(({ msg }) => msg), [])
  assert.deepEqual(reader.settle().map(({ msg }) => msg), ['two'])
})

test('a record carries the trace of the chunk that began its line', () => {
  const reader = createLineReader(source)
  const begun = { ...origin, traceId: 'd'.repeat(32) }
  const records = [...reader.push('be', begun), ...reader.push('gun\nother\n', origin), ...reader.end()]
  assert.deepEqual(records.map(({ msg, trace_id: id }) => [msg, id]), [['begun', begun.traceId], ['other', traceId]])
})

const piece = fc.oneof(
  fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\n\n', '{"msg":"é"}\n', `${error}\n`, `${syntax}\n`, '    at x\n', 'Error: y\n', '{\n', '  a\n', '}\n', '\u2028', '\u{1f30d}\n')
)
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))

test('any chunking of the same bytes gives the same records', () => {
  fc.assert(fc.property(text, fc.array(fc.nat(400)), (written, cuts) => {
    const bytes = new TextEncoder().encode(written)
    const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
    const chunks = edges.slice(1).map((to, index) => bytes.slice(edges[index], to))
    const whole = read([bytes])
    assert.deepEqual(read(chunks), whole)
    assert.deepEqual(read([...bytes].map((byte) => new Uint8Array([byte]))), whole)
    assert.deepEqual(read([new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)]), whole)
  }))
})

test('whatever is written, each record is one line of JSON that says who wrote it', () => {
  fc.assert(fc.property(fc.oneof(text, fc.string({ unit: fc.integer({ min: 0, max: 0x2030 }).map((code) => String.fromCharCode(code)) }), fc.json()), (written) => {
    for (const record of read([written])) {
      const line = jsonLine(record)
      assert.equal(line.search(/[\p{Cc}\p{Zl}\p{Zp}]/u), line.length - 1)
      const parsed = JSON.parse(line) as LogRecord
      assert.deepEqual([parsed.app, parsed.service, parsed.worker], ['shop', 'orders', 3])
    }
  }))
})

test('no character that was written is lost, but for line ends', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), (lines) => {
    const visible = (parts: string[]): string => parts.join('').replaceAll(/\s/g, '')
    const records = read([lines.map((line) => `x${line}\n`).join('')])
    assert.equal(visible(records.map(({ msg }) => msg)), visible(lines.map((line) => `x${line}`)))
  }))
})
