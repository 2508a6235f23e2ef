// Koa, and Hono as a fetch handler.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { cookiesOf, get, url } from './pod.ts'

test('koa: a JSON answer that knows who asked, past the proxy', async () => {
  const response = await fetch(`${url}/koa/json?a=1&a=2`, { method: 'PUT' })
  assert.equal(response.headers.get('x-served-by'), 'koa')
  assert.deepEqual(await response.json(), { method: 'PUT', query: { a: ['1', '2'] }, ip: '127.0.0.1', protocol: 'http' })
})

test('koa: signed cookies', async () => {
  const first = await fetch(`${url}/koa/cookie`)
  assert.deepEqual(await first.json(), { seen: null })
  const cookie = cookiesOf(first)
  assert.match(cookie, /^name=ada; name\.sig=/)
  assert.deepEqual(await (await fetch(`${url}/koa/cookie`, { headers: { cookie } })).json(), { seen: 'ada' })
  assert.deepEqual(await (await fetch(`${url}/koa/cookie`, { headers: { cookie: cookie.replace('ada', 'eve') } })).json(), { seen: null })
})

test('koa: a stream, an upload, a condition, an error and no page', async () => {
  const stream = await (await fetch(`${url}/koa/stream`)).text()
  assert.equal(stream, Array.from({ length: 5_000 }, (_, line) => `line ${line}\n`).join(''))
  const upload = await fetch(`${url}/koa/upload`, { method: 'POST', body: Buffer.alloc(400_000) })
  assert.deepEqual(await upload.json(), { bytes: 400_000 })
  const fresh = await get('/koa/cached', { 'if-none-match': '"1"' })
  assert.deepEqual([fresh.status, fresh.body.length, (await get('/koa/cached')).body.toString()], [304, 0, 'cached'])
  const error = await get('/koa/error')
  assert.deepEqual([error.status, error.body.toString()], [418, 'a teapot'])
  const none = await get('/koa/none')
  assert.deepEqual([none.status, none.body.toString(), none.headers['x-served-by']], [404, 'Not Found', 'koa'])
})

test('hono: routes with parameters, and the URL that the client asked for', async () => {
  const response = await fetch(`${url}/hono/users/7?sort=up`, { headers: { 'user-agent': 'tests' } })
  assert.deepEqual(await response.json(), { id: '7', sort: 'up', agent: 'tests' })
  assert.equal((await fetch(`${url}/hono/none`)).status, 404)
})

test('hono: signed cookies, each in a field of its own', async () => {
  const first = await fetch(`${url}/hono/cookie`)
  assert.deepEqual(await first.json(), { seen: null })
  const [name, old] = first.headers.getSetCookie()
  assert.match(name ?? '', /^name=ada\./)
  assert.match(old ?? '', /^old=; Max-Age=0/)
  const cookie = (name ?? '').split(';')[0] ?? ''
  assert.deepEqual(await (await fetch(`${url}/hono/cookie`, { headers: { cookie } })).json(), { seen: 'ada' })
})

test('hono: streams, events, compression, forms and errors', async () => {
  assert.equal(await (await fetch(`${url}/hono/stream`)).text(), Array.from({ length: 1_000 }, (_, line) => `line ${line}\n`).join(''))
  const events = await fetch(`${url}/hono/events`)
  assert.equal(events.headers.get('content-type'), 'text/event-stream')
  assert.equal(await events.text(), [0, 1, 2].map((id) => `event: tick\ndata: tick ${id}\nid: ${id}\n\n`).join(''))
  const { headers, body } = await get('/hono/compressed', { 'accept-encoding': 'gzip' })
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(body).toString(), 'compressible '.repeat(1_000))
  const form = new FormData()
  form.append('name', 'Grüße')
  form.append('file', new Blob(['of a file'], { type: 'text/plain' }), 'file.txt')
  assert.deepEqual(await (await fetch(`${url}/hono/form`, { method: 'POST', body: form })).json(), { name: 'Grüße', filename: 'file.txt', type: 'text/plain', text: 'of a file' })
  const error = await get('/hono/error')
  assert.deepEqual([error.status, error.body.toString()], [418, 'a teapot'])
})

test('hono: a request body streams into a response body', async () => {
  const body = Buffer.alloc(600_000, 'echo')
  const response = await fetch(`${url}/hono/echo`, { method: 'POST', body })
  assert.equal(response.headers.get('x-echo'), 'yes')
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(body))
})
