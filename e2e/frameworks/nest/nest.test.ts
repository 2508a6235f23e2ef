// Nest as its own build makes it: TypeScript with decorators, ESM on Express and CommonJS on Fastify, with a WebSocket gateway each.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { startApp, type RunningApp } from '../support/app.ts'
import { built, copyOf } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

for (const version of [12, 11]) {
  suite(`nest ${version}`, () => {
    let app: RunningApp

    before(async () => {
      const folder = await built(join(fixtures, `nest${version}`), { runtime: 'nest' })
      app = await startApp({ root: fixtures, services: { nest: { path: relative(fixtures, folder), prefix: '/' }, peer: {} } })
    })
    after(() => app?.supervisor.close())

    test('it is found to be nest, and what its build wrote is run', async () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'nest')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason, ready.otherServers], ['nest', 'package.json depends on @nestjs/core, and there is nest-cli.json', []])
      await app.until(() => app.log().includes('Nest application successfully started'))
    })

    test('controllers and injected services answer, and errors are Nest\'s own', async () => {
      assert.equal(await (await app.get('/?name=Ada')).text(), `hello Ada from nest ${version}`)
      assert.deepEqual(await json('/sizes/small'), [200, { size: 'small' }])
      assert.deepEqual(await json('/sizes/huge'), [404, { message: 'no size huge', error: 'Not Found', statusCode: 404 }])
      assert.deepEqual(await json('/echo', { method: 'POST', body: '{"a":["naïve"]}', headers: { 'content-type': 'application/json' } }), [200, { a: ['naïve'] }])
    })

    test('it calls another service by its name', async () => {
      assert.deepEqual(await json('/peer'), [200, { peer: 'hello from a peer' }])
    })

    test('its WebSocket gateway is reached', async () => {
      assert.equal(version === 12 ? await bySocketIo() : await byWebSocket(), 'A WORD')
    })

    async function json (path: string, init?: RequestInit): Promise<[number, unknown]> {
      const response = await app.get(path, init)
      return [response.status, await response.json()]
    }

    async function bySocketIo (): Promise<string> {
      const socket = io(app.url, { path: '/chat', transports: ['websocket'] })
      const said = new Promise<string>((resolve, reject) => { socket.on('said', resolve).on('connect_error', reject) })
      socket.emit('say', 'a word')
      return await said.finally(() => socket.close())
    }

    async function byWebSocket (): Promise<string> {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/chat`)
      await once(socket, 'open')
      socket.send(JSON.stringify({ event: 'say', data: 'a word' }))
      const [message] = await once(socket, 'message') as [Buffer]
      socket.close()
      return (JSON.parse(message.toString()) as { data: string }).data
    }
  })
}

for (const version of [12, 11]) {
  test(`nest ${version} in development runs its sources, and what is changed in them`, async () => {
    const folder = await copyOf(join(fixtures, `nest${version}`), 'develop', ['dist'])
    await using app = await startApp({ root: fixtures, isDevelopment: true, services: { nest: { path: relative(fixtures, folder), prefix: '/' }, peer: {} } })
    assert.equal(await (await app.get('/?name=Ada')).text(), `hello Ada from nest ${version}`)
    const file = join(folder, 'src/app.service.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replace('hello', 'good evening'))
    await app.supervisor.restart('nest')
    assert.equal(await (await app.get('/?name=Ada')).text(), `good evening Ada from nest ${version}`)
  })
}

test('nest that was not built says so', async () => {
  const folder = await copyOf(join(fixtures, 'nest11'), 'unbuilt', ['dist'])
  await assert.rejects(startApp({ root: fixtures, services: { nest: { path: relative(fixtures, folder), prefix: '/' } } }), /the Nest application is not built \(there is no dist\/main\.js/)
})
