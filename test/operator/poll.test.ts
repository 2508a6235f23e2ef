// Pods run other people's code: whatever answers on the admin port, the operator is neither held up nor fooled into crashing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { createPoller, readStatus } from '../../src/operator/status/poll.ts'

async function asking (listener: RequestListener, timeoutMs = 2_000) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const poller = createPoller({ port: (server.address() as AddressInfo).port, timeoutMs })
  try {
    return await poller.ask('127.0.0.1')
  } finally {
    await poller.close()
    server.close()
    server.closeAllConnections()
  }
}

const json = (body: unknown): RequestListener => (_, response) => { response.end(JSON.stringify(body)) }

test('a pod\'s own words are read, from the path that it serves', async () => {
  let path
  const status = await asking((request, response) => {
    path = request.url
    json({ app: 'shop', ready: true, notReady: [], services: [{ name: 'web', desired: 2, ready: 1, restarts: 3, workers: [{ id: 1, state: 'ready' }, { id: 2, state: 'crashLoop' }], message: 'exit code 1' }] })(request, response)
  })
  assert.equal(path, '/api/v1/status')
  assert.deepEqual(status.services.map(({ name, ready, restarts, message, workers }) => ({ name, ready, restarts, message, states: workers.map(({ state }) => state) })),
    [{ name: 'web', ready: 1, restarts: 3, message: 'exit code 1', states: ['ready', 'crashLoop'] }])
})

const bad: Record<string, { listener: RequestListener, says: RegExp }> = {
  'nothing at all': { listener: () => {}, says: /no answer within 100 ms/ },
  'one byte at a time, for ever': {
    listener: (_, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    },
    says: /no answer within 100 ms/
  },
  'an error': { listener: (_, response) => { response.writeHead(503).end('{}') }, says: /HTTP 503/ },
  'a web page': { listener: (_, response) => { response.end('<html>') }, says: /JSON/ },
  'another thing': { listener: json([1]), says: /no app status/ },
  'two megabytes': { listener: json({ app: 'x'.repeat(2 ** 21) }), says: /size/i }
}

for (const [what, { listener, says }] of Object.entries(bad)) {
  test(`${what} is a reason, not a status`, async () => await assert.rejects(asking(listener, says.source.includes('100 ms') ? 100 : 5_000), { message: says }))
}

test('a pod that is not there is a reason with its address', async () => {
  const poller = createPoller({ port: 1, timeoutMs: 500 })
  await assert.rejects(poller.ask('127.0.0.1'), { message: /^http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/ })
  await assert.rejects(poller.ask('::1'), { message: /^http:\/\/\[::1\]:1: / })
  await poller.close()
})

test('any JSON at all becomes a status of bounded size on single lines, or an error', () => {
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.record({
    notReady: fc.jsonValue(),
    services: fc.array(fc.oneof(fc.jsonValue(), fc.record({ name: fc.string({ unit: 'binary' }), ready: fc.double(), restarts: fc.integer(), workers: fc.jsonValue(), message: fc.string({ unit: 'binary', maxLength: 9 }).map((text) => text.repeat(99)) })))
  })), (answer) => {
    let status
    try {
      status = readStatus(answer)
    } catch (thrown) {
      assert.ok(thrown instanceof Error && thrown.message === 'the answer is no app status')
      return
    }
    for (const { message, ready, restarts } of status.services) {
      assert.ok(message.length <= 512 && !/\p{Cc}/u.test(message))
      assert.ok(Number.isSafeInteger(ready) && ready >= 0 && Number.isSafeInteger(restarts) && restarts >= 0)
    }
  }), { numRuns: 50 })
})
