// One table of requests, and two clients that make them: for a plain server and for each way through the mesh. What belongs to a
// connection is left out of the results, so that the rest must be equal.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as undiciRequest } from 'undici'

export interface Case { path: string, method?: string, headers?: Record<string, string | string[]>, body?: string | Buffer, chunks?: string[], trailers?: Record<string, string> }

export const cases: Record<string, Case> = {
  'a GET': { path: '/echo' },
  'an encoded path and query': { path: '/echo?a=%2F%20&b=ü%C3%BC&&c'.replace('ü', '%FC') },
  'a double slash and dots': { path: '/echo?x=//../%2e%2e/' },
  'HEAD of a body': { path: '/text', method: 'HEAD' },
  'HEAD of chunks': { path: '/chunks', method: 'HEAD' },
  OPTIONS: { path: '/echo', method: 'OPTIONS' },
  'DELETE without a body': { path: '/echo', method: 'DELETE' },
  'PATCH with a body': { path: '/echo', method: 'PATCH', body: 'patched' },
  'PUT of bytes': { path: '/echo', method: 'PUT', body: Buffer.from([0, 1, 127, 128, 255]) },
  'POST without a body': { path: '/echo', method: 'POST' },
  'POST of chunks': { path: '/echo', method: 'POST', chunks: ['one', 'two', 'three'] },
  'POST of more than one window': { path: '/count', method: 'POST', body: Buffer.alloc(1_000_000, 'z') },
  'trailers of a request': { path: '/echo', method: 'POST', chunks: ['x'], headers: { trailer: 'X-Late' }, trailers: { 'X-Late': 'yes' } },
  'duplicate and cased headers': { path: '/echo', headers: { 'X-CaSe': 'Kept', 'x-list': ['1', '2'], cookie: ['a=1', 'b=2'] } },
  'a latin1 header': { path: '/echo', headers: { 'x-latin': 'gr\u00fc\u00dfe' } },
  'a header of 12 kB': { path: '/echo', headers: { 'x-long': 'l'.repeat(12_000) } },
  'an empty header': { path: '/echo', headers: { 'x-empty': '' } },
  'a host of its own': { path: '/echo', headers: { host: 'www.example.com:81' } },
  'hop-by-hop headers of a request': { path: '/echo', headers: { connection: 'x-mine', 'x-mine': '1', te: 'trailers', 'proxy-connection': 'keep-alive', 'x-other': '2' } },
  'an empty response': { path: '/empty' },
  'a text': { path: '/text' },
  'UTF-8': { path: '/utf8' },
  latin1: { path: '/latin1' },
  bytes: { path: '/buffer' },
  'a status and message': { path: '/status' },
  '204 drops a body': { path: '/204' },
  304: { path: '/304' },
  'duplicate response headers and cookies': { path: '/duplicates' },
  'raw response headers': { path: '/raw' },
  'writeHead with an object': { path: '/writehead-object' },
  'writeHead over setHeader': { path: '/merged' },
  'hop-by-hop headers of a response': { path: '/hop' },
  chunks: { path: '/chunks' },
  'a Content-Length and two writes': { path: '/length' },
  trailers: { path: '/trailers' },
  'early hints and processing': { path: '/hints' },
  'flushed headers': { path: '/flush' },
  'a response before the request is read': { path: '/early', method: 'POST', body: 'unread' },
  'a response of 3 MiB in one end()': { path: '/big-end' },
  'a response of 5 MiB in chunks': { path: '/big?mib=5' },
  'a body mirrored as it comes': { path: '/mirror', method: 'POST', body: Buffer.alloc(700_000, 'm') },
  'expect: 100-continue, accepted': { path: '/echo', method: 'POST', body: 'go on', headers: { expect: '100-continue' } },
  'expect: 100-continue, refused': { path: '/echo', method: 'POST', body: 'go on', headers: { expect: '100-continue', 'x-refuse': '1' } },
  'an expectation that no one knows': { path: '/echo', method: 'POST', body: 'go on', headers: { expect: 'a miracle' } },
  'no such path': { path: '/nowhere' }
}

export interface Result { informations: unknown[], status: number, statusMessage: string, headers: string[], body: string, trailers: string[] }

/** What belongs to one connection, or to a moment. */
const ofConnection = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding', 'te', 'proxy-connection', 'x-private', 'x-mine', 'host', 'user-agent', 'accept'])

function kept (raw: string[]): string[] {
  return raw.filter((_, index) => !ofConnection.has(raw[index - index % 2]?.toLowerCase() ?? ''))
}

/** An echo's length tells of headers that are not compared. */
function keptOf (raw: string[], body: string): string[] {
  const headers = kept(raw)
  return body.startsWith('{"method"') ? headers.slice(0, 2) : headers
}

/** An echo tells what the service saw: its headers are compared as ours are. */
function keptEcho (body: string): string {
  if (!body.startsWith('{"method"')) return body.length > 1000 ? `${body.length} × ${body.slice(0, 10)}` : body
  const echo = JSON.parse(body)
  const host = echo.headers.host === 'www.example.com:81' ? echo.headers.host : 'its own'
  return JSON.stringify({ ...echo, host, rawHeaders: kept(echo.rawHeaders), headers: kept(Object.entries(echo.headers).flat() as string[]), coding: echo.headers['transfer-encoding'] })
}

export async function byHttp (origin: string, { path, method = 'GET', headers = {}, body, chunks, trailers }: Case): Promise<Result> {
  const { hostname: host, port } = new URL(origin)
  const request: ClientRequest = httpRequest({ host, port, path, method, headers, agent: false })
  const informations: unknown[] = []
  request.on('information', ({ statusCode, rawHeaders }) => informations.push([statusCode, kept(rawHeaders)]))
  request.on('error', () => {})
  if (headers.expect === '100-continue') request.once('continue', () => request.end(body))
  else if (chunks !== undefined) {
    for (const chunk of chunks) request.write(chunk)
    if (trailers !== undefined) request.addTrailers(trailers)
    request.end()
  } else request.end(body)
  if (headers.expect === '100-continue') request.flushHeaders()
  const [response]: IncomingMessage[] = await once(request, 'response') as [IncomingMessage]
  assert.ok(response)
  const got = Buffer.concat(await response.toArray()).toString('latin1')
  request.destroy()
  return { informations, status: response.statusCode ?? 0, statusMessage: response.statusMessage ?? '', headers: keptOf(response.rawHeaders, got), body: keptEcho(got), trailers: response.rawTrailers }
}

/** undici refuses some of the cases itself: undefined. */
export async function byUndici (origin: string, { path, method = 'GET', headers = {}, body, chunks }: Case): Promise<Omit<Result, 'trailers'> | undefined> {
  if (headers.expect !== undefined || headers.connection !== undefined) return undefined
  const informations: unknown[] = []
  const { statusCode, statusText, headers: responseHeaders, body: responseBody } = await undiciRequest(`${origin}${path}`, {
    method,
    headers,
    responseHeaders: 'raw',
    onInfo: (info: { statusCode: number, headers: unknown }) => informations.push([info.statusCode, kept(info.headers as string[])]),
    body: chunks === undefined ? body ?? null : (async function * () { yield * chunks.map((chunk) => Buffer.from(chunk)) })()
  } as unknown as Parameters<typeof undiciRequest>[1])
  const got = Buffer.from(await responseBody.arrayBuffer()).toString('latin1')
  return { informations, status: statusCode, statusMessage: statusText, headers: keptOf(responseHeaders as unknown as string[], got), body: keptEcho(got) }
}
