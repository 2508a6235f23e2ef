// Runtime `fetch`: node:http on one side, the web's Request and Response on the other.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { ServiceThread } from './service-thread.ts'

let service: ServiceThread

before(async () => {
  service = new ServiceThread({ path: 'fetches.mjs' })
  await service.heard('ready')
})

after(async () => { await service[Symbol.asyncDispose]() })

test('the Request is absolute, and has method, headers and body', async () => {
  const { body } = await service.ask('/request?a=1', { method: 'PUT', headers: { host: 'shop.example:8080', 'X-One': '1' }, body: 'what was sent' })
  assert.deepEqual(JSON.parse(body), { url: 'http://shop.example:8080/request?a=1', method: 'PUT', headers: [['x-one', '1']], body: 'what was sent' })
})

test('each Set-Cookie is a field of its own, and the status text is kept', async () => {
  const { status, statusMessage, headers, body } = await service.ask('/cookies')
  assert.deepEqual([status, statusMessage, body], [201, 'Made', 'cookies'])
  assert.deepEqual(headers.filter(([name]) => name === 'set-cookie'), [['set-cookie', 'a=1'], ['set-cookie', 'b=2']])
})

test('an answer without a body', async () => {
  const { status, body } = await service.ask('/empty')
  assert.deepEqual([status, body], [204, ''])
})

test('HEAD has no body, and the handler\'s stream is cancelled', async () => {
  const { status, body } = await service.ask('/forever', { method: 'HEAD' })
  assert.deepEqual([status, body], [200, ''])
  await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes('stream cancelled')))
})

test('a body streams in and out', async () => {
  const sent = 'x'.repeat(1_000_000)
  assert.equal((await service.ask('/echo', { method: 'POST', body: sent })).body, sent)
})

test('each chunk of a stream goes out when it is written', async () => {
  const texts: string[] = []
  const heard = new Map<string, () => void>()
  const hears = (text: string): Promise<void> => new Promise((resolve) => { heard.set(text, resolve) })
  const { promise: head, resolve: onHead } = Promise.withResolvers<unknown>()
  const { promise: ended, resolve: onEnd, reject: onError } = Promise.withResolvers<void>()
  service.send('/ticks', {}, {
    onHead,
    onData (chunk) {
      if (chunk.length > 0) texts.push(String(Buffer.from(chunk)))
      heard.get(texts.at(-1) ?? '')?.()
    },
    onEnd,
    onError
  })
  await head
  for (const text of ['one', 'two']) {
    const came = hears(text)
    service.worker.postMessage(text)
    await came
  }
  service.worker.postMessage('end')
  await ended
  assert.deepEqual(texts, ['one', 'two'])
})

test('an abort reaches the handler that has not answered', async () => {
  const never = (): void => assert.fail('it was aborted')
  const exchange = service.send('/slow', {}, { onHead: never, onData: never, onEnd: never, onError: never })
  await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes('waiting')))
  exchange.abort()
  await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes('aborted: AbortError')))
})

test('an abort ends a stream without end, which had not run ahead', async () => {
  const { promise: flowing, resolve } = Promise.withResolvers<unknown>()
  const exchange = service.send('/forever', {}, { onHead: () => {}, onData: resolve, onEnd: assert.fail, onError: assert.fail })
  await flowing
  exchange.pause()
  exchange.abort()
  await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes('signal aborted')))
})

for (const [path, told] of [['/throws', 'handler failed'], ['/nothing', 'GET /nothing with no Response']] as const) {
  test(`${path} is an error of the service, and told in its log`, async () => {
    const { status, body } = await service.ask(path)
    assert.deepEqual([status, body], [500, 'Internal Server Error\n'])
    await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes(told)))
  })
}

test('what can be no Request is the caller\'s fault', async () => {
  assert.equal((await service.ask('/request', { method: 'TRACE' })).status, 400)
  assert.equal((await service.ask('/request', { headers: { host: 'a b' } })).status, 400)
})

test('the listener works on a socket too', async () => {
  const { fetchHandlerOf, listenerOf } = await import('../../src/runtimes/fetch-handler.ts')
  const handler = fetchHandlerOf({ fetch: async (request: Request) => new Response(`${request.method} ${await request.text()}`) })
  const server = createServer(listenerOf(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const response = await fetch(`http://127.0.0.1:${address.port}/`, { method: 'POST', body: 'over TCP' })
  assert.equal(await response.text(), 'POST over TCP')
  server.closeAllConnections()
  server.close()
})
