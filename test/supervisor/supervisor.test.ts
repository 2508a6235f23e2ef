// Whole apps on real threads, through the real gateway: what happens to callers when things go wrong.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { AppStatus } from '../../src/api/app-status.ts'
import { app, load, route, service, start, type Running } from './support.ts'

const web = service('web', { routes: [route('/')] })
const api = service('api', { routes: [route('/api', { rewrite: '/' })] })

function statusOf ({ supervisor }: Running, name: string): AppStatus['services'][number] {
  const found = supervisor.status().services.find((service) => service.name === name)
  assert.ok(found !== undefined)
  return found
}

test('an app starts in the order of its dependencies, answers through the gateway, and is ready then', async () => {
  await using shop = await start(app([service('web', { routes: [route('/')], dependsOn: ['api'], args: ['--one'] }), service('api')]))
  await shop.supervisor.started
  const ready = shop.events.filter(({ type }) => type === 'workerReady')
  assert.deepEqual(ready.map((event) => 'service' in event && event.service), ['api', 'web'])

  const answer = await shop.get('/')
  assert.deepEqual([answer.status, (await answer.json() as { args: string[] }).args], [200, ['--one']])
  assert.deepEqual(await (await shop.get('/call?to=http://api.internal/')).json(), { status: 200 })

  assert.equal(await (await shop.admin('/readyz')).text(), 'ok')
  const status = await (await shop.admin('/api/v1/status')).json() as AppStatus
  assert.deepEqual([status.ready, status.notReady, status.services.map(({ ready, message }) => [ready, message])], [true, [], [[1, ''], [1, '']]])
  assert.match(await (await shop.admin('/metrics')).text(), /wattapp_service_ready\{service="web"\} 1/)
})

test('services that wait while they start hold up no other, however many they are', async () => {
  const cores = 2
  // One more than start at once.
  const waiting = Array.from({ length: cores }, (_, index) => service(`waits-${index}`, { path: 'waits-for-last.mjs' }))
  await using shop = await start(app([...waiting, service('last', { routes: [route('/')] })]), { cores })
  await shop.supervisor.started
  await shop.until(() => shop.events.filter(({ type }) => type === 'workerReady').length === waiting.length + 1)
  assert.deepEqual(shop.supervisor.status().services.map(({ ready, restarts }) => [ready, restarts]), [...waiting, 'last'].map(() => [1, 0]))
})

test('a service sees its own variables and no other\'s', async () => {
  const own = service('web', { routes: [route('/')], env: { COLOR: 'blue' }, fileEnv: [{ name: 'SECRET', optional: false }] })
  const other = service('api', { routes: [route('/api', { rewrite: '/' })], env: { OTHER: 'x' } })
  await using shop = await start(app([own, other]), { fileEnv: (name): Record<string, string> => name === 'web' ? { SECRET: 'sesame' } : {} })
  const env = await (await shop.get('/env')).json() as Record<string, string>
  assert.deepEqual([env.COLOR, env.SECRET, env.OTHER, env.NODE_ENV], ['blue', 'sesame', undefined, 'test'])
  const otherEnv = await (await shop.get('/api/env')).json() as Record<string, string>
  assert.deepEqual([otherEnv.SECRET, otherEnv.OTHER], [undefined, 'x'])
})

test('a service whose only worker exits under load loses no idempotent request, and no other service notices', async () => {
  await using shop = await start(app([web, api]))
  await shop.supervisor.started
  const apiWorker = statusOf(shop, 'api').workers[0]?.id
  await using onWeb = load(`${shop.supervisor.url}/`, 8)
  await using onApi = load(`${shop.supervisor.url}/api`, 2)
  await onWeb.answered(50)
  for (let crash = 1; crash <= 2; crash++) {
    await shop.get('/exit')
    await shop.until(() => shop.events.filter(({ type }) => type === 'workerExited').length === crash)
    await onWeb.answered(50)
    assert.equal((await shop.admin('/readyz')).status, 200)
  }
  assert.deepEqual(Object.keys(await onWeb.stop()), ['200'])
  assert.deepEqual(Object.keys(await onApi.stop()), ['200'])

  const status = statusOf(shop, 'web')
  assert.deepEqual([status.restarts, status.lastExit?.reason, status.ready], [2, 'exit', 1])
  assert.match(status.lastExit?.message ?? '', /process\.exit\(7\)/)
  assert.deepEqual([statusOf(shop, 'api').restarts, statusOf(shop, 'api').workers[0]?.id], [0, apiWorker])
  assert.match(await (await shop.admin('/metrics')).text(), /wattapp_worker_restarts_total\{service="web",reason="exit"\} 2/)
})

test('an uncaught error is one log record with its stack, and not shown in the status', async () => {
  await using shop = await start(app([web]))
  await shop.get('/throw')
  await shop.until(() => shop.events.some(({ type }) => type === 'workerExited'))
  const record = shop.records.find(({ level }) => level === 'error')
  assert.match(record?.msg ?? '', /service "web" lost a worker \(error\): asked to throw/)
  assert.match(String(record?.stack), /Error: asked to throw\n\s+at .*web\.mjs/)
  assert.doesNotMatch(await (await shop.admin('/api/v1/status')).text(), /web\.mjs:\d/)
})

test('a service in crash loop is answered 503 at once, and the pod becomes and stays ready without it', async () => {
  const broken = service('broken', { path: 'crash.mjs', routes: [route('/broken')], required: false })
  await using shop = await start(app([web, broken]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerExited' && event.isCrashLoop))
  const answer = await shop.get('/broken')
  assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [503, 'WATT_SERVICE_CRASH_LOOP'])
  assert.equal((await shop.admin('/readyz')).status, 200)
  const { lastExit, message } = statusOf(shop, 'broken')
  assert.deepEqual(lastExit?.reason, 'startFailed')
  assert.match(message, /^in crash loop: .*no database/)
})

test('a service that exits in a module that had to wait for another takes nothing down with it', async () => {
  await using shop = await start(app([web, service('early', { path: 'exits-early.mjs' })]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerExited'))
  assert.match(statusOf(shop, 'early').lastExit?.message ?? '', /exit code 3/)
  assert.equal((await shop.get('/')).status, 200)
})

test('a service that waits for one in crash loop starts all the same', async () => {
  await using shop = await start(app([service('web', { routes: [route('/')], dependsOn: ['broken'] }), service('broken', { path: 'crash.mjs' })]))
  await shop.supervisor.started
  assert.equal((await shop.get('/')).status, 200)
})

test('a service that is not ready in time is started again, with that reason', async () => {
  await using shop = await start(app([web, service('never', { path: 'never.mjs', startTimeoutMs: 300 })]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerExited' && event.service === 'never'))
  assert.deepEqual(statusOf(shop, 'never').lastExit?.reason, 'startTimeout')
})

test('what a service logs comes out under its name', async () => {
  await using shop = await start(app([web]))
  await shop.get('/log?text=hello')
  await shop.until(() => shop.records.some(({ msg }) => msg === 'hello'))
  const record = shop.records.find(({ msg }) => msg === 'hello')
  assert.deepEqual([record?.service, record?.app, record?.worker], ['web', 'shop', statusOf(shop, 'web').workers[0]?.id])
})

test('spans of the gateway and of each service reach the collector', async () => {
  const bodies: Buffer[] = []
  const told = Promise.withResolvers<void>()
  await using collector = createHttpServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk)).on('end', () => {
      response.end()
      if (['gateway', 'web', 'api'].every((name) => Buffer.concat(bodies).includes(name))) told.resolve()
    })
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  await using shop = await start(app([web, service('api')], { tracing: { endpoint, samplingRatio: 1 } }))
  assert.deepEqual(await (await shop.get('/call?to=http://api.internal/')).json(), { status: 200 })
  await told.promise
  collector.closeAllConnections()
})

test('a config that changes live loses no request: routes, workers up and down, log level', async () => {
  await using shop = await start(app([web, api]))
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/api`, 4)
  await requests.answered(20)

  await shop.supervisor.apply(app([web, { ...api, workers: { min: 3, max: 3 }, routes: [route('/api', { rewrite: '/' }), route('/v2', { rewrite: '/' })] }], { logs: { level: 'debug', access: false } }))
  assert.equal((await shop.get('/v2')).status, 200)
  await shop.until(() => statusOf(shop, 'api').ready === 3)
  await requests.answered(50)
  await shop.supervisor.apply(app([web, { ...api, workers: { min: 1, max: 1 } }], { logs: { level: 'warn', access: false } }))
  await shop.until(() => statusOf(shop, 'api').workers.length === 1)
  await requests.answered(50)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.deepEqual(shop.events.flatMap((event) => event.type === 'configApplied' ? [event.logLevel] : []), ['debug', 'warn'])
  assert.equal((await shop.get('/v2')).status, 404)
})

test('access logs come as records like any other where records are asked for', async () => {
  await using shop = await start(app([web], { logs: { level: 'info', access: true } }))
  await shop.supervisor.started
  await shop.get('/env?by=one')
  await shop.until(() => shop.records.some(({ msg }) => msg === 'GET /env 200'))
  const record = shop.records.find(({ msg }) => msg === 'GET /env 200')
  assert.deepEqual([typeof record?.time, record?.level, record?.app, record?.service, record?.['wattapp.service']], ['number', 'info', 'shop', 'gateway', 'web'])
})

test('how long the gateway waits for a service changes live', async () => {
  await using shop = await start(app([web]))
  await shop.supervisor.started
  const { gateway } = app([web])
  assert.equal((await shop.get('/slow?ms=200')).status, 200)
  await shop.supervisor.apply(app([web], { gateway: { ...gateway, timeouts: { ...gateway.timeouts, backendRequestMs: 100 } } }))
  assert.equal((await shop.get('/slow?ms=20000')).status, 504)
  assert.deepEqual(shop.events.flatMap((event) => event.type === 'configApplied' ? event.changes : []), ['the gateway has another timeouts'])
})

test('a config that cannot be applied is refused by name, and the one before stays', async () => {
  await using shop = await start(app([web]))
  const { configHash } = shop.supervisor.status()
  await assert.rejects(shop.supervisor.apply({ ...app([web]), version: 2 as never }), { code: 'WATT_CONFIG_VERSION' })
  assert.deepEqual([shop.supervisor.status().configError?.code, shop.supervisor.status().configHash], ['WATT_CONFIG_VERSION', configHash])
  await shop.supervisor.apply(app([{ ...web, drainTimeoutMs: 1 }]))
  assert.match(shop.supervisor.status().configError?.message ?? '', /services\[web\]\.drainTimeoutMs/)
  await shop.supervisor.apply(app([web]))
  assert.equal(shop.supervisor.status().configError, undefined)
  assert.equal((await shop.get('/')).status, 200)
})

test('a drain lets what is in flight finish, tells the services, and ends in reverse order', async () => {
  const shop = await start(app([service('web', { routes: [route('/')], dependsOn: ['api'] }), service('api')]))
  await shop.supervisor.started
  const slow = shop.get('/slow?ms=300')
  // The request is in the service once another that came after it has been answered.
  await shop.get('/')
  const drained = shop.supervisor.drain()
  assert.equal((await shop.admin('/readyz')).status, 503)
  assert.equal((await slow).status, 200)
  await drained
  const stopped = shop.records.filter(({ reason }) => reason === 'stopped').map(({ service }) => service)
  assert.deepEqual(stopped, ['web', 'api'])
  assert.equal(shop.records.filter(({ msg }) => msg === 'heard SIGTERM').length, 2)
})

test('a port in use is told with its number, and nothing is left running', async () => {
  await using taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  for (const [place, code] of [['http', 'WATT_PORT_TAKEN'], ['admin', 'WATT_PORT_IN_USE']] as const) {
    await assert.rejects(start(app([web]), { [place]: { host: '127.0.0.1', port } }), { code, message: new RegExp(String(port)) })
  }
})

test('a background service that begins to listen can be called from then on', async () => {
  await using shop = await start(app([web, service('later', { path: 'listens-later.mjs' })]))
  await shop.until(() => shop.events.filter(({ type }) => type === 'workerReady').length === 2)
  // Held, since it is not there yet.
  const called = shop.get('/call?to=http://later.internal/')
  await shop.until(() => shop.supervisor.status().ready)
  const channel = new BroadcastChannel('listens-later')
  channel.postMessage('listen')
  channel.close()
  assert.deepEqual(await (await called).json(), { status: 200 })
  assert.deepEqual(shop.records.map(({ msg }) => msg).filter((msg) => msg.includes('listens now')), ['service "later" listens now and can be called'])
})
