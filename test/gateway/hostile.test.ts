// A service without routes cannot be reached from outside, whatever is sent: bytes on a real socket, the real gateway behind it.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({
  services: ['front', 'products', 'payments', 'admin'],
  routes: [
    route('front', '/'),
    route('products', '/api/products'),
    route('admin', '/admin', { rewrite: '/' })
  ]
})
after(() => pod.close())

const get = (target: string, headers = 'Host: shop.example.com'): string => `GET ${target} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`

/** What came of it: a status, or which service saw which path. */
async function outcome (text: string): Promise<string> {
  const answer = await pod.raw(text)
  const [, status = '', body = ''] = /^HTTP\/1\.1 (\d+) [^]*?\r\n\r\n([^]*)$/.exec(answer) ?? []
  if (status === '200') {
    const { service, url } = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as { service: string, url: string }
    return `${service} ${url}`
  }
  const [first = ''] = body.split('\n')
  return `${status} ${(JSON.parse(first) as { code: string }).code}`
}

const rows: Array<[what: string, request: string, outcome: string]> = [
  ['a Host that is a mesh name', get('/x', 'Host: payments.internal'), 'front /x'],
  ['the older mesh name', get('/x', 'Host: payments.plt.local'), 'front /x'],
  ['an absolute URL with a mesh name', get('http://payments.internal/x'), 'front /x'],
  ['an absolute URL with a name of ours and a port', get('http://payments.internal:8080/x'), 'front /x'],
  ['two slashes and a mesh name', get('//payments.internal/x'), 'front /payments.internal/x'],
  ['many slashes', get('////x'), 'front /x'],
  ['two slashes before a prefix', get('//api/products'), 'products /api/products'],
  ['two slashes within a prefix', get('/api//products/7'), 'products /api/products/7'],
  ['an encoded prefix', get('/%61pi/products/7'), 'products /api/products/7'],
  ['a way up out of a prefix', get('/api/products/../../payments'), '400 WATT_PATH_NOT_NORMAL'],
  ['an encoded way up', get('/api/products/%2e%2e/%2e%2e/payments'), '400 WATT_PATH_NOT_NORMAL'],
  ['a half encoded way up', get('/api/products/.%2e/x'), '400 WATT_PATH_NOT_NORMAL'],
  ['a way up behind an encoded slash', get('/api/products/..%2freservations'), '400 WATT_PATH_NOT_NORMAL'],
  ['a way up between encoded slashes', get('/api/products%2f..%2freservations'), '400 WATT_PATH_NOT_NORMAL'],
  ['an encoded slash in a prefix, which is then none', get('/api%2fproducts/7'), 'front /api%2fproducts/7'],
  ['a rewritten way up', get('/admin/%2e%2e/x'), '400 WATT_PATH_NOT_NORMAL'],
  ['two slashes behind a rewritten prefix', get('/admin//payments.internal/x'), 'admin /payments.internal/x'],
  ['a backslash', get('/api/products\\..\\x'), '400 WATT_PATH_NOT_NORMAL'],
  ['an encoded backslash', get('/api/products/%5c..%5cx'), '400 WATT_PATH_NOT_NORMAL'],
  ['an encoded NUL', get('/api/products/%00'), '400 WATT_PATH_NOT_NORMAL'],
  ['an encoded line end', get('/x%0d%0aSet-Cookie:a'), '400 WATT_PATH_NOT_NORMAL'],
  ['a broken escape', get('/%'), '400 WATT_PATH_NOT_NORMAL'],
  ['a raw NUL', get('/a\0b'), '400 WATT_REQUEST_MALFORMED'],
  ['a raw byte above ASCII', get('/caf\xe9'), '400 WATT_REQUEST_MALFORMED'],
  ['a fragment', get('/x#y'), '400 WATT_TARGET_INVALID'],
  ['a path without slash', get('payments'), '400 WATT_TARGET_INVALID'],
  ['the asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '400 WATT_TARGET_INVALID'],
  ['another scheme', get('ftp://payments.internal/'), '400 WATT_TARGET_INVALID'],
  ['a URL with a user', get('http://a@payments.internal/'), '400 WATT_HOST_INVALID'],
  ['CONNECT', 'CONNECT payments.internal:80 HTTP/1.1\r\nHost: payments.internal:80\r\n\r\n', '405 WATT_METHOD_REFUSED'],
  ['two Hosts', get('/', 'Host: a\r\nHost: payments.internal'), '400 WATT_HOST_INVALID'],
  ['no Host', get('/', 'X: y'), '400 WATT_HOST_INVALID'],
  ['a Host with a path', get('/', 'Host: a/payments'), '400 WATT_HOST_INVALID'],
  ['a Host with a space', get('/', 'Host: a payments'), '400 WATT_HOST_INVALID'],
  ['a field named like a service to go to', get('/x', 'Host: a\r\nX-Forwarded-Host: payments.internal\r\nX-Original-URL: /payments\r\nX-Rewrite-URL: /payments'), 'front /x'],
  ['a folded field', get('/', 'Host: a\r\n X: payments'), '400 WATT_REQUEST_MALFORMED'],
  ['a bare line feed in a field', get('/', 'Host: a\nX: b'), '400 WATT_REQUEST_MALFORMED'],
  ['a space before the colon', get('/', 'Host : a'), '400 WATT_REQUEST_MALFORMED'],
  ['both lengths at once (request smuggling)', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n', '400 WATT_REQUEST_MALFORMED'],
  ['two different lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcd', '400 WATT_REQUEST_MALFORMED'],
  ['an obscured transfer coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n0\r\n\r\n', '501 WATT_CODING_UNKNOWN'],
  ['a coding that would have to be undone', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n', '501 WATT_CODING_UNKNOWN'],
  ['a head that never ends', get('/', `Host: a\r\nX: ${'x'.repeat(20_000)}`), '431 WATT_HEADERS_TOO_LARGE'],
  ['no HTTP at all', 'payments\r\n\r\n', '400 WATT_REQUEST_MALFORMED']
]

for (const [what, request, expected] of rows) {
  test(`${what} ends in: ${expected}`, async () => assert.equal(await outcome(request), expected))
}

test('nonsense behind a request waits for its turn: the answer before it is whole', async () => {
  const held = pod.next('held')
  const socket = pod.dial()
  socket.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n')
  await held
  await (await fetch(`${pod.url}/release`)).text()
  assert.match(await readAll(socket), /^HTTP\/1\.1 200 [^]*\r\n\r\nreleasedHTTP\/1\.1 400 [^]*WATT_REQUEST_MALFORMED/)
})

test('an upgrade goes by the same routes', async () => {
  const upgrade = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='
  const refused = await pod.raw(`GET /api/products/%2e%2e/x HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n\r\n`)
  assert.match(refused, /^HTTP\/1\.1 400 [^]*WATT_PATH_NOT_NORMAL/)
})

test('what is passed on says who the client is, whatever the client says', async () => {
  const { headers, remote } = await pod.mirror('/x', {
    headers: { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'bank.example', forwarded: 'for=10.0.0.1', 'x-real-ip': '10.0.0.1' }
  })
  const { 'x-forwarded-for': address, 'x-forwarded-proto': scheme, 'x-forwarded-host': host, forwarded, 'x-real-ip': real } = headers
  assert.deepEqual({ address, scheme, host, forwarded, real, remote }, {
    address: '127.0.0.1', scheme: 'http', host: `127.0.0.1:${pod.port}`, forwarded: `for=127.0.0.1;host="127.0.0.1:${pod.port}";proto=http`, real: undefined, remote: '127.0.0.1'
  })
})

test('Host becomes that of an absolute URL', async () => {
  const answer = await pod.raw(get('http://other.example:81/x', 'Host: shop'))
  assert.match(answer, /"host":"other\.example:81"/)
  assert.match(answer, /"x-forwarded-host":"other\.example:81"/)
})
