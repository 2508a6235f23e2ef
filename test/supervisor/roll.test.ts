// Workers that are replaced while callers call: a new config, new code, old age. Nobody notices; and since a POST is never sent twice,
// it is one.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { AppStatus } from '../../src/api/app-status.ts'
import { app, fixtures, load, route, service, start, type Running } from './support.ts'

const web = service('web', { routes: [route('/')], workers: 2 })
const api = service('api', { routes: [route('/api', { rewrite: '/' })] })

function statusOf ({ supervisor }: Running, name: string): AppStatus['services'][number] {
  const found = supervisor.status().services.find((service) => service.name === name)
  assert.ok(found !== undefined)
  return found
}

const idsOf = (shop: Running, name: string): number[] => statusOf(shop, name).workers.map(({ id }) => id)
const colorOf = async (shop: Running, path = '/env'): Promise<unknown> => (await (await shop.get(path)).json() as Record<string, string>).COLOR

/** Of the workers that were in place before the config changed; none of it is a restart. */
function assertReplaced (shop: Running, name: string, before: number[]): void {
  assert.deepEqual(idsOf(shop, name).filter((id) => before.includes(id)), [])
  assert.deepEqual([statusOf(shop, name).restarts, statusOf(shop, name).ready], [0, before.length])
}

test('another env replaces the workers of that service, one at a time, without a lost request', async () => {
  await using shop = await start(app([web, api]))
  await shop.supervisor.started
  await shop.until(() => statusOf(shop, 'web').ready === 2)
  const [webIds, apiIds] = [idsOf(shop, 'web'), idsOf(shop, 'api')]
  await using requests = load(`${shop.supervisor.url}/`, 6, 'POST')
  await requests.answered(20)
  let most = 0
  const seen = shop.until(() => {
    most = Math.max(most, statusOf(shop, 'web').workers.length)
    return shop.events.some(({ type }) => type === 'configApplied')
  })
  await shop.supervisor.apply(app([{ ...web, env: { COLOR: 'blue' } }, api]))
  await seen
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.equal(await colorOf(shop), 'blue')
  assertReplaced(shop, 'web', webIds)
  assert.deepEqual([most, idsOf(shop, 'api')], [3, apiIds])
})

test('a request in flight at a worker that is replaced is answered by it', async () => {
  const one = { ...web, workers: { min: 1, max: 1 }, drainTimeoutMs: 3_000, env: { SIGTERM: 'unheard' } }
  await using shop = await start(app([one]))
  await shop.supervisor.started
  // Longer than half of its time to drain.
  const slow = shop.get('/slow?ms=2000')
  await shop.get('/')
  await shop.supervisor.apply(app([{ ...one, args: ['--two'] }]))
  assert.equal((await slow).status, 200)
  assert.deepEqual((await (await shop.get('/')).json() as { args: string[] }).args, ['--two'])
})

test('what a service does not start with is rolled back whole: services before it, routes, everything', async () => {
  const one = { ...web, workers: { min: 1, max: 1 } }
  await using shop = await start(app([one, api]))
  await shop.supervisor.started
  const { configHash } = shop.supervisor.status()
  const apiIds = idsOf(shop, 'api')
  await using onWeb = load(`${shop.supervisor.url}/`, 2, 'POST')
  await using onApi = load(`${shop.supervisor.url}/api`, 1)
  await onWeb.answered(20)
  const bad = app([{ ...one, env: { COLOR: 'blue' }, routes: [route('/'), route('/v2')] }, { ...api, env: { BROKEN: 'no such host: db' } }], { logs: { level: 'debug', access: false } })
  await shop.supervisor.apply(bad)
  await onApi.answered(20)
  assert.deepEqual([Object.keys(await onWeb.stop()), Object.keys(await onApi.stop())], [['200'], ['200']])

  const { configError, ...status } = shop.supervisor.status()
  assert.equal(configError?.code, 'WATT_CONFIG_ROLLED_BACK')
  assert.match(configError?.message ?? '', /service "api" did not become ready: startFailed: .*no such host: db/)
  assert.deepEqual([status.configHash, status.ready, idsOf(shop, 'api')], [configHash, true, apiIds])
  assert.equal(await colorOf(shop), undefined)
  assert.deepEqual(shop.events.filter(({ type }) => /config|Exited/.test(type)).map(({ type }) => type), ['configRefused'])
  const record = shop.records.find(({ msg }) => msg.startsWith('a new worker of service "api" did not become ready'))
  assert.match(String(record?.stack), /web\.mjs/)

  await shop.supervisor.apply(app([{ ...one, env: { COLOR: 'green' } }, api]))
  assert.deepEqual([shop.supervisor.status().configError, await colorOf(shop)], [undefined, 'green'])
})

test('a service that is not ready in time is rolled back too, and one in crash loop can be mended', async () => {
  const broken = { ...api, required: false, env: { BROKEN: 'yes' } }
  await using shop = await start(app([web, broken]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerExited' && event.isCrashLoop))
  await shop.supervisor.apply(app([{ ...web, path: 'never.mjs', startTimeoutMs: 200 }, broken]))
  assert.match(shop.supervisor.status().configError?.message ?? '', /service "web" did not become ready: startTimeout/)
  assert.equal((await shop.get('/')).status, 200)

  await shop.supervisor.apply(app([web, { ...broken, env: {} }]))
  assert.equal((await shop.get('/api')).status, 200)
  assert.deepEqual([statusOf(shop, 'api').message, statusOf(shop, 'api').workers.length], ['', 1])
})

test('a config that does not get ready is given up when a newer one comes', async () => {
  const one = { ...web, workers: { min: 1, max: 1 } }
  await using shop = await start(app([one]))
  await shop.supervisor.started
  const bad = shop.supervisor.apply(app([{ ...one, path: 'never.mjs', startTimeoutMs: 60_000 }]))
  while (statusOf(shop, 'web').workers.length < 2) await shop.get('/')
  await shop.supervisor.apply(app([{ ...one, env: { COLOR: 'green' } }]))
  await bad
  assert.deepEqual([await colorOf(shop), shop.supervisor.status().configError, statusOf(shop, 'web').workers.length], ['green', undefined, 1])
  assert.deepEqual(shop.events.filter(({ type }) => /config|Exited/.test(type)).map(({ type }) => type), ['configApplied'])
})

test('a pod that leaves in the middle of a replacement leaves at once, and blames nobody', async () => {
  const one = { ...web, workers: { min: 1, max: 1 }, drainTimeoutMs: 300 }
  await using shop = await start(app([one]))
  await shop.supervisor.started
  const applied = shop.supervisor.apply(app([{ ...one, path: 'never.mjs' }]))
  while (statusOf(shop, 'web').workers.length < 2) await shop.get('/')
  await shop.supervisor.drain()
  await applied
  assert.deepEqual(shop.events.filter(({ type }) => /config|Exited/.test(type)), [])
})

test('a path that is not there is refused before anything is started', async () => {
  await using shop = await start(app([web]))
  await shop.supervisor.started
  await shop.supervisor.apply(app([{ ...web, path: 'nothing.mjs' }]))
  assert.match(shop.supervisor.status().configError?.message ?? '', /rolled back.*"nothing\.mjs"/)
  assert.equal((await shop.get('/')).status, 200)
})

test('workers that have answered enough are replaced, one after the other', async () => {
  await using shop = await start(app([{ ...web, recycle: { maxRequests: 40 } }]))
  await shop.supervisor.started
  await shop.until(() => statusOf(shop, 'web').ready === 2)
  const before = idsOf(shop, 'web')
  await using requests = load(`${shop.supervisor.url}/`, 2, 'POST')
  await shop.until(() => before.every((id) => shop.records.some(({ worker, reason }) => worker === id && reason === 'stopped')))
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.ok(shop.events.some((event) => event.type === 'workerRecycled' && /has answered \d+ requests/.test(event.reason)))
  assert.equal(statusOf(shop, 'web').restarts, 0)
})

test('workers that are old enough are replaced', async () => {
  await using shop = await start(app([{ ...web, workers: { min: 1, max: 1 }, recycle: { maxAgeMs: 1 } }]))
  await shop.until(() => shop.events.some((event) => event.type === 'workerRecycled' && /has run for/.test(event.reason)))
  await shop.until(() => shop.records.some(({ reason }) => reason === 'stopped'))
  assert.equal((await shop.get('/')).status, 200)
})

const base = await realpath(await mkdtemp(join(tmpdir(), 'wattapp-')))
after(() => rm(base, { recursive: true }))

/** A ConfigMap volume: files are links through `..data`, which a kubelet swaps whole. */
async function mount (name: string, files: Record<string, string>): Promise<{ root: string, swap: (files: Record<string, string>) => Promise<void> }> {
  const root = join(base, name)
  await mkdir(root)
  let version = 0
  async function swap (next: Record<string, string>): Promise<void> {
    const before = `..v${version++}`
    await mkdir(join(root, `..v${version}`))
    for (const [file, text] of Object.entries(next)) await writeFile(join(root, `..v${version}`, file), text)
    await symlink(`..v${version}`, join(root, '..data_tmp'))
    await rename(join(root, '..data_tmp'), join(root, '..data'))
    await rm(join(root, before), { recursive: true, force: true })
  }
  await swap(files)
  for (const file of Object.keys(files)) await symlink(`..data/${file}`, join(root, file))
  return { root, swap }
}

const webCode = await readFile(join(fixtures, 'web.mjs'), 'utf8')
const code = (version: string): Record<string, string> => ({ 'web.mjs': `${webCode}\nprocess.env.COLOR = '${version}'` })

test('new code of a ConfigMap runs once its files are there, in every service, without a lost request', async () => {
  const { root, swap } = await mount('new-code', code('one'))
  const shopOf = (sourceHash: string): ReturnType<typeof app> => app([web, api], { sourceHash })
  await using shop = await start(shopOf('one'), { root })
  await shop.supervisor.started
  await shop.until(() => statusOf(shop, 'web').ready === 2)
  const before = idsOf(shop, 'web')
  await using requests = load(`${shop.supervisor.url}/`, 4, 'POST')
  await requests.answered(20)
  const applied = shop.supervisor.apply(shopOf('two'))
  // The kubelet is late.
  await requests.answered(20)
  assert.deepEqual(idsOf(shop, 'web'), before)
  await swap(code('two'))
  await applied
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.deepEqual([await colorOf(shop), await colorOf(shop, '/api/env')], ['two', 'two'])
  assertReplaced(shop, 'web', before)
})

test('new code that one service does not start with runs in none, and who must start again gets the code in force', async () => {
  const { root, swap } = await mount('broken-code', { ...code('one'), 'api.mjs': webCode })
  const shopOf = (sourceHash: string): ReturnType<typeof app> => app([{ ...web, workers: { min: 1, max: 1 } }, { ...api, path: 'api.mjs' }], { sourceHash })
  await using shop = await start(shopOf('one'), { root })
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/`, 4)
  await swap({ ...code('two'), 'api.mjs': 'throw new Error("not today")' })
  await shop.supervisor.apply(shopOf('two'))
  assert.match(shop.supervisor.status().configError?.message ?? '', /service "api" did not become ready: .*not today/)
  assert.equal(await colorOf(shop), 'one')
  for (const path of ['/exit', '/api/exit']) {
    const exits = shop.events.filter(({ type }) => type === 'workerExited').length
    await shop.get(path)
    await shop.until(() => shop.events.filter(({ type }) => type === 'workerExited').length > exits)
  }
  assert.deepEqual([await colorOf(shop), (await shop.get('/api')).status], ['one', 200])
  assert.equal((await (await shop.get('/')).json() as { cwd: string }).cwd, root)

  await swap({ ...code('three'), 'api.mjs': webCode })
  await shop.supervisor.apply(shopOf('three'))
  assert.deepEqual([await colorOf(shop), shop.supervisor.status().configError], ['three', undefined])
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
})

test('a busy service gets another worker, which takes its part without a lost request', async () => {
  await using shop = await start(app([{ ...web, workers: { min: 1, max: 2 } }]), { cores: 2 })
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/spin?ms=20`, 4, 'POST')
  await shop.until(() => statusOf(shop, 'web').ready === 2)
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  const scaled = shop.events.find((event) => event.type === 'workersScaled')
  assert.deepEqual([scaled?.from, scaled?.to, statusOf(shop, 'web').desired], [1, 2, 2])
  assert.match(scaled?.reason ?? '', /event loops are \d+ % busy/)
  assert.match(await (await shop.admin('/metrics')).text(), /wattapp_service_workers_desired\{service="web"\} 2/)

  await shop.supervisor.apply(app([{ ...web, workers: { min: 1, max: 1 } }]))
  await shop.until(() => statusOf(shop, 'web').workers.length === 1)
})

test('a service in processes is replaced as one in threads is', async () => {
  const apart = { ...web, isolation: 'process' as const }
  await using shop = await start(app([apart]))
  await shop.supervisor.started
  await shop.until(() => statusOf(shop, 'web').ready === 2)
  const before = idsOf(shop, 'web')
  await using requests = load(`${shop.supervisor.url}/`, 4, 'POST')
  await requests.answered(20)
  await shop.supervisor.apply(app([{ ...apart, env: { COLOR: 'blue' } }]))
  await requests.answered(20)
  await shop.supervisor.apply(app([{ ...apart, env: { BROKEN: 'no' } }]))
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.equal(await colorOf(shop), 'blue')
  assert.match(shop.supervisor.status().configError?.message ?? '', /service "web" did not become ready: startFailed/)
  assert.equal(idsOf(shop, 'web').some((id) => before.includes(id)), false)
})
