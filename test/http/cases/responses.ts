// What a service may answer: every way to write a head, statuses without a body, trailers, 1xx, lengths that are wrong.
import { one, steps, bytesOf, type Cases } from './case.ts'

/** By word of the fixture: asked by GET, and by HEAD, and by HTTP/1.0. */
const words: Record<string, string> = {
  text: 'a text',
  empty: 'nothing',
  bytes: 'bytes',
  utf8: 'UTF-8',
  hex: 'a text in hex',
  chunks: 'chunks',
  'empty-writes': 'writes of nothing',
  sized: 'a Content-Length and two writes',
  late: 'an answer of a later turn',
  'big?bytes=1000000': 'a megabyte at once',
  'drip?chunks=50': 'half a megabyte in pieces',
  'status?code=200&message=Fine+And+Good': 'a reason of its own',
  'status?code=404': 'a status of 404',
  'status?code=299': 'a status that has no name',
  'status?code=500': 'a status of 500',
  'status?code=599&message=x': 'a status of 599',
  'status?code=999': 'a status of 999',
  'status?code=200&message=gr%C3%BC%C3%9Fe': 'a reason in latin1',
  'write-head-object': 'writeHead with an object',
  'write-head-list': 'writeHead with a list',
  'write-head-pairs': 'writeHead with pairs',
  'write-head-message': 'writeHead with a reason',
  'write-head-bare': 'writeHead with a status alone',
  'write-head-over': 'writeHead over setHeader',
  'write-head-list-over': 'writeHead with a list over setHeader',
  'write-head-length': 'writeHead with a length',
  'write-head-flush': 'writeHead, then flushHeaders',
  'set-headers': 'setHeaders with a map',
  removed: 'fields set and removed, Date among them',
  'removed-length': 'Content-Length removed',
  'no-date': 'no Date',
  'own-date': 'a Date of its own',
  cookies: 'Set-Cookie several times',
  'cookies-raw': 'Set-Cookie several times, between others',
  lists: 'fields of many kinds',
  'many-fields?count=300': '300 fields',
  'long-field?bytes=15000': 'a field of 15,000 bytes',
  'long-field?bytes=200000': 'a field of 200,000 bytes',
  hop: 'fields of one hop',
  'coded-chunked': 'Transfer-Encoding set by hand',
  authenticate: 'two WWW-Authenticate',
  redirect: 'a redirect',
  range: 'a part',
  encoded: 'an encoded body',
  204: '204',
  '204-length': '204 with a length',
  205: '205',
  304: '304',
  '304-length': '304 with a length',
  trailers: 'trailers',
  'trailers-undeclared': 'trailers that nobody announced',
  'trailers-without-body': 'trailers behind no body',
  'trailers-with-length': 'trailers behind a length, which are none',
  processing: '102 twice',
  hints: '103 with links and more',
  continue: '100 that nobody asked for',
  'all-information': '100, 102 and 103',
  strict: 'a length that Node itself finds wrong',
  'fields-after-head': 'a field behind the head',
  'bad-fields': 'fields that Node refuses',
  'bad-status': 'a status that Node refuses',
  'write-after-end': 'a write behind the end',
  'end-twice': 'two ends',
  'ends-with-callback': 'callbacks of write and end',
  state: 'what the response says of itself',
  uncorked: 'a cork',
  'timed-out': 'a timeout of its own',
  close: 'Connection: close',
  'keep-alive-off': 'shouldKeepAlive switched off'
}

const ofOneHop = {
  because: 'that connection is between service and gateway; the client keeps its own (RFC 9110 §7.6.1)',
  is: (plain: string) => plain.replace(/connection closed$/, 'connection kept')
}
const kept = new Set(['close', 'keep-alive-off'])
const dated = {
  because: 'whoever forwards a response without Date adds one (RFC 9110 §6.6.1)',
  is: (plain: string) => plain.replace(/(?=\n\n)/, '\nDate: a date')
}
const withoutDate = new Set(['no-date', 'removed'])

const table: Cases = Object.fromEntries(Object.entries(words).flatMap(([path, name]) => {
  const timeless = withoutDate.has(path) ? { gateway: dated } : {}
  const may = kept.has(path) ? { gateway: ofOneHop, mesh: ofOneHop } : timeless
  // Its own Connection leaves nothing of what the client asks for.
  const hasVersion = path !== 'hop'
  return [
    [`${name}, asked by GET`, one({ path, ...may })],
    [`${name}, asked by HEAD`, one({ path, method: 'HEAD', ...may })],
    ...(hasVersion ? [[`${name}, asked by HTTP/1.0`, one({ path, version: '1.0', ...timeless, isHttp10: true })] as const] : [])
  ]
}))

export const responses: Cases = {
  ...table,
  'a length and no body, asked by HEAD': one({ path: 'length-unsent', method: 'HEAD' }),
  'an answer before the request is read': one({ method: 'POST', path: 'ignore', body: 'u'.repeat(1_000) }),
  'an answer before 300,000 bytes are read': one({ method: 'POST', path: 'ignore', body: 'u'.repeat(300_000) }),
  'an answer before the upload ended, which then ends': steps([
    { send: bytesOf({ method: 'POST', path: 'ignore', fields: ['Content-Length: 20000'] }) }, { answers: 1 }, { send: 'u'.repeat(20_000) }
  ], ['POST']),
  'an answer before a chunked upload ended, which then ends': steps([
    { send: bytesOf({ method: 'POST', path: 'ignore', fields: ['Transfer-Encoding: chunked'] }) }, { answers: 1 }, { send: '4\r\nrest\r\n0\r\n\r\n' }
  ], ['POST']),
  'an answer to the first chunk, before the others come': steps([
    { send: `${bytesOf({ method: 'POST', path: 'first-chunk', fields: ['Transfer-Encoding: chunked'] })}3\r\none\r\n` }, { answers: 1 }, { send: '3\r\ntwo\r\n0\r\n\r\n' }
  ], ['POST']),
  'an early answer that closes': steps([{ send: bytesOf({ method: 'POST', path: 'ignore-and-close', fields: ['Content-Length: 20000'] }) }, { answers: 1 }, { reset: true }], ['POST']),
  'a mirror gives back each part as it comes': steps([
    { send: bytesOf({ method: 'POST', path: 'mirror', fields: ['Transfer-Encoding: chunked'] }) },
    { send: '3\r\none\r\n' }, { until: 'one' }, { send: '3\r\ntwo\r\n' }, { until: 'two' }, { send: '5\r\nthree\r\n0\r\n\r\n' }
  ], ['POST']),
  'a mirror of a megabyte': one({ method: 'POST', path: 'mirror', body: 'm'.repeat(1_000_000) }),
  'an upload of a megabyte that is counted': one({ method: 'POST', path: 'count', body: 'm'.repeat(1_000_000) }),
  'a body read by async iteration': one({ method: 'POST', path: 'async-iterated', body: 'parts' }),
  'a head goes out before its body': steps([{ send: bytesOf({ path: 'head-then-wait?id=##' }) }, { until: 'event-stream' }, { ask: '@@/go?id=##' }]),
  'a part goes out before the next': steps([{ send: bytesOf({ path: 'chunk-then-wait?id=##' }) }, { until: 'first,' }, { ask: '@@/go?id=##' }]),
  'hints go out before the answer': steps([{ send: bytesOf({ path: 'hints-then-wait?id=##' }) }, { until: 'preload' }, { ask: '@@/go?id=##' }]),
  'a body that waits to be read': steps([
    { send: bytesOf({ method: 'POST', path: 'wait-unread?id=##', body: 'w'.repeat(500_000) }) }, { ask: '@@/go?id=##' }
  ], ['POST'])
}
