// Bodies, upgrades and aborts through a process: as through a thread, and bounded by the slower side.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { app, route, service, start, type Running } from '../supervisor/support.ts'
import { jsonOf, root, statusOf } from './support.ts'

const mib = 2 ** 20
const whole = 100 * mib
/** What may be on the way between two ends, with all that Node and the kernel buffer. */
const bounded = 64 * mib

let shop: Running

before(async () => {
  shop = await start(app([
    service('web', { routes: [route('/web', { rewrite: '/' })], isolation: 'process', memoryBytes: 1024 * mib }),
    service('thread', { routes: [route('/thread', { rewrite: '/' })] })
  ]), { root })
  await shop.supervisor.started
})

after(() => shop.supervisor.close())

function ask (path: string, method = 'GET', headers: Record<string, string> = {}): ClientRequest {
  return httpRequest(shop.supervisor.url + path, { method, headers, agent: false })
}

async function answered (request: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(request, 'response') as [IncomingMessage]
  return response
}

function residentBytes (): number {
  return statusOf(shop, 'web').workers[0]?.residentBytes ?? 0
}

test('100 MiB come out whole', async () => {
  const response = await answered(ask('/web/download').end())
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length
  assert.equal(bytes, whole)
})

test('100 MiB go in whole, and out again', async () => {
  const chunk = Buffer.alloc(mib, 'abcdefgh')
  const sent = createHash('sha256')
  const request = ask('/web/digest', 'POST')
  for (let index = 0; index < whole / mib; index++) {
    chunk.writeUInt32LE(index)
    sent.update(chunk)
    if (!request.write(Buffer.from(chunk))) await once(request, 'drain')
  }
  request.end()
  assert.equal(JSON.parse((await buffer(await answered(request))).toString()), sent.digest('hex'))
})

test('a reader that does not read holds back a service that writes', async () => {
  await jsonOf(shop, '/web/')
  const [ours, its] = [process.memoryUsage.rss(), residentBytes()]
  const request = ask('/web/download').end()
  const response = await answered(request)
  response.pause()
  // Answered in between, again and again: whatever flows on its own would have flowed by then.
  for (let count = 0; count < 300; count++) await jsonOf(shop, '/web/')
  assert.ok(process.memoryUsage.rss() - ours < bounded, 'the supervisor holds what nobody reads')
  assert.ok(residentBytes() - its < bounded, 'the process holds what nobody reads')
  request.destroy()
})

test('a body that comes back while it is sent passes both ways at once', async () => {
  const chunk = Buffer.alloc(mib, 1)
  const request = ask('/web/echo', 'POST')
  const response = answered(request)
  const read = response.then(async (stream) => {
    let bytes = 0
    for await (const part of stream) bytes += (part as Buffer).length
    return bytes
  })
  for (let index = 0; index < 20; index++) if (!request.write(chunk)) await once(request, 'drain')
  request.end()
  assert.equal(await read, 20 * mib)
})

test('a client that goes away is seen by the service', async () => {
  const { aborted } = await jsonOf(shop, '/web/seen') as { aborted: number }
  const request = ask('/web/echo', 'POST')
  request.on('error', () => {})
  request.write('some')
  const response = await answered(request)
  response.on('error', () => {})
  await once(response, 'data')
  request.destroy()
  while ((await jsonOf(shop, '/web/seen') as { aborted: number }).aborted === aborted) { /* Asked again. */ }
})

test('an upgraded connection echoes', async () => {
  const request = ask('/web/', 'GET', { connection: 'Upgrade', upgrade: 'echo' }).end()
  const [, socket] = await once(request, 'upgrade') as [IncomingMessage, Socket]
  const sent = Buffer.alloc(3 * mib, 'round and round')
  const chunks: Buffer[] = []
  let bytes = 0
  socket.write(sent)
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes === sent.length) break
  }
  assert.ok(Buffer.concat(chunks).equals(sent))
})

test('a call from a thread to a process streams as well', async () => {
  const answer = await jsonOf(shop, `/thread/fetch?to=${encodeURIComponent('http://web.internal/about')}`) as { status: number }
  assert.equal(answer.status, 200)
})
