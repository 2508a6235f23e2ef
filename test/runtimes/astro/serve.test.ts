// Runtime `astro` where nothing but files was built, and where what was built cannot be served.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RouteConfig } from '../../../src/api/app-config.ts'
import { appFolder, ServiceThread, type Answer, type AppFolder, type Ask } from '../service-thread.ts'

const packageJson = (...packages: string[]): string => JSON.stringify({ dependencies: Object.fromEntries(['astro', ...packages].map((name) => [name, '7'])) })
const shop: RouteConfig[] = [{ host: '*', pathPrefix: '/shop' }]
const script = '/_astro/page.CxYz12_a.js'
const home = `<script type="module" src="${script}"></script>`
const serverFor = (adapter: string, base = '/'): string => `const manifest = deserializeManifest({"rootDir":"file:///app/","adapterName":"${adapter}","base":"${base}","trailingSlash":"ignore"})\n`
let app: AppFolder
let service: ServiceThread

before(async () => {
  app = appFolder({
    'web/package.json': packageJson(),
    'web/dist/index.html': home,
    'web/dist/about/index.html': 'about',
    'web/dist/404.html': 'lost',
    [`web/dist${script}`]: 'plain',
    [`web/dist${script}.br`]: 'brotli',
    'given/package.json': packageJson(),
    'given/dist/index.html': 'a page without links',
    'given/dist/.wattapp.json': '{"basePath":"/shop"}',
    'plain/package.json': packageJson(),
    'plain/dist/index.html': 'a page without links',
    'other/package.json': packageJson(),
    'other/out/index.html': 'other',
    'unbuilt/package.json': packageJson(),
    'vercel/package.json': packageJson('@astrojs/vercel'),
    'files/package.json': packageJson('@astrojs/netlify'),
    'files/dist/index.html': 'files alone',
    'deno/package.json': packageJson(),
    'deno/dist/server/entry.mjs': serverFor('@deno/astro-adapter'),
    'bare/package.json': packageJson(),
    'bare/dist/client/robots.txt': 'all',
    'bare/dist/server/entry.mjs': 'export const other = 1\n',
    'docs/package.json': packageJson(),
    'docs/dist/server/entry.mjs': 'export const handler = () => {}\n',
    'docs/dist/server/chunks/a.mjs': serverFor('@astrojs/node', '/docs')
  })
  service = new ServiceThread({ root: app.root, path: 'web' })
  const { runtime, reason } = await service.heard('ready')
  assert.deepEqual([runtime, reason], ['astro', 'package.json depends on astro'])
})

after(async () => {
  await service[Symbol.asyncDispose]()
  app[Symbol.dispose]()
})

function header ({ headers }: Answer, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1]
}

interface Row extends Ask { path: string, status: number, body: string, has?: Record<string, string> }

const forever = 'public, max-age=31536000, immutable'
const rows: Record<string, Row> = {
  'the first page': { path: '/', status: 200, body: home, has: { 'cache-control': 'public, max-age=0' } },
  'another page, by its name': { path: '/about?a=1', status: 200, body: 'about' },
  'another page, by its folder': { path: '/about/', status: 200, body: 'about' },
  'what is not there is the app\'s own page for that': { path: '/nowhere', headers: { accept: 'text/html' }, status: 404, body: 'lost' },
  'a hashed file is kept for ever': { path: script, status: 200, body: 'plain', has: { 'cache-control': forever } },
  'and sent compressed where the build has done that': { path: script, headers: { 'accept-encoding': 'br' }, status: 200, body: 'brotli', has: { 'content-encoding': 'br' } }
}

for (const [name, { path, status, body, has = {}, ...ask }] of Object.entries(rows)) {
  test(name, async () => {
    const answer = await service.ask(path, ask)
    assert.deepEqual([answer.status, answer.body], [status, body])
    for (const [field, value] of Object.entries(has)) assert.equal(header(answer, field), value, field)
  })
}

const served: Record<string, { path: string, entry?: string, routes?: RouteConfig[], ask: string, body: string }> = {
  'below a prefix that the build was given': { path: 'given', routes: shop, ask: '/shop/', body: 'a page without links' },
  'the note of that prefix is nobody\'s business': { path: 'given', routes: shop, ask: '/shop/.wattapp.json', body: 'Not Found\n' },
  'below a prefix, where no page says for which it was built': { path: 'plain', routes: shop, ask: '/shop', body: 'a page without links' },
  'the entry names another folder of built files': { path: 'other', entry: 'out', ask: '/', body: 'other' },
  'files alone, though there is an adapter for another place': { path: 'files', ask: '/', body: 'files alone' }
}

for (const [name, { ask, body, ...options }] of Object.entries(served)) {
  test(name, async () => {
    await using other = new ServiceThread({ root: app.root, ...options })
    assert.equal((await other.heard('ready')).runtime, 'astro')
    assert.equal((await other.ask(ask)).body, body)
  })
}

const refused: Record<string, { path: string, routes?: RouteConfig[], code: string, message: RegExp, hint: RegExp }> = {
  'what is not built': { path: 'unbuilt', code: 'WATT_RUNTIME_NOT_BUILT', message: /the Astro application is not built \(there is no dist\)/, hint: /wattapp build/ },
  'an adapter for another place': { path: 'vercel', code: 'WATT_ASTRO_ADAPTER', message: /is built by @astrojs\/vercel, not for a server of Node\.js/, hint: /npm install @astrojs\/node/ },
  'a server for another place': { path: 'deno', code: 'WATT_ASTRO_ADAPTER', message: /is built by @deno\/astro-adapter/, hint: /adapter: node\(/ },
  'a server without a handler': { path: 'bare', code: 'WATT_ASTRO_ADAPTER', message: /is built by an unknown adapter/, hint: /@astrojs\/node/ },
  'files for another place than the route': { path: 'web', routes: shop, code: 'WATT_RUNTIME_BASE', message: /was built for "\/", but browsers find it below "\/shop"/, hint: /wattapp build/ },
  'a server for another place than the route': { path: 'docs', routes: shop, code: 'WATT_RUNTIME_BASE', message: /was built for "\/docs\/", but browsers find it below "\/shop"/, hint: /wattapp build/ }
}

for (const [name, { code, message, hint, ...options }] of Object.entries(refused)) {
  test(`${name} is told, and what to do`, async () => {
    await using failing = new ServiceThread({ root: app.root, ...options })
    const { error } = await failing.heard('failed')
    assert.equal(error.code, code)
    assert.match(error.message, message)
    assert.match(error.hint, hint)
  })
}
