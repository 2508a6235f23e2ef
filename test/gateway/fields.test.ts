import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFields } from '../../src/gateway/request-fields.ts'
import { readResponse } from '../../src/gateway/response-fields.ts'

const names = (raw: string[]): string[] => raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())

const requests: Array<[does: string, raw: string[], kept: string[]]> = [
  ['what is the client\'s own goes on', ['Host', 'a', 'Cookie', 'c', 'Accept', '*/*'], ['host', 'cookie', 'accept']],
  ['what belongs to one hop does not', ['Connection', 'keep-alive', 'Keep-Alive', '1', 'TE', 'gzip', 'Transfer-Encoding', 'chunked', 'Proxy-Connection', 'x', 'Proxy-Authorization', 'x'], []],
  ['nor what Connection names', ['X-Hop', '1', 'Connection', 'close, X-Hop', 'X-Stays', '1'], ['x-stays']],
  ['Connection cannot take away what the message needs', ['Connection', 'host, content-length', 'Host', 'a', 'Content-Length', '1'], ['host', 'content-length']],
  ['nobody says who a client is but us', ['X-Forwarded-For', '1', 'x-forwarded-proto', 'https', 'X-Forwarded-Anything', '1', 'Forwarded', 'for=1', 'X-Real-IP', '1'], []],
  ['an upgrade that Connection does not name is none', ['Upgrade', 'websocket'], []]
]

for (const [does, raw, kept] of requests) {
  test(does, () => assert.deepEqual(names(readFields(raw).forwarded), kept))
}

const facts: Array<[raw: string[], facts: Partial<ReturnType<typeof readFields>>]> = [
  [['Content-Length', '5'], { contentLength: 5, isChunked: false }],
  [['Transfer-Encoding', 'chunked'], { contentLength: 0, isChunked: true }],
  [['Expect', '100-Continue'], { expectsContinue: true }],
  [['Host', 'a', 'host', 'b'], { hosts: ['a', 'b'] }],
  [['Connection', 'keep-alive, Upgrade', 'Upgrade', 'websocket'], { upgrade: 'websocket' }],
  [['Upgrade', 'websocket'], { upgrade: undefined }],
  [['X-Request-Id', 'abc-1'], { requestId: 'abc-1' }],
  [['X-Request-Id', 'two words'], { requestId: undefined }],
  [['X-Request-Id', 'x'.repeat(129)], { requestId: undefined }]
]

for (const [raw, expected] of facts) {
  test(`${JSON.stringify(raw).slice(0, 60)} says ${JSON.stringify(expected)}`, () => {
    const fields = readFields(raw)
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(fields[name as keyof typeof fields], value)
  })
}

const response = (headers: string[], status = 200, statusMessage = 'OK') => readResponse({ status, statusMessage, headers }, 'id-1', 'now')

test('a response keeps its fields, order and case, and gains the request\'s id and a date', () => {
  assert.equal(response(['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Connection', 'close', 'X-CASE', '']).text,
    'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-CASE: \r\nx-request-id: id-1\r\nDate: now\r\n')
  assert.equal(response(['X-Request-Id', 'own', 'date', 'then']).text, 'HTTP/1.1 200 OK\r\nX-Request-Id: own\r\ndate: then\r\n')
})

test('a response whose length is not one whole number is not passed on', () => {
  for (const value of ['-1', '1,1', '0x1', '', '1 ']) assert.notEqual(response(['content-length', value]).fault, '', value)
  assert.notEqual(response(['Content-Length', '1', 'content-length', '1']).fault, '')
  const { contentLength, fault } = response(['content-length', '12'])
  assert.deepEqual({ contentLength, fault }, { contentLength: 12, fault: '' })
})

test('nor one that would break out of its head', () => {
  for (const field of [['x', 'a\r\nb: c'], ['x', 'a\nb'], ['x', '\0'], ['x', '€'], ['a b', 'c'], ['a:', 'c'], ['', 'c']]) assert.notEqual(response(field).fault, '', JSON.stringify(field))
  for (const status of [100, 199, 1000, 0.5, NaN]) assert.notEqual(response([], status).fault, '', String(status))
  assert.notEqual(response([], 200, 'OK\r\nx: y').fault, '')
  assert.equal(response(['x', 'tab\tand \xe9']).fault, '')
})

test('server-sent events are known by their type', () => {
  for (const [type, is] of [['text/event-stream', true], ['Text/Event-Stream; charset=utf-8', true], ['text/event-streams', false], ['application/json', false]] as const) {
    assert.equal(response(['content-type', type]).isEventStream, is, type)
  }
})

test('a redirect leads to where its client finds it, and a cookie comes back', () => {
  const { text } = readResponse({ status: 302, statusMessage: 'Found', headers: ['Location', '/login', 'X-Where', '/login', 'set-cookie', 'a=1; Path=/cart'] }, 'id-1', 'now', { pathPrefix: '/shop', rewrite: '/' })
  assert.match(text, /\r\nLocation: \/shop\/login\r\nX-Where: \/login\r\nset-cookie: a=1; Path=\/shop\/cart\r\n/)
})
