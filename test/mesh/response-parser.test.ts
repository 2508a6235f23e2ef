import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ResponseParser } from '../../src/mesh/serve/response-parser.ts'

interface Parsed { heads: Array<[number, string, string[]]>, body: string, trailers: string[] | undefined, isWhole: boolean }

/** What comes of `text` when it arrives in pieces that end at `cuts`. */
function parse (text: string, cuts: number[], isHeadRequest = false): Parsed | string {
  const parsed: Parsed = { heads: [], body: '', trailers: undefined, isWhole: false }
  const parser = new ResponseParser(isHeadRequest, {
    information: ({ status, statusMessage, headers }) => parsed.heads.push([status, statusMessage, headers]),
    head: ({ status, statusMessage, headers }) => parsed.heads.push([status, statusMessage, headers]),
    switched: ({ status, statusMessage, headers }) => parsed.heads.push([status, statusMessage, headers]),
    body: (bytes) => { parsed.body += bytes.toString('latin1') },
    end: (trailers) => { parsed.trailers = trailers }
  })
  const bytes = Buffer.from(text, 'latin1')
  try {
    let from = 0
    for (const to of [...new Set(cuts)].sort((a, b) => a - b)) {
      if (to <= from || to >= bytes.byteLength) continue
      parser.feed(bytes.subarray(from, to))
      from = to
    }
    parser.feed(bytes.subarray(from))
  } catch (thrown) {
    return String(Reflect.get(Object(thrown), 'code'))
  }
  return { ...parsed, isWhole: parser.finish() }
}

const ok = 'HTTP/1.1 200 OK\r\n'
const rows: Record<string, { text: string, is: Partial<Parsed> | string, isHeadRequest?: boolean }> = {
  'a length': { text: `${ok}Content-Length: 2\r\nX-A:  spaced \r\n\r\nhi`, is: { heads: [[200, 'OK', ['Content-Length', '2', 'X-A', 'spaced']]], body: 'hi', trailers: [], isWhole: true } },
  'no body': { text: 'HTTP/1.1 204 No Content\r\n\r\n', is: { heads: [[204, 'No Content', []]], body: '', isWhole: true } },
  'no reason': { text: 'HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n', is: { heads: [[401, '', ['Content-Length', '0']]], isWhole: true } },
  'no reason and no space': { text: 'HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n', is: { heads: [[401, '', ['Content-Length', '0']]], isWhole: true } },
  HEAD: { text: `${ok}Content-Length: 5\r\n\r\n`, is: { body: '', isWhole: true }, isHeadRequest: true },
  'until it closes': { text: `${ok}\r\nall of it`, is: { body: 'all of it', isWhole: true } },
  chunks: { text: `${ok}Transfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`, is: { body: 'abc0123456789', trailers: [], isWhole: true } },
  trailers: { text: `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n`, is: { body: 'a', trailers: ['X-T', '1', 'X-U', '2'], isWhole: true } },
  'informational ones before': { text: `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}Content-Length: 0\r\n\r\n`, is: { heads: [[103, 'Early Hints', ['Link', 'x']], [200, 'OK', ['Content-Length', '0']]], isWhole: true } },
  'a switch': { text: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 raw', is: { heads: [[101, 'Switching Protocols', ['Upgrade', 'x']]], body: 'HTTP/1.1 raw', isWhole: true } },
  'bytes after the end are dropped': { text: `${ok}Content-Length: 1\r\n\r\nabc`, is: { body: 'a', isWhole: true } },
  'a cut body is not whole': { text: `${ok}Content-Length: 3\r\n\r\nab`, is: { body: 'ab', isWhole: false } },
  'a cut head is not whole': { text: 'HTTP/1.1 200 OK\r\n', is: { heads: [], isWhole: false } },
  'no status line': { text: 'hello\r\n\r\n', is: 'WATT_RESPONSE_GARBLED' },
  'HTTP/2': { text: 'HTTP/2.0 200 OK\r\n\r\n', is: 'WATT_RESPONSE_GARBLED' },
  'a line without a colon': { text: `${ok}nothing\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'a folded line': { text: `${ok}X-A: 1\r\n 2\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'a space before the colon': { text: `${ok}X-A : 1\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'a bare line feed': { text: `${ok}X-A: 1\nX-B: 2\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'two lengths': { text: `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, is: 'WATT_RESPONSE_GARBLED' },
  'a length that is none': { text: `${ok}Content-Length: 1x\r\n\r\na`, is: 'WATT_RESPONSE_GARBLED' },
  'a coding that is not chunked': { text: `${ok}Transfer-Encoding: gzip\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'a chunk size that is none': { text: `${ok}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, is: 'WATT_RESPONSE_GARBLED' },
  'a chunk that is longer than it said': { text: `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`, is: 'WATT_RESPONSE_GARBLED' }
}

for (const [name, { text, is, isHeadRequest }] of Object.entries(rows)) {
  test(name, () => {
    const whole = parse(text, [], isHeadRequest)
    if (typeof is === 'string') assert.equal(whole, is)
    else assert.deepEqual({ ...Object(whole), ...is }, whole)
  })

  test(`${name}, byte by byte and in any pieces`, () => {
    const whole = parse(text, [], isHeadRequest)
    assert.deepEqual(parse(text, Array.from(text, (_, index) => index), isHeadRequest), whole)
    fc.assert(fc.property(fc.array(fc.nat(text.length)), (cuts) => assert.deepEqual(parse(text, cuts, isHeadRequest), whole)))
  })
}

test('a head without end is refused', () => {
  assert.equal(parse(`${ok}X-A: ${'a'.repeat(300_000)}`, [1000]), 'WATT_RESPONSE_GARBLED')
})

test('no bytes make it throw anything but its own error', () => {
  const piece = fc.constantFrom('HTTP/1.1 ', '200', ' OK', '\r\n', '\r\n\r\n', 'Content-Length: ', '3', 'Transfer-Encoding: chunked', '0', 'a', ':', '\n')
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string())), fc.array(fc.nat(200)), (pieces, cuts) => {
    const outcome = parse(pieces.join(''), cuts)
    assert.ok(typeof outcome === 'object' || outcome === 'WATT_RESPONSE_GARBLED')
  }))
})
