// A service that cannot start says why: code, culprit and remedy.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appFolder, ServiceThread, type ServiceOptions } from './service-thread.ts'

interface Row extends ServiceOptions { code: string, message: RegExp, hint: RegExp }

const rows: Record<string, Row> = {
  'an entry that is not there': { path: 'public', entry: 'main.js', code: 'WATT_RUNTIME_ENTRY_MISSING', message: /"greeter" has no file to run \(tried main\.js\)/, hint: /build step/ },
  'a file of no known kind': { path: 'notes.txt', code: 'WATT_RUNTIME_NOT_FOUND', message: /notes\.txt: it is neither \.js/, hint: /`entry`/ },
  'TypeScript that is not erasable': { path: 'enum.ts', code: 'WATT_RUNTIME_TYPESCRIPT', message: /"greeter": enum\.ts uses TypeScript.*enum/, hint: /compile first/ },
  JSX: { path: 'public', entry: '../page.tsx', code: 'WATT_RUNTIME_TYPESCRIPT', message: /page\.tsx uses TypeScript.*JSX/, hint: /JSX/ },
  'an ES module that throws': { path: 'throws.mjs', code: 'WATT_RUNTIME_LOAD_FAILED', message: /throws\.mjs failed while it was loaded: no database/, hint: /log/ },
  'a CommonJS module that throws': { path: 'throws.cjs', code: 'WATT_RUNTIME_LOAD_FAILED', message: /throws\.cjs failed while it was loaded: no database/, hint: /log/ },
  'a create that rejects': { path: 'create-rejects.mjs', code: 'WATT_RUNTIME_CREATE_FAILED', message: /`create` of create-rejects\.mjs failed: no database/, hint: /log/ },
  'an error that no one catches': { path: 'rejects-later.mjs', code: 'WATT_RUNTIME_LOAD_FAILED', message: /thrown in a callback/, hint: /log/ },
  'a create that gives what no one can serve': { path: 'create-number.mjs', code: 'WATT_RUNTIME_EXPORT_UNKNOWN', message: /`create` of create-number\.mjs gave a number/, hint: /http\.Server/ },
  'a package that is not installed': { path: 'package-missing.mjs', code: 'WATT_RUNTIME_PACKAGE_MISSING', message: /no-such-package-anywhere/, hint: /npm ci/ },
  'a module that ends at once': { path: 'ends.mjs', code: 'WATT_RUNTIME_ENDED', message: /ends\.mjs ended without having served anything \(it exports answer\)/, hint: /create/ },
  'a program that exits': { path: 'exits.mjs', code: 'WATT_RUNTIME_ENDED', message: /exits\.mjs .*\(exit code 3\)/, hint: /listen/ },
  'a module that waits for nothing': { path: 'waits-for-nothing.mjs', code: 'WATT_RUNTIME_ENDED', message: /top-level await/, hint: /listen/ },
  'an http2 server that listens': { path: 'http2.mjs', code: 'WATT_HTTP2_SERVER', message: /http2/, hint: /node:http/ },
  'an http2 server that is exported': { path: 'default-http2.mjs', code: 'WATT_RUNTIME_SERVER_KIND', message: /kind a Http2Server/, hint: /createServer of node:http/ },
  'what only a process may do': { path: 'umask.mjs', code: 'WATT_RUNTIME_NEEDS_PROCESS', message: /umask\.mjs .*process\.umask/, hint: /`isolation: process`/ },
  'cluster.fork()': { path: 'cluster.mjs', code: 'WATT_CLUSTER_FORK', message: /cluster\.fork/, hint: /`workers`/ },
  'two servers, neither on PORT': { path: 'two-servers.mjs', code: 'WATT_SERVER_AMBIGUOUS', message: /"greeter".*ports 0, 45674/, hint: /`port`/ },
  'a runtime that the module is not': { path: 'default-koa.mjs', runtime: 'express', code: 'WATT_RUNTIME_MISMATCH', message: /says `runtime: express`, but default-koa\.mjs exports a koa app/, hint: /remove `runtime`/ }
}

for (const [name, { code, message, hint, ...options }] of Object.entries(rows)) {
  test(`${name} is reported`, async () => {
    await using service = new ServiceThread(options)
    const { error } = await service.heard('failed')
    assert.equal(error.code, code)
    assert.match(error.message, message)
    assert.match(error.hint, hint)
    assert.notEqual(await service.exited, 0)
    assert.equal(service.messages.filter(({ type }) => type === 'failed').length, 1)
  })
}

test('a folder with nothing to run says what was tried', async () => {
  using app = appFolder({ 'api/package.json': '{ "main": "dist/server" }' })
  await using service = new ServiceThread({ root: app.root, path: 'api' })
  const { error } = await service.heard('failed')
  assert.equal(error.code, 'WATT_RUNTIME_NOT_FOUND')
  assert.match(error.message, /nothing to run in "api" \(tried dist\/server, dist\/server\.js, .*index\.js, .*index\.html\)/)
})

test('a file that is a link out of the app\'s root is refused', async () => {
  using outside = appFolder({ 'secret.mjs': 'console.log("ran")' })
  using app = appFolder({ 'api/index.mjs': `-> ${outside.root}/secret.mjs` })
  await using service = new ServiceThread({ root: app.root, path: 'api' })
  const { error } = await service.heard('failed')
  assert.deepEqual([error.code, service.output], ['WATT_PATH_OUTSIDE', ''])
})

test('a Fastify plugin without fastify is told to install it', async () => {
  using app = appFolder({ 'index.mjs': 'export default async function (app, opts) {}' })
  await using service = new ServiceThread({ root: app.root, path: 'index.mjs' })
  const { error } = await service.heard('failed')
  assert.deepEqual([error.code, error.hint], ['WATT_RUNTIME_FASTIFY_MISSING', 'npm install fastify in the service\'s folder or in the app\'s root'])
})

test('a package.json that is no JSON names its file', async () => {
  using app = appFolder({ 'api/package.json': '{ "main": }', 'api/index.js': '' })
  await using service = new ServiceThread({ root: app.root, path: 'api' })
  const { error } = await service.heard('failed')
  assert.deepEqual([error.code, /api\/package\.json/.test(error.message)], ['WATT_RUNTIME_MANIFEST_INVALID', true])
})

test('a service that dies after it was ready ends its thread with its own error', async () => {
  await using service = new ServiceThread({ path: 'dies-on-request.mjs' })
  await service.heard('ready')
  await assert.rejects(service.ask('/'))
  assert.equal(await service.exited, 1)
  assert.equal(service.error instanceof Error && service.error.message, 'died')
  assert.equal(service.messages.some(({ type }) => type === 'failed'), false)
})
