// A service cannot tell whether it runs in a thread or in a process, but for what a process has more.
import assert from 'node:assert/strict'
import { realpathSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { app, route, service, start, type Running } from '../supervisor/support.ts'
import { jsonOf, root } from './support.ts'

let shop: Running

before(async () => {
  const common = { path: 'web.mjs', args: ['--one', '-2'], env: { COLOR: 'blue' } }
  shop = await start(app([
    service('as-thread', { ...common, routes: [route('/as-thread', { rewrite: '/' })] }),
    service('as-process', { ...common, routes: [route('/as-process', { rewrite: '/' })], isolation: 'process' }),
    service('addon', { path: 'only-main-thread.cjs', routes: [route('/addon')], isolation: 'process' })
  ]), { root })
  await shop.supervisor.started
})

after(() => shop.supervisor.close())

const same: Record<string, string> = {
  'working directory, relative files, arguments, environment and standard input': '/about',
  'nested threads': '/worker',
  'forked children': '/fork',
  'calls to a service in a thread': `/fetch?to=${encodeURIComponent('http://as-thread.internal/')}`,
  'calls to a service in a process': `/fetch?to=${encodeURIComponent('http://as-process.internal/')}`,
  'calls to itself': `/fetch?to=${encodeURIComponent('http://as-process.internal/about')}`,
  'a change of working directory': '/chdir?to=sub'
}

for (const [what, path] of Object.entries(same)) {
  test(`the same in a thread and in a process: ${what}`, async () => {
    const [thread, process] = await Promise.all([jsonOf(shop, `/as-thread${path}`), jsonOf(shop, `/as-process${path}`)])
    assert.deepEqual(withOneName(process), withOneName(thread))
  })
}

test('a process is one: main thread, process id, OS working directory', async () => {
  const place = await jsonOf(shop, '/as-process/place') as { pid: number, isMainThread: boolean, ownFolder: string }
  assert.notEqual(place.pid, process.pid)
  assert.equal(place.isMainThread, true)
  assert.ok(place.ownFolder.startsWith(realpathSync(root)))
  assert.deepEqual((await jsonOf(shop, '/as-thread/place') as { pid: number }).pid, process.pid)
})

test('an addon that refuses worker threads is served', async () => {
  assert.equal(await (await shop.get('/addon')).text(), 'loaded')
})

test('what it logs comes out under its name, with the trace of the request', async () => {
  for (const name of ['as-thread', 'as-process']) {
    const traceId = name === 'as-thread' ? 'a'.repeat(32) : 'b'.repeat(32)
    await shop.get(`/${name}/log?words=hello-${name}`, { headers: { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` } })
    for (const msg of [`hello-${name}`, `hello-${name} by descriptor`]) {
      await shop.until(() => shop.records.some((record) => record.msg === msg))
      const record = shop.records.find((record) => record.msg === msg)
      assert.deepEqual([record?.service, record?.trace_id], [name, traceId])
    }
  }
})

test('what children of a process write to its standard output is its log too', async () => {
  await shop.get('/as-process/native-log?words=from-a-child')
  await shop.until(() => shop.records.some(({ msg }) => msg === 'from-a-child'))
  assert.equal(shop.records.find(({ msg }) => msg === 'from-a-child')?.service, 'as-process')
})

test('its calls are counted as those of a thread are', async () => {
  const counted = /wattapp_mesh_requests_total\{from="as-process",to="as-thread",status="200"\} [1-9]/
  let page = ''
  // The page is told of once a second.
  while (!counted.test(page)) page = await (await shop.admin('/metrics')).text()
  assert.match(page, /wattapp_mesh_requests_total\{from="as-thread",to="as-process",status="200"\} [1-9]/)
  assert.match(page, /wattapp_mesh_request_duration_seconds_count\{from="as-process",to="as-thread"\} [1-9]/)
})

test('its status has the figures of a thread, and its resident memory', async () => {
  const { services } = shop.supervisor.status()
  const [thread, process] = ['as-thread', 'as-process'].map((name) => services.find((service) => service.name === name))
  assert.equal(process?.isolation, 'process')
  const { heapUsedBytes = 0, externalBytes = 0, residentBytes = 0, eventLoopUtilization = -1 } = process.workers[0] ?? {}
  assert.ok(heapUsedBytes > 2 ** 20 && externalBytes > 0 && eventLoopUtilization >= 0)
  assert.ok(residentBytes > heapUsedBytes)
  assert.equal(thread?.workers[0]?.residentBytes, undefined)
})

/** The service's own name is in its title alone. */
function withOneName (answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll(/as-(?:thread|process)/g, 'NAME').replaceAll(/"pid":\d+/g, '"pid":0'))
}
