// Bodies in chunks: what they hold, whatever the pieces in which they come, and what is none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChunkedReader } from '../../src/gateway/http/chunked.ts'

const limitBytes = 256

/** Reads `text` in pieces of the given lengths, the last one again and again. */
function read (text: string, lengths: readonly number[] = [text.length]) {
  const reader = new ChunkedReader(limitBytes)
  let body = ''
  let at = 0
  let pieces = 0
  for (let index = 0; at < text.length && !reader.isDone && reader.fault === ''; index++) {
    const bytes = Buffer.from(text.slice(at, at + Math.max(1, lengths[Math.min(index, lengths.length - 1)] ?? 1)), 'latin1')
    at += reader.read(bytes, (content) => {
      body += content.toString('latin1')
      pieces++
    })
  }
  return { body, trailers: reader.trailers, fault: reader.fault, isDone: reader.isDone, rest: text.slice(at), pieces }
}

const whole: Array<[what: string, text: string, body: string, trailers: string[]]> = [
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', []],
  ['several', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', 'abc', []],
  ['none', '0\r\n\r\n', '', []],
  ['sizes in either case, with leading zeros', '00A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n', '01234567890123456789a', []],
  ['extensions', '1;a=b;c="d"\r\nx\r\n0;last\r\n\r\n', 'x', []],
  ['line ends within', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', []],
  ['trailers', '1\r\nx\r\n0\r\na: 1\r\nB: 2\r\n\r\n', 'x', ['a', '1', 'B', '2']]
]

for (const [what, text, body, trailers] of whole) {
  test(`read: ${what}, whole and byte by byte, up to where it ends`, () => {
    for (const lengths of [[1_000], [1], [2], [3]]) {
      const got = read(`${text}GET`, lengths)
      assert.deepEqual({ body: got.body, trailers: got.trailers, fault: got.fault, isDone: got.isDone, rest: got.rest }, { body, trailers, fault: '', isDone: true, rest: 'GET' })
    }
  })
}

const faults: Record<string, string> = {
  'no size': '\r\nx\r\n0\r\n\r\n',
  'a size that is none': 'g\r\nx',
  'a sign': '+1\r\nx\r\n0\r\n\r\n',
  'a prefix': '0x1\r\nx\r\n0\r\n\r\n',
  'a space before the size': ' 1\r\nx\r\n0\r\n\r\n',
  'a space behind it': '1 \r\nx\r\n0\r\n\r\n',
  'a bare line feed behind it': '1\nx\r\n0\r\n\r\n',
  'a bare carriage return behind it': '1\rx',
  'a bare line feed in an extension': '1;a\nx\r\n0\r\n\r\n',
  'more than was said': '1\r\nxy\r\n0\r\n\r\n',
  'a bare line feed behind a chunk': '1\r\nx\n0\r\n\r\n',
  'too many digits': '100000000000000\r\n',
  'an extension without end': `1;${'x'.repeat(300)}`,
  'a trailer that is no field': '0\r\na\r\n\r\n',
  'a trailer with a bare line feed': '0\r\na: b\nc: d\r\n\r\n',
  'trailers that are too long': `0\r\n${'a: b\r\n'.repeat(100)}\r\n`,
  'a trailer without end': `0\r\na: ${'x'.repeat(1_000)}`
}

for (const [what, text] of Object.entries(faults)) {
  test(`refused: ${what}, whole and byte by byte`, () => {
    for (const lengths of [[10_000], [1], [2]]) {
      const { fault, isDone } = read(text, lengths)
      assert.notEqual(fault, '', `in pieces of ${lengths[0]}`)
      assert.equal(isDone && fault === '', false)
    }
  })
}

test('what was cut into chunks comes out whole, whatever the pieces', () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', '\xff'), minLength: 1, maxLength: 40 })
  fc.assert(fc.property(fc.array(chunk), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), fc.string({ unit: fc.constantFrom('G', '\r\n', '0') }), (chunks, lengths, behind) => {
    const text = `${chunks.map((content) => `${content.length.toString(16)}\r\n${content}\r\n`).join('')}0\r\n\r\n`
    const got = read(text + behind, lengths)
    assert.equal(got.fault, '')
    assert.equal(got.body, chunks.join(''))
    assert.equal(got.rest, behind)
  }))
})

test('small chunks that come together are given as one piece', () => {
  const { pieces, body } = read(`${'1\r\nx\r\n'.repeat(100)}0\r\n\r\n`)
  assert.deepEqual({ pieces, body }, { pieces: 1, body: 'x'.repeat(100) })
})
