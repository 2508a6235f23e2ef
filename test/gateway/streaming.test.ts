// Bodies without end: the slower side sets the pace, and who leaves is missed at once.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { route, startPod } from './pod.ts'

const pod = await startPod({ services: ['web'], routes: [route('web', '/')] })
after(() => pod.close())

/** What may lie between a writer and a reader that does not read: buffers of streams, windows, the kernel. */
const reservoirBytes = 16 * 1024 * 1024

async function open (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const request = httpRequest(pod.url + path, { method, headers })
  if (method === 'GET') request.end()
  const [response] = await once(request, 'response') as [IncomingMessage]
  return response
}

test('a head goes out before its body is there', async () => {
  const closed = pod.next('closed')
  const response = await open('/head-first')
  assert.equal(response.headers['content-type'], 'text/event-stream')
  response.destroy()
  await closed
})

test('server-sent events arrive one by one, and the service hears when the client leaves', async () => {
  const closed = pod.next<{ url: string }>('closed')
  const response = await open('/events')
  const [chunk] = await once(response, 'data') as [Buffer]
  assert.equal(chunk.toString(), 'data: 1\n\n')
  response.destroy()
  assert.equal((await closed).url, '/events')
})

test('a download stops while its reader does not read, and goes on when it does', async () => {
  const full = pod.next<{ bytes: number }>('full')
  const closed = pod.next('closed')
  const response = await open('/endless')
  response.pause()
  assert.ok((await full).bytes < reservoirBytes)

  // The service is told to go on only because something was read: every `full` after this needs a reader.
  let bytes = 0
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length
    if (bytes > 2 * reservoirBytes) break
  }
  await closed
})

test('an upload stops while the service does not read, and arrives whole when it does', async () => {
  const reading = pod.next('reading')
  const body = randomBytes(1024 * 1024)
  const times = 32
  const request = httpRequest(`${pod.url}/slow-reader`, { method: 'POST' })
  const sent = pipeline(Readable.from(Array.from({ length: times }, () => body)), request)
  await reading
  const [response] = await once(request, 'response') as [IncomingMessage]
  assert.equal(await text(response), String(times * body.length))
  await sent
})

test('what goes up is what arrives', async () => {
  const hash = createHash('sha256')
  const request = httpRequest(`${pod.url}/digest`, { method: 'POST' })
  const sent = pipeline(Readable.from(function * () {
    for (let index = 0; index < 400; index++) {
      const chunk = randomBytes(1 + index * 50)
      hash.update(chunk)
      yield chunk
    }
  }()), request)
  const [response] = await once(request, 'response') as [IncomingMessage]
  await sent
  assert.equal((JSON.parse(await text(response)) as { sha256: string }).sha256, hash.digest('hex'))
})

test('an upload that is broken off is broken off for the service too', async () => {
  const aborted = pod.next('uploadAborted')
  const request = httpRequest(`${pod.url}/digest`, { method: 'POST', headers: { 'content-length': 1_000_000 } })
  request.on('error', () => {})
  request.write('the beginning', () => request.destroy())
  await aborted
})

test('a service may answer before it has read all', async () => {
  const request = httpRequest(`${pod.url}/ignored-upload`, { method: 'POST' })
  request.on('error', () => {})
  request.write(Buffer.alloc(100_000))
  const [response] = await once(request, 'response') as [IncomingMessage]
  assert.equal(response.statusCode, 413)
  assert.equal(await text(response), 'too much')
  // The rest is read and dropped: the connection serves the next request.
  request.end(Buffer.alloc(1_000_000))
  await once(request, 'close')
})

test('a thousand clients that leave early leave nothing behind', async () => {
  await Promise.all(Array.from({ length: 200 }, async () => {
    const request = httpRequest(`${pod.url}/endless`).end()
    const [response] = await once(request, 'response') as [IncomingMessage]
    await once(response, 'data')
    response.destroy()
  }))
  assert.equal((await pod.mirror('/alive')).service, 'web')
})
