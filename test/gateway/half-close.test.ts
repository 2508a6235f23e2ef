// A client that ends its half may wait for its answer, or be gone: who waits is answered, who is gone is missed.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { after, test } from 'node:test'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({ services: ['web'], routes: [route('web', '/')] })
after(() => pod.close())

test('a client that ends its half behind its request is answered, and the connection ends', async () => {
  const socket = pod.dial()
  socket.end('GET /x HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await readAll(socket), /^HTTP\/1\.1 200 [^]*"service":"web"/)
})

test('all that it had pipelined is answered', async () => {
  const socket = pod.dial()
  socket.end('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /3 HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await readAll(socket), /"\/1"[^]*hello[^]*"\/3"/)
})

test('also where the gateway answers by itself', async () => {
  const held = pod.next('held')
  const socket = pod.dial()
  socket.end('GET /hold HTTP/1.1\r\nHost: a\r\n\r\nGET /%00 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n')
  await held
  await (await fetch(`${pod.url}/release`)).text()
  assert.match(await readAll(socket), /released[^]*HTTP\/1\.1 400 [^]*WATT_PATH_NOT_NORMAL[^]*"\/3"/)
})

test('it is answered also when that takes time; until then it is told what means nothing', async () => {
  const held = pod.next('held')
  const socket = pod.dial()
  socket.end('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n')
  await held
  const answer = readAll(socket)
  await once(socket, 'data')
  await (await fetch(`${pod.url}/release`)).text()
  assert.match(await answer, /^(?:HTTP\/1\.1 102 Processing\r\n\r\n)+HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*released/)
})

test('HTTP/1.0, which knows no 102, just waits', async () => {
  const held = pod.next('held')
  const socket = pod.dial()
  socket.end('GET /hold HTTP/1.0\r\n\r\n')
  await held
  const answer = readAll(socket)
  await (await fetch(`${pod.url}/release`)).text()
  assert.match(await answer, /^HTTP\/1\.1 200 [^]*released/)
})

test('a body in chunks goes on, with zeros before a size that mean nothing', async () => {
  const sent = pod.next('headSent')
  const socket = pod.dial()
  socket.end('GET /head-first?say HTTP/1.1\r\nHost: a\r\n\r\n')
  await sent
  const answer = readAll(socket)
  let bytes = 0
  while (bytes < 2) bytes = zerosIn((await once(socket, 'data') as [string])[0], bytes)
  await (await fetch(`${pod.url}/say`)).text()
  assert.match(await answer, /\r\n\r\n0{1,5}5\r\nhello\r\n0\r\n\r\n$/)
})

function zerosIn (text: string, before: number): number {
  return before + (/(?:^|\r\n\r\n)(0+)$/.exec(text)?.[1]?.length ?? 0)
}

for (const [what, path] of [['before its answer', '/never'], ['within an answer that has nothing more to say', '/head-first'], ['within events', '/events']] as const) {
  test(`a client that leaves without a reset ${what} is gone for the service`, async () => {
    const told = Promise.race([pod.next<{ url: string }>('aborted'), pod.next<{ url: string }>('closed')])
    const request = httpRequest(pod.url + path).end()
    request.on('error', () => {})
    await pod.next(path === '/never' ? 'waiting' : 'headSent')
    request.destroy()
    assert.equal((await told).url, path)
  })
}

test('one that ends its half within a head, or a body, is told what is wrong with it', async () => {
  const head = pod.dial()
  head.end('GET / HT')
  assert.match(await readAll(head), /^HTTP\/1\.1 400 [^]*WATT_REQUEST_MALFORMED/)
  const aborted = pod.next('uploadAborted')
  const body = pod.dial()
  body.end('POST /digest HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nthe beginning')
  assert.match(await readAll(body), /^HTTP\/1\.1 400 [^]*WATT_REQUEST_MALFORMED/)
  await aborted
})

test('one that ends its half between requests ends the connection', async () => {
  const idle = pod.dial()
  idle.end()
  assert.equal(await readAll(idle), '')
  const served = pod.dial()
  served.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(served, 'data')
  served.end()
  await readAll(served)
})
