// The head of a request: what is one, what is none, and that it does not matter in which pieces it came.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WattError } from '../../src/base/error.ts'
import { readHead, type RequestText } from '../../src/gateway/http/request-head.ts'

const limitBytes = 1024

const heads: Array<[what: string, text: string, head: Partial<RequestText>]> = [
  ['a request', 'GET /x?y HTTP/1.1\r\nHost: a\r\nX-Y:z\r\n\r\nbody', { method: 'GET', target: '/x?y', minorVersion: 1, fields: ['Host', 'a', 'X-Y', 'z'], length: 37 }],
  ['one of HTTP/1.0, without any field', 'GET / HTTP/1.0\r\n\r\n', { minorVersion: 0, fields: [], length: 18 }],
  ['empty lines before it', '\r\n\r\nGET / HTTP/1.1\r\n\r\n', { method: 'GET', fields: [], length: 22 }],
  ['space around values, and within', 'GET / HTTP/1.1\r\na: \t b c \t\r\nd:\r\ne:   \r\n\r\n', { fields: ['a', 'b c', 'd', '', 'e', ''] }],
  ['bytes above ASCII in a value', 'GET / HTTP/1.1\r\na: \xe9\xff\r\n\r\n', { fields: ['a', '\xe9\xff'] }],
  ['names of every character that is a token\'s', "GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: 1\r\n\r\n", { fields: ["!#$%&'*+-.^_`|~09azAZ", '1'] }],
  ['a method of any token', 'M-SEARCH * HTTP/1.1\r\n\r\n', { method: 'M-SEARCH', target: '*' }],
  ['a colon in a value', 'GET / HTTP/1.1\r\na:b:c\r\n\r\n', { fields: ['a', 'b:c'] }]
]

for (const [what, text, expected] of heads) {
  test(`read: ${what}`, () => {
    const head = readHead(text, limitBytes)
    assert.ok(head !== undefined && !(head instanceof WattError), String(head))
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(head[key as keyof RequestText], value)
  })
}

const field = (line: string): string => `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`

const refused: Array<[what: string, text: string]> = [
  ['no method', ' / HTTP/1.1\r\n\r\n'],
  ['a method with another character', 'G(T / HTTP/1.1\r\n\r\n'],
  ['two spaces', 'GET  / HTTP/1.1\r\n\r\n'],
  ['two spaces before the version', 'GET /  HTTP/1.1\r\n\r\n'],
  ['a tab instead of a space', 'GET\t/ HTTP/1.1\r\n\r\n'],
  ['a space in the target', 'GET /a b HTTP/1.1\r\n\r\n'],
  ['a byte above ASCII in the target', 'GET /\xe9 HTTP/1.1\r\n\r\n'],
  ['no version', 'GET /\r\n\r\n'],
  ['another version', 'GET / HTTP/2.0\r\n\r\n'],
  ['a version that does not exist', 'GET / HTTP/1.2\r\n\r\n'],
  ['lower case', 'GET / http/1.1\r\n\r\n'],
  ['something behind the version', 'GET / HTTP/1.1 \r\n\r\n'],
  ['a bare line feed behind the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  ['a bare line feed behind a field', field('a: b\nc: d')],
  ['a bare carriage return in a value', field('a: b\rc')],
  ['a carriage return before the line end', field('a: b\r')],
  ['NUL in a value', field('a: \0')],
  ['DEL in a value', field('a: \x7f')],
  ['NUL in a name', field('a\0: b')],
  ['a space before the colon', field('a : b')],
  ['a tab before the colon', field('a\t: b')],
  ['no name', field(': b')],
  ['no colon', field('a')],
  ['a folded line', field('a: b\r\n c')],
  ['a folded line with a tab', field('a: b\r\n\tc')],
  ['a space before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
  ['a name in quotes', field('"a": b')],
  ['the beginning of TLS', '\x16\x03\x01\x02\0\x01'],
  ['lines without carriage returns', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['a method without end', 'G'.repeat(40)]
]

for (const [what, text] of refused) {
  test(`refused: ${what}`, () => {
    const head = readHead(text, limitBytes)
    assert.equal(head instanceof WattError && head.code, 'WATT_REQUEST_MALFORMED')
  })
}

for (const text of ['', 'G', 'GET', 'GET ', 'GET /', 'GET / HTTP/1.1', 'GET / HTTP/1.1\r', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r', '\r', '\r\n', '\r\n\r\n', '\r\n\r']) {
  test(`not yet whole: ${JSON.stringify(text)}`, () => assert.equal(readHead(text, limitBytes), undefined))
}

test('a head may be as long as the limit, and not longer, whole or not', () => {
  const ofLength = (length: number): string => field(`a: ${'x'.repeat(length - field('a: ').length)}`)
  assert.ok(!(readHead(ofLength(limitBytes), limitBytes) instanceof WattError))
  for (const text of [ofLength(limitBytes + 1), ofLength(limitBytes + 2).slice(0, -1), '\r\n'.repeat(limitBytes)]) {
    const head = readHead(text, limitBytes)
    assert.equal(head instanceof WattError && head.code, 'WATT_HEADERS_TOO_LARGE')
  }
})

const token = fc.string({ unit: fc.constantFrom(...'aZ09-_.!'), minLength: 1, maxLength: 12 })
const value = fc.string({ unit: fc.constantFrom(...'ab \t,;="\xe9'), maxLength: 12 }).map((text) => text.trim())

test('what is written is what is read', () => {
  fc.assert(fc.property(token, fc.array(fc.tuple(token, value)), fc.string(), (method, fields, behind) => {
    const text = `${method} /x HTTP/1.1\r\n${fields.map(([name, text]) => `${name}: ${text}\r\n`).join('')}\r\n`
    const head = readHead(text + behind, 4096)
    assert.deepEqual(head, { method, target: '/x', minorVersion: 1, fields: fields.flat(), length: text.length })
  }))
})

test('no beginning of a head is refused, and none is taken for the whole', () => {
  fc.assert(fc.property(token, fc.array(fc.tuple(token, value)), fc.nat(), (method, fields, cut) => {
    const text = `${method} /x HTTP/1.1\r\n${fields.map(([name, text]) => `${name}: ${text}\r\n`).join('')}\r\n`
    assert.equal(readHead(text.slice(0, cut % text.length), 4096), undefined)
  }))
})

test('whatever comes, it is a head, the beginning of one, or refused; and what was read holds no line end', () => {
  const noise = fc.array(fc.constantFrom('\r\n', '\n', '\r', ' ', ':', 'GET', '/', 'HTTP/1.1', 'a', '\0', '\t', ','), { maxLength: 30 }).map((parts) => parts.join(''))
  fc.assert(fc.property(noise, (text) => {
    const head = readHead(text, limitBytes)
    if (head === undefined || head instanceof WattError) return
    assert.ok(![head.method, head.target, ...head.fields].some((part) => /[\r\n\0]/.test(part)))
    assert.equal(text.slice(head.length - 4, head.length), '\r\n\r\n')
  }), { numRuns: 2000 })
})
