// Fastify with its own plugins.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, open, sha256, url } from './pod.ts'

const large = Buffer.alloc(1_500_000, 'large and larger ')

function form (bytes: Buffer): FormData {
  const data = new FormData()
  data.append('title', 'Grüße')
  data.append('file', new Blob([Uint8Array.from(bytes)], { type: 'text/plain' }), 'große.txt')
  return data
}

test('@fastify/multipart: parts come as streams, in order', async () => {
  const response = await fetch(`${url}/fastify-multipart/`, { method: 'POST', body: form(large) })
  assert.deepEqual(await response.json(), [
    { name: 'title', value: 'Grüße' },
    { name: 'file', filename: 'große.txt', mimetype: 'text/plain', bytes: large.length, sha256: sha256(large), truncated: false }
  ])
})

test('@fastify/multipart: a file past its limit is a 413', async () => {
  const response = await fetch(`${url}/fastify-multipart/buffered`, { method: 'POST', body: form(Buffer.alloc(3_000_000)) })
  assert.equal(response.status, 413)
  assert.equal((await response.json() as { code: string }).code, 'FST_REQ_FILE_TOO_LARGE')
  const fits = await fetch(`${url}/fastify-multipart/buffered`, { method: 'POST', body: form(large) })
  assert.deepEqual(await fits.json(), { bytes: large.length })
})

test('@fastify/multipart: what is no form is a 406', async () => {
  const response = await fetch(`${url}/fastify-multipart/`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  assert.equal(response.status, 406)
})

const page = '<!doctype html><title>Page</title><p>0123456789</p>\n'

test('@fastify/static: a file with all that caches need', async () => {
  const { status, headers, body } = await get('/fastify-static/page.html')
  assert.equal(status, 200)
  assert.equal(body.toString(), page)
  assert.deepEqual([headers['content-type'], headers['content-length'], headers['cache-control'], headers['accept-ranges']], ['text/html; charset=utf-8', String(page.length), 'public, max-age=3600', 'bytes'])
  const fresh = await get('/fastify-static/page.html', { 'if-none-match': headers.etag ?? '' })
  assert.deepEqual([fresh.status, fresh.body.length, fresh.headers.etag], [304, 0, headers.etag])
})

test('@fastify/static: a range of a file, and one that it does not have', async () => {
  const from = page.indexOf('0123')
  const part = await get('/fastify-static/page.html', { range: `bytes=${from}-${from + 3}` })
  assert.deepEqual([part.status, part.headers['content-range'], part.body.toString()], [206, `bytes ${from}-${from + 3}/${page.length}`, '0123'])
  const beyond = await get('/fastify-static/page.html', { range: 'bytes=9999-' })
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${page.length}`])
})

test('@fastify/static: HEAD, an index, a download, and nothing above its folder', async () => {
  const head = await fetch(`${url}/fastify-static/page.html`, { method: 'HEAD' })
  assert.deepEqual([head.headers.get('content-length'), await head.text()], [String(page.length), ''])
  assert.match((await get('/fastify-static/nested/')).body.toString(), /<title>Nested/)
  const { headers, body } = await get('/fastify-static/download')
  assert.equal(body.toString(), page)
  assert.match(headers['content-disposition'] ?? '', /^attachment; filename=.*filename\*=UTF-8''gr%C3%BC%C3%9Fe\.html$/)
  assert.equal((await get('/fastify-static/none.html')).status, 404)
  assert.equal((await get('/fastify-static/..%2ffastify-static.js')).status, 400)
})

test('@fastify/websocket: a route with parameters echoes text and bytes', async () => {
  const socket = await open('/fastify-websocket/echo/blue?name=ada')
  assert.equal(await socket.next(), 'room blue, ada')
  socket.send('text')
  assert.equal(await socket.next(), 'text')
  socket.send(Buffer.alloc(300_000, 'b'))
  assert.equal((await socket.next()).length, 300_000)
  assert.equal(await socket.close(), 1000)
})

test('@fastify/websocket: a message that is too large closes it with 1009', async () => {
  const socket = await open('/fastify-websocket/echo/blue')
  await socket.next()
  socket.send(Buffer.alloc(1_200_000))
  assert.equal(await socket.closed, 1009)
})

test('@fastify/websocket: a hook refuses a handshake, and a plain route is beside it', async () => {
  await assert.rejects(open('/fastify-websocket/private'), /Unexpected server response: 401/)
  await assert.rejects(open('/fastify-websocket/none'), /Unexpected server response: 404/)
  assert.deepEqual(await (await fetch(`${url}/fastify-websocket/plain`)).json(), { plain: true })
})
