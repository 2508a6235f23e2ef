// Express 5 with the middleware that most apps of it have.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib'
import { cookiesOf, get, sha256, url } from './pod.ts'

const gzip = { 'accept-encoding': 'gzip' }

test('compression: a text is gzipped for who takes gzip', async () => {
  const { status, headers, body } = await get('/compression/text', gzip)
  assert.deepEqual([status, headers['content-encoding'], headers.vary, headers['content-length']], [200, 'gzip', 'Accept-Encoding', undefined])
  assert.ok(body.length < 1_000, `${body.length} bytes`)
  assert.equal(gunzipSync(body).toString(), 'compressible '.repeat(1_000))
})

test('compression: and in Brotli for who prefers that', async () => {
  const { headers, body } = await get('/compression/text', { 'accept-encoding': 'br' })
  assert.equal(headers['content-encoding'], 'br')
  assert.equal(brotliDecompressSync(body).toString(), 'compressible '.repeat(1_000))
})

test('compression: as it is for who takes neither, and for what is short or compressed already', async () => {
  const plain = await get('/compression/text')
  assert.deepEqual([plain.headers['content-encoding'], plain.headers['content-length'], plain.body.length], [undefined, '13000', 13_000])
  for (const path of ['/compression/short', '/compression/image']) assert.equal((await get(path, gzip)).headers['content-encoding'], undefined)
})

test('compression: a response in pieces comes whole', async () => {
  const { headers, body } = await get('/compression/streamed', gzip)
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(body).toString(), 'streamed line\n'.repeat(20_000))
})

test('compression: HEAD has the fields and no body', async () => {
  const call = request(`${url}/compression/text`, { method: 'HEAD', headers: gzip, agent: false }).end()
  const [response] = await once(call, 'response') as [IncomingMessage]
  response.resume()
  assert.equal(response.statusCode, 200)
  assert.equal(response.headers.vary, 'Accept-Encoding')
})

test('compression: an event that is flushed comes before the next one', async () => {
  const call = request(`${url}/compression/events`, { headers: gzip, agent: false }).end()
  const [response] = await once(call, 'response') as [IncomingMessage]
  assert.equal(response.headers['content-encoding'], 'gzip')
  const events = response.pipe(createGunzip())
  const [first] = await once(events, 'data')
  assert.equal(String(first), 'data: first\n\n')
  await fetch(`${url}/compression/next`, { method: 'POST' })
  assert.equal(Buffer.concat(await events.toArray()).toString(), 'data: second\n\n')
})

const large = Buffer.alloc(700_000, 'large and larger ')

function form (files: Array<[field: string, bytes: Buffer, name: string, type: string]>, fields: Record<string, string> = {}): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  for (const [field, bytes, name, type] of files) data.append(field, new Blob([Uint8Array.from(bytes)], { type }), name)
  return data
}

async function post (path: string, body: FormData): Promise<{ status: number, answer: unknown }> {
  const response = await fetch(`${url}${path}`, { method: 'POST', body })
  return { status: response.status, answer: await response.json() }
}

test('multer: files in memory and the fields beside them', async () => {
  const body = form([['files', Buffer.from('small'), 'small.txt', 'text/plain'], ['files', large, 'large.bin', 'application/octet-stream']], { title: 'Grüße', 'tags[0]': 'a' })
  assert.deepEqual(await post('/multer/memory', body), {
    status: 200,
    answer: {
      fields: { title: 'Grüße', tags: ['a'] },
      files: [
        { fieldname: 'files', originalname: 'small.txt', mimetype: 'text/plain', size: 5, sha256: sha256('small') },
        { fieldname: 'files', originalname: 'large.bin', mimetype: 'application/octet-stream', size: 700_000, sha256: sha256(large) }
      ]
    }
  })
})

test('multer: a file on disk', async () => {
  const { answer } = await post('/multer/disk', form([['file', large, 'large.bin', 'application/octet-stream']]))
  assert.deepEqual(answer, { isInFolder: true, sha256: sha256(large) })
})

test('multer: a file that is too large is refused before it is read, and the connection survives', async () => {
  for (const size of [2_000, 5_000_000]) {
    const refused = await post('/multer/limited', form([['file', Buffer.alloc(size), 'large.bin', 'application/octet-stream']]))
    assert.deepEqual(refused, { status: 413, answer: { code: 'LIMIT_FILE_SIZE' } })
  }
  assert.deepEqual(await post('/multer/limited', form([['file', Buffer.alloc(1_000), 'fits.bin', 'application/octet-stream']])), { status: 200, answer: { size: 1_000 } })
})

test('busboy: a form is read as it comes, in order', async () => {
  const { answer } = await post('/busboy', form([['file', large, 'large.bin', 'application/octet-stream']], { before: '1' }))
  assert.deepEqual(answer, [
    { name: 'before', value: '1' },
    { name: 'file', filename: 'large.bin', mimeType: 'application/octet-stream', bytes: 700_000, sha256: sha256(large) }
  ])
})

test('busboy: an urlencoded form, and one that ends too early', async () => {
  const encoded = await fetch(`${url}/busboy`, { method: 'POST', body: new URLSearchParams({ a: '1 & 2', b: 'ü' }) })
  assert.deepEqual(await encoded.json(), [{ name: 'a', value: '1 & 2' }, { name: 'b', value: 'ü' }])
  const broken = await fetch(`${url}/busboy`, { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nunfinished' })
  assert.deepEqual([broken.status, await broken.json()], [400, { error: 'Unexpected end of form' }])
})

test('cookie-session: a session goes on with its cookies, and begins anew with forged ones', async () => {
  const first = await fetch(`${url}/cookie-session/count`)
  assert.deepEqual(await first.json(), { views: 1, isNew: true })
  assert.equal(first.headers.getSetCookie().length, 2)
  const cookie = cookiesOf(first)
  const second = await fetch(`${url}/cookie-session/count`, { headers: { cookie } })
  assert.deepEqual(await second.json(), { views: 2, isNew: false })
  const third = await fetch(`${url}/cookie-session/count`, { headers: { cookie: cookiesOf(second) } })
  assert.equal((await third.json() as { views: number }).views, 3)
  const forged = cookie.replace(/visit=[^;]+/, `visit=${Buffer.from('{"views":99}').toString('base64')}`)
  assert.equal((await (await fetch(`${url}/cookie-session/count`, { headers: { cookie: forged } })).json() as { views: number }).views, 1)
  const gone = await fetch(`${url}/cookie-session/forget`, { headers: { cookie } })
  assert.match(gone.headers.getSetCookie()[0] ?? '', /^visit=;.*expires=Thu, 01 Jan 1970/)
})

test('passport: who has logged in is known until they log out', async () => {
  const log = async (password: string) => await fetch(`${url}/passport/login`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ username: 'ada', password }) })
  const denied = await log('wrong')
  assert.deepEqual([denied.status, denied.headers.get('location'), denied.headers.getSetCookie()], [302, '/passport/denied', []])
  assert.equal((await fetch(`${url}/passport/token`, { method: 'POST', body: new URLSearchParams({ username: 'ada', password: 'wrong' }) })).status, 401)
  assert.equal((await fetch(`${url}/passport/me`)).status, 401)

  const welcome = await log('engine')
  assert.deepEqual([welcome.status, welcome.headers.get('location')], [302, '/passport/me'])
  const cookie = cookiesOf(welcome)
  assert.deepEqual(await (await fetch(`${url}/passport/me`, { headers: { cookie } })).json(), { username: 'ada' })
  assert.equal((await fetch(`${url}/passport/me`, { headers: { cookie: cookie.replace(/.{5}$/, 'wrong') } })).status, 401)

  const farewell = await fetch(`${url}/passport/logout`, { method: 'POST', redirect: 'manual', headers: { cookie } })
  assert.equal(farewell.status, 302)
  assert.equal((await fetch(`${url}/passport/me`, { headers: { cookie } })).status, 401)
})

test('http-proxy-middleware: a request goes on to another service by its mesh name', async () => {
  const response = await fetch(`${url}/proxy/forms/a?b=c`)
  assert.equal(response.headers.get('x-service'), 'busboy')
  const { url: seen, host, forwardedFor } = await response.json() as { url: string, host: string, forwardedFor: string }
  assert.deepEqual([seen, host], ['/forwarded/a?b=c', 'busboy.internal'])
  assert.match(forwardedFor, /^127\.0\.0\.1,\s*\S+/)
})

test('http-proxy-middleware: an upload and a compressed answer go through unchanged', async () => {
  const { answer } = await post('/proxy/forms', form([['file', large, 'large.bin', 'application/octet-stream']]))
  assert.deepEqual(answer, [{ name: 'file', filename: 'large.bin', mimeType: 'application/octet-stream', bytes: 700_000, sha256: sha256(large) }])
  const { headers, body } = await get('/proxy/compressed/text', gzip)
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(createHash('sha256').update(gunzipSync(body)).digest('hex'), sha256('compressible '.repeat(1_000)))
})

test('http-proxy-middleware: a name that no service has is an error of the proxy', async () => {
  const response = await fetch(`${url}/proxy/nobody/x`)
  assert.deepEqual([response.status, await response.text()], [502, 'ENOTFOUND'])
})
