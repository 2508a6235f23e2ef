// A service leaves in order: callers first, then its own end, then the thread.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServiceThread, type ServiceOptions } from './service-thread.ts'

interface Row extends ServiceOptions { writes: string, code?: number }

const rows: Record<string, Row> = {
  'one that only serves': { path: 'listens.cjs', writes: 'listening\n' },
  'one whose SIGTERM handler exits': { path: 'sigterm-exits.mjs', writes: 'SIGTERM 15\nclosed\nexit 0\n' },
  'one whose SIGTERM handler lets the loop run dry': { path: 'sigterm-closes.cjs', writes: 'SIGTERM, 1 listener\nclosed\nflushed\n' },
  'one whose SIGTERM handler is async': { path: 'sigterm-async.mjs', writes: 'begun\nover\n' },
  'one whose SIGTERM handler exits with a code': { path: 'sigterm-code.mjs', writes: '', code: 7 },
  'one that kills itself by SIGTERM': { path: 'kills-itself.mjs', writes: 'SIGTERM\n', code: 5 },
  'a Fastify app': { path: 'fastify-closes.mjs', writes: 'onClose\n' },
  'one that Watt would close': { path: 'watt-closes.mjs', writes: 'event\nclose\n' },
  'one in the background': { path: 'background.mjs', writes: '' }
}

for (const [name, { writes, code = 0, ...options }] of Object.entries(rows)) {
  test(`${name} drains`, async () => {
    await using service = new ServiceThread(options)
    const { hasServer } = await service.heard('ready')
    if (hasServer) await service.ask('/')
    service.drain()
    assert.equal(await service.exited, code)
    assert.equal(service.error, undefined)
    assert.equal(service.output, writes)
    assert.equal(service.messages.at(-1)?.type, 'drained')
  })
}

test('a request in flight is answered before the service hears SIGTERM', async () => {
  await using service = new ServiceThread({ path: 'slow.mjs' })
  await service.heard('ready')
  const slow = service.ask('/slow')
  await service.heard('output', ({ output }) => output.some(({ chunk }) => String(chunk).includes('asked')))
  service.drain()
  service.worker.postMessage('answer')
  assert.equal((await slow).body, 'slow answer')
  await service.exited
  assert.equal(service.output, 'asked\nanswered\nSIGTERM\n')
})

const endings: Record<string, string> = {
  'a WebSocket that stays open does not keep the service from hearing SIGTERM, and ending it': 'websocket.mjs',
  'a WebSocket that nobody ends does not keep a thread': 'websocket-forever.mjs'
}

for (const [name, path] of Object.entries(endings)) {
  test(name, async () => {
    // Longer than a test may take.
    await using service = new ServiceThread({ path, drainTimeoutMs: 600_000 })
    await service.heard('ready')
    const { promise: opened, resolve: onUpgrade, reject: onError } = Promise.withResolvers<void>()
    const { promise: closed, resolve: onClose } = Promise.withResolvers<void>()
    const headers = ['host', 'greeter.internal', 'connection', 'Upgrade', 'upgrade', 'websocket', 'sec-websocket-version', '13', 'sec-websocket-key', 'AAAAAAAAAAAAAAAAAAAAAA==']
    service.mesh.request('greeter', { method: 'GET', path: '/', headers, upgrade: true }, null, {
      onHead: () => onError(new Error('refused')),
      onData: () => {},
      onEnd: () => {},
      onError,
      onUpgrade (_head, socket) {
        socket.on('close', () => onClose()).on('error', () => {}).resume()
        onUpgrade()
      }
    })
    await opened
    service.drain()
    await closed
    assert.equal(await service.exited, 0)
  })
}

test('a drain while it starts ends the thread', async () => {
  await using service = new ServiceThread({ path: 'starts-never.mjs' })
  await service.heard('output')
  service.drain()
  assert.equal(await service.exited, 0)
  const said = service.messages.map(({ type }) => type).filter((type) => type !== 'series')
  assert.deepEqual(said, ['output', 'drained'])
})

test('process.kill of the own process without a handler ends the thread alone', async () => {
  await using service = new ServiceThread({ path: 'kills-itself.mjs' })
  await service.heard('ready')
  await assert.rejects(service.ask('/sigkill', { method: 'POST' }))
  assert.equal(await service.exited, 137)
})
