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
  [['Transfer-Encoding', 'chunked'], { contentLength: undefined, isChunked: true }],
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

const response = (headers: string[]) => readResponse({ status: 200, statusMessage: 'OK', headers }, 'id-1')

test('a response keeps its fields, order and case, and gains the request\'s id', () => {
  assert.deepEqual(response(['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Connection', 'close']).outgoing, ['Set-Cookie', 'a', 'Set-Cookie', 'b', 'x-request-id', 'id-1'])
  assert.deepEqual(response(['X-Request-Id', 'own']).outgoing, ['X-Request-Id', 'own'])
})

test('a response whose length is not one whole number is not passed on', () => {
  for (const value of ['-1', '1,1', '0x1', '', '1 ']) assert.notEqual(response(['content-length', value]).fault, '', value)
  assert.notEqual(response(['Content-Length', '1', 'content-length', '1']).fault, '')
  assert.equal(response(['content-length', '12']).contentLength, 12)
})
