// The gateway leaves in order: nothing that came is lost, nobody is kept.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { route, startPod, type Pod } from './pod.ts'

const start = (): Promise<Pod> => startPod({ services: ['web'], routes: [route('web', '/')] })

async function drained (pod: Pod, timeoutMs = 20_000): Promise<void> {
  const done = pod.next('drained')
  pod.order({ type: 'drain', timeoutMs })
  await done
}

test('an idle gateway is drained at once, and its thread ends', async () => {
  await using pod = await start()
  await drained(pod)
  await pod.ended
  await assert.rejects(fetch(pod.url))
})

test('what is in flight is finished first', async () => {
  await using pod = await start()
  const held = pod.next('held')
  const waiting = fetch(`${pod.url}/hold`)
  await held
  const done = drained(pod)
  const release = await fetch(`${pod.url}/release`)
  assert.equal(release.headers.get('connection'), 'close')
  await release.text()
  assert.equal(await (await waiting).text(), 'released')
  await done
})

test('under load every request that was sent is answered, and each client told to go elsewhere', async () => {
  await using pod = await start()
  let answered = 0
  async function client (): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let isLast = false; !isLast;) {
      const [response] = await once(httpRequest(`${pod.url}/x`, { agent }).end(), 'response') as [IncomingMessage]
      assert.equal(response.statusCode, 200)
      assert.match(await text(response), /"service":"web"/)
      isLast = response.headers.connection === 'close'
      if (++answered === 500) pod.order({ type: 'drain', timeoutMs: 20_000 })
    }
  }
  const done = pod.next('drained')
  await Promise.all(Array.from({ length: 16 }, client))
  assert.ok(answered >= 500)
  await done
})

test('WebSockets are told that the pod goes away, in between two messages', async () => {
  await using pod = await start()
  const socket = new WebSocket(`${pod.url.replace('http:', 'ws:')}/ws`)
  await once(socket, 'open')
  const heardByService = pod.next<{ code: number }>('wsClosed')
  const closed = once(socket, 'close') as Promise<[number]>
  await drained(pod)
  assert.equal((await closed)[0], 1001)
  assert.equal((await heardByService).code, 1001)
})

test('also in the middle of a large message, which arrives whole before it', async () => {
  await using pod = await start()
  const socket = pod.dial()
  socket.write('GET /huge HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
  const [first] = await once(socket, 'data') as [Buffer]
  // Far more is to come than buffers hold: the gateway stands in the middle of the frame now.
  socket.pause()
  const chunks = [first]
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    if (chunk.includes(Buffer.of(0x88, 0x02, 0x03, 0xe9))) socket.end(Buffer.of(0x88, 0x80, 0, 0, 0, 0))
  })
  const done = drained(pod)
  socket.resume()
  await done
  const bytes = Buffer.concat(chunks)
  const frames = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  assert.equal(frames.readBigUInt64BE(2), 20_000_000n)
  assert.deepEqual([...frames.subarray(10 + 20_000_000)].slice(0, 4), [0x88, 0x02, 0x03, 0xe9])
})

test('server-sent events have no end of their own: they end, whole, and the service hears of it', async () => {
  await using pod = await start()
  const closed = pod.next<{ url: string }>('closed')
  const response = await fetch(`${pod.url}/events`)
  const done = drained(pod)
  assert.equal(await response.text(), 'data: 1\n\n')
  assert.equal((await closed).url, '/events')
  await done
})

test('events that begin while it drains end as well', async () => {
  await using pod = await start()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const [first] = await once(httpRequest(`${pod.url}/x`, { agent }).end(), 'response') as [IncomingMessage]
  await text(first)
  const done = drained(pod)
  const [events] = await once(httpRequest(`${pod.url}/events`, { agent }).end(), 'response') as [IncomingMessage]
  assert.equal(events.headers.connection, 'close')
  assert.equal(await text(events), 'data: 1\n\n')
  await done
})

test('any other answer without end is waited for', async () => {
  await using pod = await start()
  const response = await fetch(`${pod.url}/slow-body`)
  const done = drained(pod)
  assert.equal(await response.text(), 'first, last')
  await done
})

test('connections on which nothing was ever sent do not keep it', async () => {
  await using pod = await start()
  const socket = pod.dial()
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve))
  await once(socket, 'connect')
  await drained(pod)
  await closed
})

test('what does not finish in time is cut', async () => {
  await using pod = await start()
  const held = pod.next('held')
  const waiting = fetch(`${pod.url}/hold`)
  await held
  const rejected = assert.rejects(waiting)
  await drained(pod, 100)
  await rejected
})

test('a new upgrade is refused while it drains', async () => {
  await using pod = await start()
  const agent = new Agent({ keepAlive: true })
  const held = pod.next('held')
  const waiting = fetch(`${pod.url}/hold`)
  await held
  const done = drained(pod)
  const socket = new WebSocket(`${pod.url.replace('http:', 'ws:')}/ws`, { agent })
  const [, response] = await once(socket, 'unexpected-response') as [unknown, IncomingMessage]
  assert.equal(response.statusCode, 503)
  socket.on('error', () => {}).terminate()
  await (await fetch(`${pod.url}/release`)).text()
  await (await waiting).text()
  await done
})
