// What a client may ask: methods, targets, Host, fields, bodies.
import { METHODS } from 'node:http'
import { bytesOf, chunked, one, prefix, refused, steps, type Cases } from './case.ts'

const methods: Cases = Object.fromEntries(METHODS.filter((method) => method !== 'CONNECT').flatMap((method) => [
  [`${method} without a body`, one({ method })],
  [`${method} with a body`, one({ method, body: 'a body', fields: ['Content-Type: text/plain'] })]
]))

const targets: Cases = Object.fromEntries(Object.entries({
  'an empty query': 'echo?',
  'a query with everything in it': "echo?a=1&a=2&b&&=c&d=/?:@!$'()*+,;=-._~%20%2F%3F",
  'a second question mark': 'echo??a',
  'a trailing slash': 'echo/',
  'an encoded space': 'a%20b',
  'an encoded slash': 'a%2Fb',
  'a lower-case escape of a slash': 'a%2fb',
  'UTF-8, encoded': 'caf%C3%A9/%E2%9C%93',
  'an escape that is no UTF-8': 'a%FF',
  'characters that need no escape': "a-._~!$&'()*+,;=:@b",
  'characters that should have been escaped': 'a[b]{c}|d^e`f"g<h>',
  'path parameters': 'a;b=c/d;e',
  'a segment of dots': 'a...b/.well-known/x..',
  'an encoded percent sign': 'a%2525',
  'a plus sign': 'a+b?c+d',
  'a path of 4,000 characters': `a${'/b'.repeat(2_000)}`,
  'a query of 12,000 characters': `echo?${'q'.repeat(12_000)}`
}).map(([name, path]) => [`a target with ${name}`, one({ path })]))

const wholeUrl = (host: string) => ({
  because: 'a gateway asks for a path, and Host says what the URL said (RFC 9112 §3.2.1, §3.2.2)',
  is: (plain: string) => plain.replace(/"https?:\/\/[^/]*\//i, '"/').replace(/"a.example"/g, `"${host}"`)
})
const ownHost = {
  because: 'HTTP/1.1 needs a Host to build URLs with, and the gateway has an address (RFC 9112 §3.3)',
  is: /"host": "127\.0\.0\.1:\d+"/
}
const keptOpen = { because: 'Connection is of one hop', is: (plain: string) => plain.replace(/connection closed$/, 'connection kept') }
const noLimit = { because: 'no head is so long that it must be feared within an app; where a connection begins, the limit is 1 MiB', is: /^HTTP\/1\.1 200 OK\n/ }
const twoHosts = { gateway: { because: 'two fields Host are an attack (RFC 9112 §3.2)', is: /^HTTP\/1\.1 400 Bad Request\n[^]*WATT_HOST_INVALID/ } }

const hosts: Cases = {
  'Host with a port': one({ host: 'shop.example:8080' }),
  'Host in upper case': one({ host: 'SHOP.Example' }),
  'Host with an IPv6 address': one({ host: '[::1]:80' }),
  'an empty Host': one({ host: '', gateway: ownHost }),
  'Host last of all fields': one({ host: null, fields: ['X-First: 1', 'hOsT: last.example'] }),
  'no Host': one({ host: null, refusal: 'WATT_HOST_INVALID', mesh: keptOpen }),
  'two equal Hosts': one({ fields: ['Host: a.example'], ...twoHosts }),
  'two different Hosts': one({ fields: ['Host: b.example'], ...twoHosts }),
  'a target that is a whole URL': one({ path: `http://a.example${prefix}/echo?x`, gateway: wholeUrl('a.example') }),
  'a whole URL whose host differs from Host': one({ path: `http://b.example:81${prefix}/echo`, host: 'a.example', gateway: wholeUrl('b.example:81') }),
  'a whole URL in upper case': one({ path: `HTTP://A.example${prefix}/echo`, host: 'a.example', gateway: wholeUrl('A.example') })
}

const fields: Cases = {
  'fields keep order and case': one({ fields: ['X-CaSe: Kept', 'a: 1', 'B: 2', 'x-case: again'] }),
  'a field that comes several times, between others': one({ fields: ['X-List: 1', 'X-Other: o', 'x-list: 2', 'X-LIST: 3'] }),
  'fields that Node takes once only': one({ fields: ['Authorization: a', 'Authorization: b', 'User-Agent: a', 'User-Agent: b', 'Referer: a', 'Referer: b', 'From: a', 'From: b', 'If-Modified-Since: a', 'If-Modified-Since: b'] }),
  'two Cookies': one({ fields: ['Cookie: a=1', 'X: y', 'cookie: b=2; c=3'] }),
  'an empty value': one({ fields: ['X-Empty:', 'X-Blank: '] }),
  'whitespace around a value': one({ fields: ['X-Spaces: \t in  the middle\t '] }),
  'no whitespace before a value': one({ fields: ['X-Tight:tight'] }),
  'latin1 in a value': one({ fields: ['X-Latin: gr\xfc\xdfe'] }),
  'UTF-8 in a value': one({ fields: ['X-Utf8: \xe2\x9c\x93'] }),
  'a name of every character that a name may have': one({ fields: ["!#$%&'*+-.^_`|~09azAZ: token"] }),
  'a name that is a property of every object': one({ fields: ['__proto__: 1', 'constructor: 2', 'toString: 3', 'hasOwnProperty: 4'] }),
  'Accept and its relatives': one({ fields: ['Accept: text/html, */*;q=0.1', 'Accept-Encoding: gzip, br', 'Accept-Language: de', 'Range: bytes=0-1', 'If-None-Match: "a", W/"b"', 'If-Range: "a"', 'Cache-Control: no-cache', 'Origin: http://b.example', 'Upgrade-Insecure-Requests: 1'] }),
  'fields of one hop stay behind, and those that Connection names': one({
    fields: ['Connection: close, X-Mine', 'X-Mine: 1', 'Keep-Alive: 300', 'Proxy-Connection: keep-alive', 'TE: trailers', 'X-Theirs: 2'],
    gateway: { because: 'what Connection names goes no further (RFC 9110 §7.6.1)', is: /"X-Theirs",\n *"2"/ }
  }),
  '500 fields': one({ fields: Array.from({ length: 500 }, (_, index) => `X-${index}: ${index}`) }),
  'a field of 15,000 bytes': one({ fields: [`X-Long: ${'l'.repeat(15_000)}`] }),
  'a head of a few bytes less than 16 KiB': one({ fields: [`X-Long: ${'l'.repeat(16_384 - 80)}`] }),
  'a head of more than 16 KiB': { ...refused('WATT_HEADERS_TOO_LARGE', one({ fields: [`X-Long: ${'l'.repeat(17_000)}`] })), mesh: noLimit },
  'a head of more than 100 KiB': { ...refused('WATT_HEADERS_TOO_LARGE', one({ fields: [`X-Long: ${'l'.repeat(100_000)}`] })), mesh: noLimit },
  'a head that comes a byte at a time': steps([{ sendSlowly: bytesOf({ fields: ['X-Slow: slow'] }) }]),
  'empty lines before the request': steps([{ send: `\r\n\r\n${bytesOf({})}` }]),
  'lines without a carriage return': refused('WATT_REQUEST_MALFORMED', steps([{ send: `GET ${prefix}/echo HTTP/1.1\nHost: a\n\n` }])),
  'a folded field': refused('WATT_REQUEST_MALFORMED', one({ fields: ['X-Folded: a', ' b'] })),
  'a space before the colon': refused('WATT_REQUEST_MALFORMED', one({ fields: ['X-Space : a'] })),
  'a field without a colon': refused('WATT_REQUEST_MALFORMED', one({ fields: ['X-Alone'] })),
  'a NUL in a value': refused('WATT_REQUEST_MALFORMED', one({ fields: ['X-Nul: a\0b'] })),
  'a name with a space in it': refused('WATT_REQUEST_MALFORMED', one({ fields: ['X Y: a'] })),
  'a method that no one knows': refused('WATT_REQUEST_MALFORMED', one({ method: 'BREW' })),
  'a method in lower case': refused('WATT_REQUEST_MALFORMED', one({ method: 'get' })),
  'no HTTP at all': refused('WATT_REQUEST_MALFORMED', steps([{ send: 'hello\r\n\r\n' }])),
  'a raw space in the target': refused('WATT_REQUEST_MALFORMED', one({ path: `${prefix}/a b` })),
  'HTTP/2 by prior knowledge': refused('WATT_REQUEST_MALFORMED', steps([{ send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' }])),
  'HTTP/3.7': refused('WATT_REQUEST_MALFORMED', one({ version: '3.7' }))
}

const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte))
const post = (body: string, path = 'echo') => one({ method: 'POST', path, body })
const postChunked = (body: string, more: string[] = []) => one({ method: 'POST', fields: ['Transfer-Encoding: chunked', ...more], body, coding: 'none' })

const bodies: Cases = {
  'a body of every byte': post(everyByte),
  ...Object.fromEntries([1, 300, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 262_144, 1_048_577].map((bytes) => [`a body of ${bytes} bytes`, post('b'.repeat(bytes))])),
  'Content-Length: 0': one({ method: 'POST', fields: ['Content-Length: 0'] }),
  'Content-Length: 0 of a GET': one({ fields: ['Content-Length: 0'] }),
  'Content-Length with leading zeros': one({ method: 'POST', fields: ['Content-Length: 0004'], body: 'four', coding: 'none' }),
  'a body that comes a byte at a time': steps([{ sendSlowly: bytesOf({ method: 'POST', body: 'a byte at a time' }) }], ['POST']),
  'a body in many pieces': steps([{ send: bytesOf({ method: 'POST', fields: ['Content-Length: 40000'] }) }, ...Array.from({ length: 40 }, () => ({ send: 'p'.repeat(1_000) }))], ['POST']),
  chunks: postChunked(chunked(['one', 'two', 'three'])),
  'no chunk': postChunked(chunked([])),
  'a large chunk': postChunked(chunked(['c'.repeat(300_000)])),
  'many chunks': postChunked(chunked(Array.from({ length: 2_000 }, (_, index) => `chunk ${index} `))),
  'chunks that come a byte at a time': steps([{ sendSlowly: bytesOf({ method: 'POST', fields: ['Transfer-Encoding: chunked'], body: chunked(['one', 'two']), coding: 'none' }) }], ['POST']),
  'chunk sizes in capitals and with zeros': postChunked('0000A\r\n0123456789\r\n00\r\n\r\n'),
  'chunk extensions': postChunked('3;a=b;c="d"\r\none\r\n0;e\r\n\r\n'),
  'Transfer-Encoding in capitals': one({ method: 'POST', fields: ['TRANSFER-ENCODING: Chunked'], body: chunked(['one']), coding: 'none' }),
  'trailers of a request': postChunked(chunked(['one'], ['X-Sum: 3', 'x-sum: 4', 'X-Also: this']), ['Trailer: X-Sum, X-Also']),
  'trailers that nobody announced': postChunked(chunked(['one'], ['X-Sum: 3'])),
  'trailers behind no chunk': postChunked(chunked([], ['X-Sum: 0']), ['Trailer: X-Sum']),
  'chunks of a GET': one({ fields: ['Transfer-Encoding: chunked'], body: chunked(['one']), coding: 'none' }),
  'an encoded body stays as it is': one({ method: 'POST', fields: ['Content-Encoding: gzip'], body: '\x1f\x8b\x08' }),
  'a bad chunk size': refused('WATT_REQUEST_MALFORMED', postChunked('xyz\r\none\r\n0\r\n\r\n')),
  'a chunk longer than it says': refused('WATT_REQUEST_MALFORMED', postChunked('2\r\nthree\r\n0\r\n\r\n')),
  'a negative Content-Length': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: -1'] })),
  'a Content-Length that is no number': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 4a'], body: 'four', coding: 'none' })),
  'a list of lengths': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 4, 4'], body: 'four', coding: 'none' })),
  'two equal lengths': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 4', 'Content-Length: 4'], body: 'four', coding: 'none' })),
  'two lengths': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 4', 'Content-Length: 5'], body: 'four!', coding: 'none' })),
  'a length and chunks': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 4', 'Transfer-Encoding: chunked'], body: chunked(['one']), coding: 'none' })),
  'chunks and a length': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Transfer-Encoding: chunked', 'Content-Length: 4'], body: chunked(['one']), coding: 'none' })),
  'gzip and chunked': postChunked(chunked(['one'])),
  'a length past every number': refused('WATT_REQUEST_MALFORMED', one({ method: 'POST', fields: ['Content-Length: 99999999999999999999'], body: 'four', coding: 'none' }))
}

const expectations: Cases = Object.fromEntries([
  ['accepted', 'echo'], ['refused', 'expect-refused'], ['answered without a word', 'expect-silent']
].flatMap(([name = '', path = '']) => {
  const head = { method: 'POST', path, fields: ['Expect: 100-continue', 'Content-Length: 7'] }
  return [
    ...(path === 'expect-silent' ? [] : [[`an expectation, ${name}, with a client that waits for it`, steps([{ send: bytesOf(head) }, { until: '\r\n\r\n' }, ...(path === 'echo' ? [{ send: 'go on, ' }] : [])], ['POST'])] as const]),
    [`an expectation, ${name}, with a client that does not wait`, steps([{ send: bytesOf({ ...head, body: 'go on, ', coding: 'none' }) }], ['POST'])]
  ]
}))

Object.assign(expectations, {
  'an expectation in capitals': steps([{ send: bytesOf({ method: 'POST', fields: ['EXPECT: 100-CONTINUE', 'Content-Length: 2'] }) }, { until: '\r\n\r\n' }, { send: 'ok' }], ['POST']),
  'an expectation of chunks': steps([{ send: bytesOf({ method: 'POST', fields: ['Expect: 100-continue', 'Transfer-Encoding: chunked'] }) }, { until: '\r\n\r\n' }, { send: chunked(['one', 'two']) }], ['POST']),
  'an expectation without a body': one({ fields: ['Expect: 100-continue'] }),
  'an expectation of HTTP/1.0': one({ method: 'POST', version: '1.0', fields: ['Expect: 100-continue'], body: 'four', isHttp10: true }),
  'an expectation that the service knows': one({ method: 'POST', path: 'expect-odd', fields: ['Expect: a-miracle'], body: 'four' }),
  'an expectation that no one knows': one({ method: 'POST', fields: ['Expect: a-miracle'], body: 'four' }),
  'a request behind one that was told to go on': steps([{ send: bytesOf({ method: 'POST', fields: ['Expect: 100-continue', 'Content-Length: 2'] }) }, { until: '\r\n\r\n' }, { send: `ok${bytesOf({})}` }], ['POST', 'GET'])
} satisfies Cases)

export const requests: Cases = { ...methods, ...targets, ...hosts, ...fields, ...bodies, ...expectations }
