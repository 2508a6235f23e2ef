// What a service's folder may look like, and which servers join the mesh.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appFolder, ServiceThread } from './service-thread.ts'

const greets = (text: string): string => `require('node:http').createServer((q, s) => s.end(${JSON.stringify(text)})).listen(process.env.PORT)`

const folders: Record<string, { files: Record<string, string>, entry?: string, says: string }> = {
  'package.json main without extension': { files: { 'package.json': '{ "main": "./lib/app" }', 'lib/app.js': greets('lib/app.js') }, says: 'lib/app.js' },
  'package.json main that is a folder': { files: { 'package.json': '{ "main": "lib" }', 'lib/index.js': greets('lib/index.js') }, says: 'lib/index.js' },
  'package.json exports before main': { files: { 'package.json': '{ "main": "a.js", "exports": { ".": { "browser": "./b.js", "require": "./c.js" } } }', 'a.js': '', 'b.js': '', 'c.js': greets('c.js') }, says: 'c.js' },
  'index before the start script': { files: { 'package.json': '{ "scripts": { "start": "node other.js" } }', 'index.js': greets('index.js'), 'other.js': '' }, says: 'index.js' },
  'the file of the start script': { files: { 'package.json': '{ "scripts": { "start": "node --enable-source-maps src/server.js" } }', 'src/server.js': greets('src/server.js') }, says: 'src/server.js' },
  'the entry before package.json': { files: { 'package.json': '{ "main": "a.js" }', 'a.js': '', 'b/c.js': greets('b/c.js') }, entry: 'b/c.js', says: 'b/c.js' },
  'a package of type module': { files: { 'package.json': '{ "type": "module", "main": "a.js" }', 'a.js': 'import http from "node:http"\nawait 1\nexport default http.createServer((q, s) => s.end("module"))' }, says: 'module' },
  'ESM with top-level await and no word about it': { files: { 'index.js': 'import http from "node:http"\nawait 1\nexport default http.createServer((q, s) => s.end("found out"))' }, says: 'found out' }
}

for (const [name, { files, says, ...options }] of Object.entries(folders)) {
  test(`${name} is run`, async () => {
    using app = appFolder(Object.fromEntries(Object.entries(files).map(([file, text]) => [`api/${file}`, text])))
    await using service = new ServiceThread({ root: app.root, path: 'api', ...options })
    await service.heard('ready')
    assert.equal((await service.ask('/')).body, says)
  })
}

test('a file of a mounted ConfigMap runs, though it is a link into a folder whose name begins with two dots', async () => {
  using app = appFolder({
    '..2026_11_23_10_00/api.mjs': 'import { text } from "./text.mjs"\nexport default { fetch: () => new Response(text) }',
    '..2026_11_23_10_00/text.mjs': 'export const text = "mounted"',
    '..data': '-> ..2026_11_23_10_00',
    'api.mjs': '-> ..data/api.mjs',
    'text.mjs': '-> ..data/text.mjs'
  })
  await using service = new ServiceThread({ root: app.root, path: 'api.mjs' })
  await service.heard('ready')
  assert.equal((await service.ask('/')).body, 'mounted')
})

test('of two servers the one that the service\'s port names joins the mesh, the other stays on loopback and is reported', async () => {
  await using service = new ServiceThread({ path: 'two-servers.mjs', port: 45674 })
  const { otherServers } = await service.heard('ready')
  assert.equal((await service.ask('/')).body, 'public')
  const [other] = otherServers
  assert.match(String(other), /^127\.0\.0\.1:\d+$/)
  assert.equal(await (await fetch(`http://${other}/`)).text(), 'metrics')
})

test('a service without a server and without routes is a background service', async () => {
  await using service = new ServiceThread({ path: 'background.mjs' })
  const { hasServer, runtime } = await service.heard('ready')
  assert.deepEqual([hasServer, runtime], [false, 'node'])
})

test('a background service that begins to listen is ready once more, with a server', async () => {
  await using service = new ServiceThread({ path: 'background-then-listens.mjs' })
  await service.heard('ready', ({ hasServer }) => !hasServer)
  service.worker.postMessage('listen')
  await service.heard('ready', ({ hasServer }) => hasServer)
  assert.equal((await service.ask('/')).body, 'listens after all')
})

test('a service that lives by a top-level await serves as soon as it listens on PORT', async () => {
  using app = appFolder({ 'api.mjs': 'import http from "node:http"\nhttp.createServer((q, s) => s.end("up")).listen(process.env.PORT)\nsetInterval(() => {}, 1000)\nawait new Promise(() => {})' })
  await using service = new ServiceThread({ root: app.root, path: 'api.mjs' })
  await service.heard('ready')
  assert.equal((await service.ask('/')).body, 'up')
})
