// What belongs to a connection: keep-alive, pipelining, HTTP/1.0, half-close, upgrades, and aborts from either side.
import { bytesOf, one, refused, steps, type Cases } from './case.ts'

const get = bytesOf({})

const ownHost = {
  because: 'the service is asked in HTTP/1.1, which needs a Host (RFC 9112 §3.2)',
  is: /^HTTP\/1\.1 200 OK\n[^]*"host",\n {2}"127\.0\.0\.1:\d+"[^]*connection closed$/
}
const ownName = { because: ownHost.because, is: /^HTTP\/1\.1 200 OK\n[^]*"host",\n {2}"\w+\.internal"[^]*connection closed$/ }
const halfClosed = (text: string) => ({
  because: 'a half-close is no end (RFC 9112 §9.6); Node ends with it whatever is not out in the same turn',
  is: new RegExp(`^(?:HTTP/1\\.1 10[23] [^]*?\\n\\n""\\n\\n)*HTTP/1\\.1 200 OK\\n[^]*"${text}"\\n\\n[^]*connection closed$`)
})
/** For a service that says nothing. */
const badGateway = { because: 'the connection is not the service\'s: a service that says nothing is a bad gateway', is: /^HTTP\/1\.1 502 Bad Gateway\n[^]*WATT_RESPONSE_CUT/ }
const withDate = (plain: string): string => plain.includes('\nDate: ') ? plain : plain.replace(/(?=\n\n)/, '\nDate: a date')
const dated = { because: 'whoever forwards a response without Date adds one (RFC 9110 §6.6.1)' }
const cutAt = (body: string) => ({
  because: 'less than was promised is cut, never left open (RFC 9112 §8)',
  is: new RegExp(`^HTTP/1\\.1 200 OK\\nContent-Length: 100\\nDate: a date\\n\\n"${body}"\\n\\(cut\\)\\n\\nconnection (?:closed|reset)$`)
})
const only = (body: string) => ({
  because: 'more than was promised would be taken for the next answer (RFC 9112 §6.3)',
  is: new RegExp(`^HTTP/1\\.1 200 OK\\nContent-Length: 4\\nDate: a date\\n\\n"${body}"\\n\\nconnection kept$`)
})
const answeredFirst = {
  because: 'what came before the nonsense is answered (RFC 9112 §9.3.2); Node says 400 in its place if its answer takes more than a turn',
  is: /^HTTP\/1\.1 200 OK\n[^]*\n\nHTTP\/1\.1 400 Bad Request\n[^]*WATT_REQUEST_MALFORMED[^]*connection closed$/
}
const answeredAlone = { because: 'the same', is: /^HTTP\/1\.1 (?:200|400) [^]*connection closed$/ }
const closedBehind = {
  because: 'what comes behind a request that closes is not looked at (RFC 9112 §9.6)',
  is: /^HTTP\/1\.1 200 OK\n[^]*connection closed$/
}
const faultyFraming = {
  because: 'HTTP/1.0 knows no chunks: its framing is taken to be faulty (RFC 9112 §6.1)',
  is: /^HTTP\/1\.1 400 Bad Request\n[^]*WATT_REQUEST_MALFORMED[^]*connection closed$/
}
const reset = {
  because: 'a body without length or chunks ends with its connection: only a reset says that this is not its end (RFC 9112 §8)',
  is: (plain: string) => plain.replace(/connection closed$/, 'connection reset')
}
/** Nothing was sent yet that could be half of an answer. */
const nothing = { because: 'a service that promises more than it sends has not answered', is: /^connection closed$/ }
/** A refused upgrade is the last of its virtual connection. */
const closed = { because: 'Connection is of one hop, and another costs nothing within a process', is: (plain: string) => plain.replace(/connection kept$/, 'connection closed') }
const datedAndKept = {
  because: `${dated.because}; and a refused upgrade leaves the client's connection as it was`,
  is: (plain: string) => withDate(plain).replace(/connection closed$/, 'connection kept')
}
const inTurn = {
  because: 'answers come in the order of their requests (RFC 9112 §9.3.2); Node lets go of the socket at once',
  is: /^HTTP\/1\.1 200 OK\n[^]*\n\nHTTP\/1\.1 101 Switching Protocols\n[^]*then "hello GET;bye"\n\nconnection closed$/
}

const persistence: Cases = {
  'three requests, one after the other': steps([{ send: get }, { answers: 1 }, { send: bytesOf({ path: 'text' }) }, { answers: 2 }, { send: bytesOf({ path: '404' }) }], ['GET', 'GET', 'GET']),
  'three requests at once': steps([{ send: get + bytesOf({ path: 'text' }) + get }], ['GET', 'GET', 'GET']),
  'ten requests at once, the first of them slow': steps([{ send: bytesOf({ path: 'late' }) + bytesOf({ path: 'text' }).repeat(9) }], Array.from({ length: 10 }, () => 'GET')),
  'GET, HEAD, POST and GET at once': steps([
    { send: get + bytesOf({ method: 'HEAD', path: 'text' }) + bytesOf({ method: 'POST', body: 'a body' }) + bytesOf({ path: 'chunks' }) }
  ], ['GET', 'HEAD', 'POST', 'GET']),
  'chunked uploads at once': steps([
    { send: `${bytesOf({ method: 'POST', fields: ['Transfer-Encoding: chunked'] })}3\r\none\r\n0\r\n\r\n`.repeat(3) }
  ], ['POST', 'POST', 'POST']),
  'uploads that nobody reads, at once': steps([{ send: bytesOf({ method: 'POST', path: 'ignore', body: 'u'.repeat(5_000) }).repeat(3) + get }], ['POST', 'POST', 'POST', 'GET']),
  'answers without bodies, at once': steps([{ send: bytesOf({ path: '204' }) + bytesOf({ path: '304-length' }) + bytesOf({ path: 'empty' }) + get }], ['GET', 'GET', 'GET', 'GET']),
  'nonsense behind a request': steps([{ send: `${get}nonsense\r\n\r\n` }], ['GET', 'GET'], { gateway: answeredFirst, mesh: answeredAlone }),
  'Connection: close': one({ fields: ['Connection: close'] }),
  'Connection: Close, and a request behind it': steps([{ send: bytesOf({ fields: ['Connection: Close'] }) + get }], ['GET'], { gateway: closedBehind }),
  'Connection: keep-alive': one({ fields: ['Connection: keep-alive'] }),
  'HTTP/1.0': one({ version: '1.0', isHttp10: true }),
  'HTTP/1.0 without Host': { ...one({ version: '1.0', host: null, gateway: ownHost, isNotDirect: true }), mesh: ownName },
  'HTTP/1.0 with keep-alive, twice, and a length': steps([
    { send: bytesOf({ version: '1.0', fields: ['Connection: keep-alive'], path: 'range' }) }, { answers: 1 }, { send: bytesOf({ version: '1.0', path: 'range' }) }
  ], ['GET', 'GET']),
  'HTTP/1.0 with a body': one({ version: '1.0', method: 'POST', body: 'a body', isHttp10: true }),
  'HTTP/1.0 with chunks': one({ version: '1.0', method: 'POST', fields: ['Transfer-Encoding: chunked'], body: '3\r\none\r\n0\r\n\r\n', coding: 'none', isHttp10: true, gateway: faultyFraming }),
  'a half-close behind a request': steps([{ send: bytesOf({ path: 'text' }) }, { end: true }], ['GET'], { gateway: halfClosed('text'), mesh: halfClosed('text') }),
  'a half-close behind a request that takes time': steps([{ send: bytesOf({ path: 'hints-then-wait?id=##' }) }, { until: 'preload' }, { end: true }, { ask: '@@/go?id=##' }], ['GET'], { gateway: halfClosed('went on'), mesh: halfClosed('went on'), isNotDirect: true }),
  'a half-close behind an answer': steps([{ send: get }, { answers: 1 }, { end: true }]),
  'a half-close before a request': steps([{ end: true }], []),
  'a half-close within a head': refused('WATT_REQUEST_MALFORMED', steps([{ send: 'GET / HT' }, { end: true }])),
  'a half-close within a body': refused('WATT_REQUEST_MALFORMED', steps([{ send: bytesOf({ method: 'POST', fields: ['Content-Length: 10'], body: 'four', coding: 'none' }) }, { end: true }], ['POST'])),
  'a half-close within chunks': refused('WATT_REQUEST_MALFORMED', steps([{ send: `${bytesOf({ method: 'POST', fields: ['Transfer-Encoding: chunked'] })}5\r\non` }, { end: true }], ['POST']))
}

const upgrade = (path: string, more: string[] = [], protocol = 'raw') => bytesOf({ path, fields: ['Connection: Upgrade', `Upgrade: ${protocol}`, ...more] })

const upgrades: Cases = {
  'an upgrade, accepted, and bytes both ways': steps([{ send: upgrade('up-mirror') }, { until: 'hello GET;' }, { send: 'one,' }, { until: 'one,' }, { send: 'two,' }, { until: 'two,' }, { end: true }, { ended: true }]),
  'an upgrade with bytes right behind it': steps([{ send: `${upgrade('up-mirror')}at once,` }, { until: 'at once,' }, { send: 'later,' }, { until: 'later,' }, { end: true }, { ended: true }]),
  'an upgrade among several words of Connection': steps([{ send: bytesOf({ path: 'up-mirror', fields: ['Connection: keep-alive, Upgrade', 'upgrade: raw'] }) }, { until: 'hello GET;' }, { end: true }, { ended: true }]),
  'an upgrade behind another request': steps([{ send: get }, { answers: 1 }, { send: upgrade('up-mirror') }, { until: 'hello GET;' }, { end: true }, { ended: true }], ['GET', 'GET']),
  'an upgrade right behind another request': { ...steps([{ send: get + upgrade('up-mirror') }, { until: 'hello GET;' }, { end: true }, { ended: true }], ['GET', 'GET']), gateway: inTurn, mesh: inTurn, isNotDirect: true },
  'an upgrade of a POST': steps([{ send: bytesOf({ method: 'POST', path: 'up-mirror', fields: ['Connection: Upgrade', 'Upgrade: raw', 'Content-Length: 0'] }) }, { until: 'hello POST;' }, { end: true }, { ended: true }], ['POST']),
  'an upgrade to a megabyte of bytes': steps([{ send: upgrade('up-mirror') }, { until: 'hello GET;' }, { send: 'm'.repeat(1_000_000) }, { bytes: 1_000_000 }, { end: true }, { ended: true }]),
  'an upgrade that the service ends': steps([{ send: upgrade('up-end') }, { ended: true }]),
  'an upgrade that the service cuts': steps([{ send: upgrade('up-cut') }, { ended: true }]),
  'an upgrade behind hints': steps([{ send: upgrade('up-information') }, { ended: true }]),
  'an upgrade, refused by text': { ...steps([{ send: upgrade('up-refuse') }]), gateway: datedAndKept },
  'an upgrade, refused in chunks': { ...steps([{ send: upgrade('up-refuse-chunked') }]), gateway: datedAndKept },
  'an upgrade, refused by a body without length': { ...steps([{ send: upgrade('up-refuse-until-close') }]), gateway: datedAndKept },
  'an upgrade, refused by a ServerResponse': { ...steps([{ send: upgrade('up-refuse-response') }]), gateway: datedAndKept },
  'an upgrade, cut before an answer': { ...steps([{ send: upgrade('up-destroy') }]), gateway: badGateway },
  'an upgrade that the service knows nothing of': { ...steps([{ send: upgrade('echo') }]), mesh: closed },
  'an upgrade that the service knows nothing of, with a body': steps([{ send: bytesOf({ method: 'POST', path: 'echo', fields: ['Connection: Upgrade', 'Upgrade: raw'], body: 'a body' }) }], ['POST']),
  'an upgrade to h2c': { ...steps([{ send: bytesOf({ path: 'echo', fields: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'] }) }]), mesh: closed },
  'Upgrade that Connection does not name': steps([{ send: bytesOf({ path: 'echo', fields: ['Upgrade: raw'] }) }]),
  'an upgrade of HTTP/1.0': steps([{ send: bytesOf({ path: 'echo', version: '1.0', fields: ['Connection: Upgrade', 'Upgrade: raw'] }) }], ['GET'], { isHttp10: true }),
  'an upgraded connection that the client resets is closed for the service': steps([{ send: upgrade('up-mirror?id=##') }, { until: 'hello GET;' }, { reset: true }, { ask: '@@/seen?id=##' }])
}

const seen = { ask: '@@/seen?id=##' }

const aborts: Cases = {
  'a client that resets while it waits': steps([{ send: bytesOf({ path: 'hints-then-wait?id=##' }) }, { until: 'preload' }, { reset: true }, seen]),
  'a client that resets while it waits, having sent a body': steps([{ send: bytesOf({ method: 'POST', path: 'hints-then-wait?id=##', body: 'a body' }) }, { until: 'preload' }, { reset: true }, seen], ['POST']),
  'a client that resets within its body': steps([{ send: bytesOf({ method: 'POST', path: 'mirror?id=##', fields: ['Content-Length: 100000'], body: 'begun', coding: 'none' }) }, { until: 'begun' }, { reset: true }, seen], ['POST']),
  'a client that resets within chunks': steps([{ send: `${bytesOf({ method: 'POST', path: 'mirror?id=##', fields: ['Transfer-Encoding: chunked'] })}5\r\nbegun\r\n` }, { until: 'begun' }, { reset: true }, seen], ['POST']),
  'a client that resets within a short body': steps([{ send: bytesOf({ method: 'POST', path: 'mirror?id=##', fields: ['Content-Length: 100'], body: 'begun', coding: 'none' }) }, { until: 'begun' }, { reset: true }, seen], ['POST']),
  'a client that resets within an answer': steps([{ send: bytesOf({ path: 'chunk-then-never?id=##' }) }, { until: 'first,' }, { reset: true }, seen]),
  'a client that resets within an answer without end': steps([{ send: bytesOf({ path: 'endless?id=##' }) }, { bytes: 200_000 }, { reset: true }, seen]),
  'a client that resets behind an answer': steps([{ send: bytesOf({ path: 'text?id=##' }) }, { answers: 1 }, { reset: true }, seen]),
  'a client that stays': steps([{ send: bytesOf({ method: 'POST', path: 'mirror?id=##', body: 'a body' }) }, { answers: 1 }, seen], ['POST']),
  'a service that reads nothing of a body, and is told of its end': steps([{ send: bytesOf({ method: 'POST', path: 'ignore?id=##', body: 'u'.repeat(50_000) }) }, { answers: 1 }, seen], ['POST']),
  'a service that destroys its response at once': { ...one({ path: 'cut-at-once' }), gateway: badGateway },
  'a service that destroys its socket at once': { ...one({ path: 'cut-socket' }), gateway: badGateway },
  'a service that destroys its response within chunks': one({ path: 'cut-chunks' }),
  'a service that destroys its response within a length': one({ path: 'cut-sized' }),
  'a service that destroys its response within HTTP/1.0': { ...one({ path: 'cut-chunks', version: '1.0' }), gateway: reset },
  'a service that destroys its response within an upload': { ...steps([{ send: bytesOf({ method: 'POST', path: 'cut-upload', fields: ['Content-Length: 100000'], body: 'begun', coding: 'none' }) }, { answers: 1 }, { reset: true }], ['POST']), gateway: badGateway },
  'a service that promises more than it sends': one({ path: 'short', isNotDirect: true, gateway: badGateway, mesh: nothing }),
  'a service that promises more than it sends, in parts': one({ path: 'short-late', isNotDirect: true, gateway: cutAt('half of it'), mesh: cutAt('half of it') }),
  'a service that promises a body and sends none': one({ path: 'short-none', isNotDirect: true, gateway: badGateway, mesh: nothing }),
  'a service that sends more than it promised': one({ path: 'long', isNotDirect: true, gateway: only('more'), mesh: only('more') }),
  'a service that sends more than it promised, in parts': one({ path: 'long-writes', isNotDirect: true, gateway: only('abcd'), mesh: only('abcd') })
}

export const connections: Cases = { ...persistence, ...upgrades, ...aborts }
