// Whatever the code calls with, `http://<service>.internal` reaches the service; and nothing else does.
import assert from 'node:assert/strict'
import { lookup as dnsLookup } from 'node:dns'
import { once } from 'node:events'
import http, { Agent as HttpAgent, createServer, get, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { connect, type AddressInfo, type LookupFunction } from 'node:net'
import { after, before, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import axios from 'axios'
import got from 'got'
import * as undici from 'undici'
import { installClient } from '../../src/mesh/client/index.ts'
import { type CallRecord } from '../../src/mesh/mesh.ts'
import { Cluster } from './cluster.ts'

let cluster: Cluster
let undo: () => void
const calls: CallRecord[] = []

before(async () => {
  cluster = new Cluster(['shop'])
  await cluster.start('shop', 'http-service.ts')
  undo = installClient(cluster.join({ observer: { called: (call) => calls.push(call) } }))
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
})

async function textOf (response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString()
}

function byHttp (options: RequestOptions | string | URL): Promise<string> {
  return new Promise((resolve, reject) => { get(options as RequestOptions, (response) => resolve(textOf(response))).on('error', reject) })
}

const keepAlive = new HttpAgent({ keepAlive: true })
const undiciText = async (options: Parameters<typeof undici.request>[1]): Promise<string> => (await undici.request('http://shop.internal/text', options)).body.text()

const clients: Record<string, () => Promise<string>> = {
  fetch: async () => (await fetch('http://shop.internal/text')).text(),
  'fetch with a Request': async () => (await fetch(new Request('http://shop.internal/text'))).text(),
  'fetch with capitals, a port and a trailing dot': async () => (await fetch('http://SHOP.Internal.:3000/text')).text(),
  'fetch by Watt\'s name': async () => (await fetch('http://shop.plt.local/text')).text(),
  'undici.request': () => undiciText({}),
  'undici.fetch': async () => (await undici.fetch('http://shop.internal/text')).text(),
  'an undici Agent': () => undiciText({ dispatcher: new undici.Agent() }),
  'an undici Pool': async () => (await new undici.Pool('http://shop.internal').request({ path: '/text', method: 'GET' })).body.text(),
  'an undici Client': async () => (await new undici.Client('http://shop.internal').request({ path: '/text', method: 'GET' })).body.text(),
  'undici with interceptors': () => undiciText({ dispatcher: new undici.Agent().compose(undici.interceptors.retry(), undici.interceptors.redirect()) }),
  'the global dispatcher with interceptors': () => undiciText({ dispatcher: undici.getGlobalDispatcher().compose(undici.interceptors.retry()) }),
  'the global dispatcher\'s own request': async () => (await undici.getGlobalDispatcher().request({ origin: 'http://shop.internal', path: '/text', method: 'GET' })).body.text(),
  'undici.stream': async () => {
    const chunks: Buffer[] = []
    const { Writable } = await import('node:stream')
    await undici.stream('http://shop.internal/text', { method: 'GET' }, () => new Writable({ write (chunk, _encoding, done) { chunks.push(chunk); done() } }))
    return Buffer.concat(chunks).toString()
  },
  'http.get of a string': () => byHttp('http://shop.internal/text'),
  'http.get of a URL': () => byHttp(new URL('http://shop.internal/text')),
  'http.get of options': () => byHttp({ hostname: 'shop.internal', port: 8080, path: '/text' }),
  'http.get of the default export': () => new Promise((resolve, reject) => { http.get('http://shop.internal/text', (response) => resolve(textOf(response))).on('error', reject) }),
  'http without an agent': () => byHttp({ host: 'shop.internal', path: '/text', agent: false }),
  'http with an agent of its own': () => byHttp({ host: 'shop.internal', path: '/text', agent: keepAlive }),
  axios: async () => (await axios.get('http://shop.internal/text')).data,
  'axios with fetch': async () => (await axios.get('http://shop.internal/text', { adapter: 'fetch' })).data,
  got: () => got('http://shop.internal/text').text()
}

for (const [name, call] of Object.entries(clients)) {
  test(`${name} reaches the service`, async () => {
    const before = calls.length
    assert.equal(await call(), 'text')
    assert.equal(await call(), 'text')
    assert.deepEqual(calls.slice(before).map(({ to, method, status }) => ({ to, method, status })), [{ to: 'shop', method: 'GET', status: 200 }, { to: 'shop', method: 'GET', status: 200 }])
  })
}

interface Echo { method: string, body: string, headers: Record<string, string> }

const posts: Record<string, () => Promise<Echo>> = {
  'fetch of a text': async () => (await fetch('http://shop.internal/echo', { method: 'POST', body: 'posted' })).json() as Promise<Echo>,
  'fetch of a stream': async () => (await fetch('http://shop.internal/echo', { method: 'POST', body: new Blob(['posted']).stream(), duplex: 'half' } as RequestInit)).json() as Promise<Echo>,
  'fetch of form fields': async () => {
    const echo = await (await fetch('http://shop.internal/echo', { method: 'POST', body: new URLSearchParams({ a: 'posted' }) })).json() as Echo
    return { ...echo, body: echo.body.slice(2) }
  },
  'fetch of a form': async () => {
    const body = new FormData()
    body.set('field', 'posted')
    const echo = await (await fetch('http://shop.internal/echo', { method: 'POST', body })).json() as Echo
    return { ...echo, body: /posted/.exec(echo.body)?.[0] ?? '' }
  },
  'undici of a Buffer': async () => (await undici.request('http://shop.internal/echo', { method: 'POST', body: Buffer.from('posted') })).body.json() as Promise<Echo>,
  'undici of an iterable': async () => (await undici.request('http://shop.internal/echo', { method: 'POST', body: ['pos', 'ted'] as unknown as Buffer })).body.json() as Promise<Echo>,
  'undici of a form': async () => {
    const body = new undici.FormData()
    body.set('field', 'posted')
    const echo = await (await undici.request('http://shop.internal/echo', { method: 'POST', body, dispatcher: new undici.Agent() })).body.json() as Echo
    assert.match(echo.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/)
    return { ...echo, body: /posted/.exec(echo.body)?.[0] ?? '' }
  },
  axios: async () => (await axios.post('http://shop.internal/echo', 'posted')).data,
  got: () => got.post('http://shop.internal/echo', { body: 'posted' }).json()
}

for (const [name, post] of Object.entries(posts)) {
  test(`a POST by ${name} arrives`, async () => {
    const { method, body } = await post()
    assert.deepEqual([method, body], ['POST', 'posted'])
  })
}

test('a body that is not as long as it says is refused', async () => {
  await assert.rejects(undici.request('http://shop.internal/echo', { method: 'POST', body: 'posted', headers: { 'content-length': '3' } }))
  await assert.rejects(undici.request('http://shop.internal/echo', { method: 'POST', body: ['posted'] as unknown as Buffer, headers: { 'content-length': '3' } }))
})

test('a header that would smuggle another is refused', async () => {
  const before = calls.length
  await assert.rejects(undici.request('http://shop.internal/text', { headers: { 'x-a': 'a\r\nx-b: b' } }), { code: 'UND_ERR_INVALID_ARG' })
  await assert.rejects(undici.request('http://shop.internal/text', { method: 'GET / HTTP/1.1\r\nx: ' }), { code: 'UND_ERR_INVALID_ARG' })
  assert.throws(() => httpRequest('http://shop.internal/text', { headers: { 'x-a': 'a\r\nx-b: b' } }), { code: 'ERR_INVALID_CHAR' })
  assert.equal(calls.length, before)
})

test('a service\'s own headers reach fetch, cookies one by one', async () => {
  const { headers } = await fetch('http://shop.internal/duplicates')
  assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2'])
  assert.equal(headers.get('x-list'), 'one, two')
})

test('one kept connection carries many requests and collects no listeners', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', warn)
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 })
  for (let index = 0; index < 30; index++) assert.equal(await byHttp({ host: 'shop.internal', path: '/text', agent }), 'text')
  assert.equal(Object.values(agent.freeSockets).flat().length, 1)
  agent.destroy()
  process.off('warning', warn)
  assert.deepEqual(warnings, [])
})

test('pipelined requests are answered in order', async () => {
  const socket = connect(80, 'shop.internal')
  await once(socket, 'connect')
  socket.write('GET /chunks HTTP/1.1\r\nHost: shop.internal\r\n\r\nGET /text HTTP/1.1\r\nHost: shop.internal\r\nConnection: close\r\n\r\n')
  const text = Buffer.concat(await socket.toArray()).toString()
  assert.ok(text.indexOf('three,') < text.indexOf('text'))
  assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 2)
})

test('a client that closes its half is answered', async () => {
  const socket = connect({ port: 80, host: 'shop.internal', allowHalfOpen: true })
  socket.end('GET /text HTTP/1.1\r\nHost: shop.internal\r\n\r\n')
  assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\ntext$/)
})

test('a socket that speaks no HTTP is told so', async () => {
  const socket = connect(80, 'shop.internal')
  socket.end('nonsense\r\n\r\n')
  assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 400 /)
})

for (const host of ['metadata.google.internal', 'undeclared.internal', 'shop.internal.example.com', 'shop.local']) {
  test(`${host} goes to DNS`, async () => {
    const asked: string[] = []
    const lookup = ((name: string, _options: unknown, done: (error: Error) => void) => {
      asked.push(name)
      done(new Error('asked'))
    }) as unknown as LookupFunction
    await assert.rejects(byHttp({ host, path: '/', lookup, agent: false }), { message: 'asked' })
    await assert.rejects(undici.request(`http://${host}/`, { dispatcher: new undici.Agent({ connect: { lookup } }) }))
    assert.deepEqual(asked, [host, host])
  })
}

test('other servers are reached as ever', async () => {
  const server = createServer((_req, res) => res.end('outside'))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`
  assert.equal(await (await fetch(url)).text(), 'outside')
  assert.equal(await (await undici.request(url)).body.text(), 'outside')
  assert.equal(await byHttp(url), 'outside')
  server.closeAllConnections()
  server.close()
  assert.equal(typeof dnsLookup, 'function')
})

const tlsClients: Record<string, () => Promise<unknown>> = {
  fetch: () => fetch('https://shop.internal/').catch((error: Error) => { throw error.cause }),
  'https.get': () => once(https.get('https://shop.internal/'), 'response'),
  'tls.connect': () => once(connectTls(443, 'shop.internal'), 'secureConnect')
}

for (const [name, call] of Object.entries(tlsClients)) {
  test(`TLS by ${name} is refused with a remedy`, async () => {
    await assert.rejects(call(), { code: 'WATT_MESH_TLS', hint: /http:\/\// })
  })
}

test('a fresh thread finds the mesh before and after Node has loaded undici', async () => {
  const caller = await cluster.start('caller', 'caller.ts')
  const server = createServer((_req, res) => res.end('outside'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  assert.equal(await caller.ask(['fetch', 'http://shop.internal/text']), 'text')
  assert.equal(await caller.ask(['isFast', '']), true)
  assert.equal(await caller.ask(['fetch', 'http://shop.internal/text']), 'text')
  assert.equal(await caller.ask(['fetch', outside]), 'outside')
  assert.equal(await caller.ask(['named imports', 'http://shop.internal/text']), 'text')
  assert.deepEqual(await caller.ask(['set a dispatcher', 'http://shop.internal/text']), [false, 'text'])
  assert.equal(await caller.ask(['fetch', outside]), 'outside')
  server.closeAllConnections()
  server.close()
})

test('each dialect of undici\'s handlers is spoken', async () => {
  const dispatcher = undici.getGlobalDispatcher() as unknown as { dispatch: (options: object, handler: object) => boolean }
  const heard: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  dispatcher.dispatch({ origin: 'http://shop.internal', path: '/trailers', method: 'GET' }, {
    onConnect: (abort: unknown) => heard.push(typeof abort),
    onHeaders: (status: number, raw: string[], resume: () => void, message: string) => {
      heard.push(status, raw.includes('Trailer'), message)
      setImmediate(resume)
      return false
    },
    onData: (chunk: Buffer) => { heard.push(chunk.toString()) },
    onComplete: (trailers: string[]) => {
      heard.push(trailers)
      resolve()
    },
    onError: assert.fail
  })
  await promise
  assert.deepEqual(heard, ['function', 200, true, 'OK', 'body', ['X-Sum', '4', 'X-Also', 'this']])
})

test('who listens to undici\'s own channels hears of every request', async () => {
  const { subscribe, unsubscribe } = await import('node:diagnostics_channel')
  const heard: unknown[] = []
  const hear = (message: unknown): void => { heard.push(Reflect.get(Object(Reflect.get(Object(message), 'request')), 'path')) }
  subscribe('undici:request:create', hear)
  assert.equal(await (await fetch('http://shop.internal/text')).text(), 'text')
  unsubscribe('undici:request:create', hear)
  assert.deepEqual(heard, ['/text'])
})
