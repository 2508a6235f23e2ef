// The code of Watt's applications finds what it takes for granted.
import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import { test } from 'node:test'
import { fixtures, ServiceThread } from '../service-thread.ts'

test('globalThis.platformatic tells a service who it is, and Fastify logs by its logger', async () => {
  await using service = new ServiceThread({ path: 'watt.mjs', routes: [{ host: '*', pathPrefix: '/shop' }] })
  await service.heard('ready')
  assert.deepEqual(JSON.parse((await service.ask('/')).body), {
    applicationId: 'greeter',
    workerId: 1,
    root: pathToFileURL(fixtures).href,
    basePath: '/shop',
    isBuilding: false,
    logLevel: 'info',
    hasMessaging: false,
    isSame: true,
    isListed: false
  })
  service.drain()
  await service.exited
  const lines = service.output.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(lines.filter(({ level }) => level === 40).map(({ msg }) => msg), ['globalThis.platformatic.setOpenapiSchema() has no effect: OpenAPI documents are not composed'])
  assert.deepEqual(lines.filter(({ cart }) => cart === 7).map(({ level, msg, reqId }) => [level, msg, reqId]), [[30, 'asked for a page', 'req-1']])
  // Fastify's own lines: its serializers were taken.
  assert.deepEqual(lines.find(({ msg }) => msg === 'incoming request')?.req, { method: 'GET', url: '/', host: 'greeter.internal', remoteAddress: '127.0.0.1', remotePort: 0 })
  assert.doesNotMatch(service.output, /nobody wants to know/)
})

test('LOG_LEVEL is the level of that logger', async () => {
  await using service = new ServiceThread({ path: 'watt.mjs', env: { LOG_LEVEL: 'debug' } })
  await service.heard('ready')
  await service.ask('/')
  service.drain()
  await service.exited
  assert.match(service.output, /"level":20,"time":\d+,"msg":"nobody wants to know"/)
})
