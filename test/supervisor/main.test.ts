// The container's main program as a process of its own: signals, the mounted config, exit codes.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AppStatus } from '../../src/api/app-status.ts'
import type { LogRecord } from '../../src/telemetry/logs/record.ts'
import { app, fixtures, load, route, service } from './support.ts'

const base = await mkdtemp(join(tmpdir(), 'wattapp-'))
after(() => rm(base, { recursive: true }))
const main = fileURLToPath(new URL('../../src/supervisor/main.ts', import.meta.url))
const web = service('web', { routes: [route('/')] })

interface Process extends AsyncDisposable {
  child: ChildProcess
  records: LogRecord[]
  until: (is: () => boolean) => Promise<void>
  exited: Promise<number>
  write: (config: unknown) => Promise<void>
  url: () => string
  adminUrl: () => string
}

async function run (config: unknown, env: Record<string, string> = {}): Promise<Process> {
  const folder = await mkdtemp(join(base, 'pod-'))
  const file = join(folder, 'config/app.json')
  await mkdir(join(folder, 'config'))
  await write(config)
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, WATTAPP_CONFIG: file, WATTAPP_ROOT: fixtures, WATTAPP_ENV_DIR: folder, WATTAPP_HTTP_PORT: '0', WATTAPP_ADMIN_PORT: '0', API_BASE: 'of the image', ...env }
  })
  const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number)
  const records: LogRecord[] = []
  const told = new EventEmitter()
  createInterface(child.stdout).on('line', (line) => {
    records.push(JSON.parse(line) as LogRecord)
    told.emit('told')
  })

  async function write (next: unknown): Promise<void> {
    await writeFile(`${file}.new`, typeof next === 'string' ? next : JSON.stringify(next))
    await rename(`${file}.new`, file)
  }

  const urlOf = (what: string): string => String(records.find(({ msg }) => msg.startsWith(`the ${what} listens`))?.url)
  return {
    child,
    records,
    exited,
    write,
    async until (is) {
      while (!is()) await once(told, 'told')
    },
    url: () => urlOf('gateway'),
    adminUrl: () => urlOf('admin server'),
    async [Symbol.asyncDispose] () {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    }
  }
}

const isReady = ({ records }: Process) => (): boolean => records.some(({ msg }) => msg === 'the app is ready')

test('SIGTERM under load: not ready, still accepting, everything in flight answered, exit 0', async () => {
  await using pod = await run(app([web], { drainDelayMs: 3_000 }))
  await pod.until(isReady(pod))
  await using requests = load(`${pod.url()}/`, 4)
  await requests.answered(20)
  const slow = Promise.all(Array.from({ length: 5 }, () => fetch(`${pod.url()}/slow?ms=4500`)))
  await requests.answered(20)

  pod.child.kill('SIGTERM')
  await pod.until(() => pod.records.some(({ msg }) => msg.startsWith('draining')))
  assert.equal((await fetch(`${pod.adminUrl()}/readyz`)).status, 503)
  // As a Service that has seen the pod unready: nothing new comes, some time later.
  await requests.answered(20)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.deepEqual((await slow).map(({ status }) => status), [200, 200, 200, 200, 200])
  assert.equal(await pod.exited, 0)
})

test('a second signal does not wait for the delay', async () => {
  await using pod = await run(app([web], { drainDelayMs: 600_000 }))
  await pod.until(isReady(pod))
  pod.child.kill('SIGTERM')
  await pod.until(() => pod.records.some(({ msg }) => msg.startsWith('draining')))
  pod.child.kill('SIGINT')
  assert.equal(await pod.exited, 0)
})

test('a mounted config that changes is in force without a lost request; a broken one is refused and told', async () => {
  await using pod = await run(app([web]))
  await pod.until(isReady(pod))
  await using requests = load(`${pod.url()}/`, 4)
  await requests.answered(20)

  await pod.write(app([{ ...web, routes: [route('/'), route('/v2', { rewrite: '/' })] }], { logs: { level: 'debug', access: false } }))
  await pod.until(() => pod.records.some(({ msg }) => msg.includes('/v2 → web')))
  assert.equal((await fetch(`${pod.url()}/v2/env`)).status, 200)
  for (const [broken, code] of [['{', 'WATT_CONFIG_UNREADABLE'], [{ ...app([web]), version: 7 }, 'WATT_CONFIG_VERSION']] as const) {
    await pod.write(broken)
    await pod.until(() => pod.records.some((record) => record.code === code))
    const { configError } = await (await fetch(`${pod.adminUrl()}/api/v1/status`)).json() as AppStatus
    assert.equal(configError?.code, code)
    assert.equal((await fetch(`${pod.url()}/v2/env`)).status, 200)
  }
  await pod.write(app([web]))
  await pod.until(() => pod.records.some(({ msg }) => msg.includes('log level is now info')))
  assert.equal((await (await fetch(`${pod.adminUrl()}/api/v1/status`)).json() as AppStatus).configError, undefined)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
})

test('access logs are lines like any other', async () => {
  await using pod = await run(app([web], { logs: { level: 'info', access: true } }))
  await pod.until(isReady(pod))
  await fetch(`${pod.url()}/env`)
  await pod.until(() => pod.records.some(({ msg }) => msg === 'GET /env 200'))
  const { time, level, service } = pod.records.find(({ msg }) => msg === 'GET /env 200') ?? {}
  assert.deepEqual([new Date(String(time)).getTime() > 0, level, service], [true, 'info', 'gateway'])
})

test('a memory limit whose file changes is followed by the workers, in the same process', async () => {
  const podDir = await mkdtemp(join(base, 'limit-'))
  const file = join(podDir, 'memory-limit')
  await writeFile(file, String(1024 * 2 ** 20))
  await using pod = await run(app([web], { memoryLimitBytes: 1024 * 2 ** 20 }), { WATTAPP_POD_DIR: podDir })
  await pod.until(isReady(pod))
  await using requests = load(`${pod.url()}/`, 2)
  await writeFile(`${file}.new`, `${2048 * 2 ** 20}\n`)
  await rename(`${file}.new`, file)
  await pod.until(() => pod.records.filter(({ msg }) => msg.includes('"web" is ready')).length === 2)
  const status = async (): Promise<AppStatus> => await (await fetch(`${pod.adminUrl()}/api/v1/status`)).json() as AppStatus
  // The ceiling is the service's once the worker that had the old one has ended.
  let now = await status()
  while ((now.services[0]?.memoryBytes ?? 0) <= web.memoryBytes) now = await status()
  assert.deepEqual([now.memory?.limitBytes, now.memory?.message], [2048 * 2 ** 20, ''])
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
})

test('a service sees the image\'s environment, and not the supervisor\'s settings', async () => {
  await using pod = await run(app([web]))
  await pod.until(isReady(pod))
  const env = await (await fetch(`${pod.url()}/env`)).json() as Record<string, string>
  assert.deepEqual(Object.keys(env).filter((name) => name.startsWith('WATTAPP')), [])
  assert.equal(env.API_BASE, 'of the image')
  assert.equal(env.NODE_ENV, 'production')
})

const refusals: Record<string, { config: unknown, env?: Record<string, string>, code: string }> = {
  'a config of a newer schema ends the process with its reason': { config: { ...app([web]), version: 2 }, code: 'WATT_CONFIG_VERSION' },
  'a path out of the root ends the process with its reason': { config: app([service('web', { path: '../' })]), code: 'WATT_SERVICE_PATH_OUTSIDE' },
  'a wrong setting ends the process with its reason': { config: app([web]), env: { WATTAPP_HTTP_PORT: 'http' }, code: 'WATT_SETTING_INVALID' }
}
for (const [name, { config, env, code }] of Object.entries(refusals)) {
  test(name, async () => {
    await using pod = await run(config, env)
    assert.equal(await pod.exited, 1)
    const [record, ...others] = pod.records
    assert.deepEqual([record?.level, record?.code, typeof record?.hint, others], ['fatal', code, 'string', []])
  })
}

test('threads that hang in native calls are given up; past one the process ends with 1, and does not wait for them', async () => {
  const mark = join(base, 'mark')
  const hang = service('hang', { path: 'hang.mjs', workers: 3, drainTimeoutMs: 200, env: { MARK: mark } })
  await using pod = await run(app([web, hang]))
  await pod.until(() => pod.records.filter(({ msg }) => msg.startsWith('service "hang" is ready')).length === 3)
  await pod.write(app([web, { ...hang, workers: { min: 1, max: 1 } }]))
  assert.equal(await pod.exited, 1)
  assert.equal(existsSync(mark), false)
  assert.ok(pod.records.filter(({ msg }) => msg.includes('is given up')).length >= 2)
})
