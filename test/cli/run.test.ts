import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cp, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { running, temporaryFolder, wattapp, type Running, type StartOptions } from './support.ts'

const shelf = join(import.meta.dirname, 'fixtures/shelf')
const hello = join(import.meta.dirname, '../../examples/hello/hello.yaml')
const anyPort = ['--port', '0', '--admin-port', '0']

async function ready (child: Running): Promise<string> {
  const [, url = ''] = await child.line(/ is on (http:\S+)$/)
  await child.line(/ is ready; Ctrl\+C/)
  return url
}

async function copyOfShelf (): Promise<AsyncDisposable & { path: string }> {
  const folder = await temporaryFolder()
  await cp(shelf, folder.path, { recursive: true })
  return folder
}

const withToken: StartOptions = { env: { FROM_ENVIRONMENT: 'from-here', HIDDEN: 'not for services' } }

test('the hello example answers from its ConfigMap, tells its services, and leaves with code 0 on SIGTERM', async () => {
  await using child = running(['run', hello, ...anyPort])
  const url = await ready(child)
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.equal(await (await fetch(url)).text(), 'Hello from two services in one pod\n')
  await child.line(/^ {2}web {2}ready in \d+ ms, fetch: /)
  await child.line(/^ {2}api {2}ready in \d+ ms, node: /)
  const [, adminUrl = ''] = await child.line(/metrics and status on (http:\S+)/)
  const { services } = await (await fetch(`${adminUrl}/api/v1/status`)).json() as { services: Array<{ name: string }> }
  assert.deepEqual(services.map(({ name }) => name), ['web', 'api'])
  child.kill('SIGTERM')
  assert.deepEqual(await child.ended, { code: 0, signal: null })
  await assert.rejects(fetch(url))
})

test('code of a ConfigMap is in a temporary folder only while it runs', async () => {
  await using temporary = await temporaryFolder()
  await using child = running(['run', hello, ...anyPort], { env: { TMPDIR: temporary.path } })
  await ready(child)
  // Node keeps its compiled code there too.
  const ours = async (): Promise<string[]> => (await readdir(temporary.path)).filter((name) => name.startsWith('wattapp-'))
  const [folder = ''] = await ours()
  assert.deepEqual(await readdir(join(temporary.path, folder)), ['api.mjs', 'web.mjs'])
  child.kill('SIGINT')
  await child.ended
  assert.deepEqual(await ours(), [])
})

test('Secrets, ConfigMaps, volumes and variables of this machine stand in for the cluster\'s', async () => {
  await using folder = await copyOfShelf()
  await using child = running(['run', folder.path, ...anyPort], withToken)
  const url = await ready(child)
  const volumes = join(folder.path, '.wattapp/volumes')
  assert.deepEqual(await (await fetch(url)).json(), {
    STORE: join(volumes, 'data/deep/things/list.txt'),
    STORE_URL: `sqlite://${volumes}/data/deep/shop.sqlite?mode=rw`,
    ELSEWHERE: '/database/x',
    CACHE: join(volumes, 'cache'),
    TOKEN: 'from-the-secret',
    SECRET_FILE: join(volumes, 'data/deep/by-secret.txt'),
    FROM_ENVIRONMENT: 'from-here',
    ABSENT: 'absent',
    HIDDEN: 'hidden',
    args: ['--store=x', join(volumes, 'data/deep/args.txt')],
    cached: []
  })
  assert.equal(await readFile(join(volumes, 'settings/ui/colour.txt'), 'utf8'), 'green')
  assert.equal(await readFile(join(folder.path, '.wattapp/.gitignore'), 'utf8'), '*\n')
})

test('a claim keeps its files from run to run, an emptyDir begins empty, and the drain delay of a cluster is not waited for', async () => {
  await using folder = await copyOfShelf()
  for (const run of [1, 2]) {
    await using child = running(['run', join(folder.path, 'shelf.yaml'), ...anyPort], withToken)
    const url = await ready(child)
    const { cached } = await (await fetch(url)).json() as { cached: string[] }
    assert.deepEqual(cached, [])
    if (run === 1) await (await fetch(`${url}/keep`)).text()
    child.kill('SIGTERM')
    assert.equal((await child.ended).code, 0)
  }
  assert.equal(await readFile(join(folder.path, '.wattapp/volumes/data/deep/things/list.txt'), 'utf8'), 'kept')
})

test('logs are JSON lines on standard output, and a restart is told', async () => {
  await using folder = await copyOfShelf()
  await using child = running(['run', folder.path, ...anyPort], withToken)
  const url = await ready(child)
  await (await fetch(`${url}/asked-for`)).text()
  const [line] = await child.line(/^\{.*"msg":"asked \/asked-for".*\}$/)
  const { service, app, level } = JSON.parse(line) as Record<string, string>
  assert.deepEqual({ service, app, level }, { service: 'web', app: 'shelf', level: 'info' })
  await (await fetch(`${url}/crash`)).text()
  await child.line(/^ {2}web {2}ended \(error\): .*asked to.*; starts again in \d+ ms$/)
  assert.equal((await fetch(url)).status, 200)
})

test('a value that is nowhere is told with what to do, before anything is started', async () => {
  await using folder = await copyOfShelf()
  const { code, stderr, stdout } = await wattapp(['run', folder.path, ...anyPort])
  assert.deepEqual([code, stdout], [1, ''])
  assert.equal(stderr, 'error: service "web": the value of FROM_ENVIRONMENT is in the Secret "elsewhere", key "x", which is not in the input (WATT_VALUE_NOT_HERE)\n' +
    '  remedy: set an environment variable of that name (`set -a; . ./.env` sets those of a file), or add the object to the same file or folder\n')
  await assert.rejects(stat(join(folder.path, '.wattapp')))
})

test('code of a ConfigMap that is not in the input is told', async () => {
  const input = (await readFile(hello, 'utf8')).split('\n---\n')[1] ?? ''
  const { code, stderr } = await wattapp(['run', '-', ...anyPort], { input })
  assert.equal(code, 1)
  assert.match(stderr, /spec\.source\.configMap needs the ConfigMap "hello-code", which is not in the input \(WATT_FILES_NOT_HERE\)/)
})

test('a key that leads out of its folder writes nothing there', async () => {
  const input = (await readFile(hello, 'utf8')).replace('  api.mjs: |', '  ../../wattapp-escaped.mjs: |')
  const { code, stderr } = await wattapp(['run', '-', ...anyPort], { input })
  assert.equal(code, 1)
  assert.match(stderr, /WATT_KEY_OUTSIDE/)
  await assert.rejects(stat(join(tmpdir(), '../wattapp-escaped.mjs')))
})

test('PORT chooses the port, --port wins over it, and one that is taken is an error with a remedy', async () => {
  await using taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await wattapp(['run', hello, '--admin-port', '0'], { env: { PORT: String(port) } })
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`port ${port} .*in use .*\n {2}remedy: `))
  {
    await using child = running(['run', hello, ...anyPort], { env: { PORT: String(port) } })
    await ready(child)
  }
  // The admin port is a help: another app on the laptop may have it.
  await using child = running(['run', hello, '--port', '0', '--admin-port', String(port)])
  await ready(child)
  const [, adminUrl = ''] = await child.line(/metrics and status on (http:\S+)/)
  assert.equal((await fetch(`${adminUrl}/livez`)).status, 200)
})

test('a second SIGINT ends at once what will not finish', async () => {
  const input = `apiVersion: v1
kind: ConfigMap
metadata: { name: slow }
data:
  slow.mjs: |
    export default { fetch: () => new Promise(() => {}) }
---
apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: slow }
spec:
  source: { configMap: { name: slow } }
  services: [{ name: slow, path: slow.mjs, routes: [{}], drainTimeout: 1h }]
`
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'slow.yaml')
  await writeFile(file, input)
  await using child = running(['run', file, ...anyPort])
  const url = await ready(child)
  const answer = fetch(url).catch(() => 'cut')
  // It is in flight once the gateway counts it; the mesh call is open by then.
  const [, adminUrl = ''] = await child.line(/metrics and status on (http:\S+)/)
  await fetch(`${adminUrl}/metrics`)
  child.kill('SIGINT')
  await child.line(/is stopping/)
  child.kill('SIGINT')
  assert.equal((await child.ended).code, 130)
  assert.equal(await answer, 'cut')
})
