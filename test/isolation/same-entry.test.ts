// Services of one thread that name the same entry file: each has an instance of it, and what it imports is shared.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { appFolder } from '../runtimes/service-thread.ts'
import { SharedThread } from './shared-thread.ts'

/** What it knows of itself comes back, but only if it takes itself for the main program. */
const esm = `import http from 'node:http'
import { pathToFileURL } from 'node:url'
import { shared } from './lib.mjs'
const stack = new Error('where').stack
let own = 0
if (import.meta.main && import.meta.url === pathToFileURL(process.argv[1]).href) {
  http.createServer((request, response) => response.end(JSON.stringify({
    own: ++own, shared: ++shared.count, argv: process.argv.slice(1), stack,
    meta: [import.meta.url, import.meta.filename, import.meta.dirname]
  }))).listen(process.env.PORT)
}`

const cjs = `const http = require('node:http')
const { shared } = require('./lib.cjs')
let own = 0
if (require.main === module && module.parent === null && require.cache[__filename] === module) {
  http.createServer((request, response) => response.end(JSON.stringify({ own: ++own, shared: ++shared.count, argv: process.argv.slice(1) }))).listen(process.env.PORT)
}`

const typed = `type Count = { own: number }
${esm.replace('let own = 0', 'let own: Count["own"] = 0')}
await Promise.resolve()`

const lib = { 'lib.mjs': 'export const shared = { count: 0 }', 'lib.cjs': 'exports.shared = { count: 0 }' }

interface Said { own: number, shared: number, argv: string[], stack?: string, meta?: string[] }

const entries: Record<string, Record<string, string>> = {
  'an ES module': { 'index.mjs': esm },
  'an ES module that nothing but its syntax tells, behind a hashbang': { 'index.js': `#!/usr/bin/env node\n${esm}` },
  TypeScript: { 'index.ts': typed },
  CommonJS: { 'index.js': cjs },
  'CommonJS in TypeScript': { 'index.cts': cjs.replace('let own = 0', 'let own: number = 0') }
}

for (const [name, files] of Object.entries(entries)) {
  test(`${name} is run for each, and each is the main program`, async () => {
    using app = appFolder(Object.fromEntries(Object.entries({ ...lib, ...files }).map(([file, text]) => [`web/${file}`, text])))
    const [entry = ''] = Object.keys(files)
    await using thread = new SharedThread({
      root: app.root,
      services: [{ name: 'a', path: 'web', entry, args: ['--a'] }, { name: 'b', path: 'web', entry, args: ['--b'] }, { name: 'c', path: `web/${entry}` }]
    })
    await thread.ready()
    const path = join(app.root, 'web', entry)
    const asked = ['a', 'b', 'c', 'a', 'b', 'c']
    const answers = await Promise.all(asked.map(async (service) => await thread.json(service) as Said))
    assert.deepEqual(answers.map(({ own }) => own), [1, 1, 1, 2, 2, 2])
    assert.deepEqual(answers.map(({ shared }) => shared).sort(), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(answers.slice(0, 3).map(({ argv }) => argv), [[path, '--a'], [path, '--b'], [path]])
    if (!files[entry]?.includes('import.meta')) return
    for (const { meta } of answers) assert.deepEqual(meta, [pathToFileURL(path).href, path, join(app.root, 'web')])
    const line = files[entry]?.split('\n').findIndex((text) => text.includes('new Error')) ?? -1
    assert.deepEqual(answers.slice(0, 3).map(({ stack }) => /(index\.\w+[^:]*:\d+)/.exec(stack ?? '')?.[1]), [
      `${entry}:${line + 1}`, `${entry}?service=b:${line + 1}`, `${entry}?service=c:${line + 1}`
    ])
  })
}

test('what the file exports is made and served for each', async () => {
  using app = appFolder({
    'made/index.mjs': 'let count = 0\nexport function create () { return { fetch: () => new Response(String(++count)) } }'
  })
  await using thread = new SharedThread({ root: app.root, services: ['a', 'b'].map((name) => ({ name, path: 'made' })) })
  await thread.ready()
  assert.deepEqual([(await thread.ask('a')).body, (await thread.ask('a')).body, (await thread.ask('b')).body], ['1', '2', '1'])
})

test('one that fails the second time is named with its file, and fails the thread', async () => {
  using app = appFolder({ 'web/index.mjs': "if (globalThis.isRun) throw new Error('once only')\nglobalThis.isRun = true\nexport default { fetch: () => new Response() }" })
  await using thread = new SharedThread({ root: app.root, services: ['a', 'b'].map((name) => ({ name, path: 'web' })) })
  const { service, error } = await thread.heard('failed')
  assert.deepEqual([service, error.code], ['b', 'WATT_RUNTIME_LOAD_FAILED'])
  assert.match(error.message, /index\.mjs.*once only/)
  assert.equal(await thread.exited, 1)
})
