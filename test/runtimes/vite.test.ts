// Runtime `vite`, of what was built: pages, deep links, hashed files, what was compressed beforehand, and the prefix of the route.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RouteConfig } from '../../src/api/app-config.ts'
import { appFolder, ServiceThread, type Answer, type AppFolder, type Ask } from './service-thread.ts'

const script = '/assets/index-DiwrgT4a.js'
let app: AppFolder
let service: ServiceThread
let below: ServiceThread

const shop: RouteConfig[] = [{ host: '*', pathPrefix: '/shop' }]

before(async () => {
  app = appFolder({
    'web/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'web/index.html': '<script type="module" src="/src/main.js"></script>',
    'web/dist/index.html': `<script type="module" src="${script}"></script>`,
    'web/dist/about.html': 'about',
    'web/dist/docs/index.html': 'docs',
    [`web/dist${script}`]: 'plain',
    [`web/dist${script}.br`]: 'brotli',
    [`web/dist${script}.gz`]: 'gzip',
    'web/dist/assets/large-DiwrgT4b.js': 'x'.repeat(300_000),
    'web/dist/assets/large-DiwrgT4b.js.br': 'y'.repeat(100_000),
    'web/dist/robots.txt': 'all',
    'web/dist/.vite/manifest.json': '{}',
    'shop/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'shop/index.html': '',
    'shop/dist/index.html': `<script type="module" src="/shop${script}"></script>`,
    [`shop/dist${script}`]: 'plain',
    'shop/dist/shop/sign.txt': 'a folder of the same name',
    'anywhere/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'anywhere/index.html': '',
    'anywhere/dist/index.html': `<script type="module" src=".${script}"></script>`,
    [`anywhere/dist${script}`]: 'plain',
    'many/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'many/index.html': '',
    'many/dist/index.html': 'home',
    'many/dist/shop/index.html': 'shop',
    'lost/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'lost/dist/index.html': 'home',
    'lost/dist/404.html': 'lost',
    'unbuilt/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'unbuilt/index.html': '',
    'other/package.json': JSON.stringify({ devDependencies: { vite: '8' } }),
    'other/index.html': '',
    'other/out/index.html': 'other'
  })
  service = new ServiceThread({ root: app.root, path: 'web' })
  below = new ServiceThread({ root: app.root, path: 'shop', routes: shop })
  const { runtime, reason } = await service.heard('ready')
  assert.deepEqual([runtime, reason], ['vite', 'package.json depends on vite, and there is index.html'])
  await below.heard('ready')
})

after(async () => {
  await service[Symbol.asyncDispose]()
  await below[Symbol.asyncDispose]()
  app[Symbol.dispose]()
})

function header ({ headers }: Answer, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1]
}

const html = { accept: 'text/html,application/xhtml+xml' }
const home = `<script type="module" src="${script}"></script>`
const forever = 'public, max-age=31536000, immutable'

interface Row extends Ask { path: string, status: number, body?: string, has?: Record<string, string | undefined> }

const rows: Record<string, Row> = {
  'the root is the page, asked for anew each time': { path: '/', status: 200, body: home, has: { 'cache-control': 'public, max-age=0', 'content-type': 'text/html; charset=utf-8' } },
  'a deep link is the page': { path: '/users/42?tab=1', headers: html, status: 200, body: home, has: { 'cache-control': 'public, max-age=0' } },
  'a deep link with a dot is the page': { path: '/users/jane.doe', headers: html, status: 200, body: home },
  'a missing script is missing': { path: '/assets/gone-DiwrgT4a.js', headers: html, status: 404 },
  'what is no page for people is missing': { path: '/api/users', headers: { accept: 'application/json' }, status: 404 },
  'a page of its own is found without its extension': { path: '/about', status: 200, body: 'about' },
  'a folder is its page': { path: '/docs', status: 200, body: 'docs' },
  'a hashed file is kept for ever': { path: script, status: 200, body: 'plain', has: { 'cache-control': forever, 'content-encoding': undefined, vary: 'accept-encoding' } },
  'a file of a fixed name is not': { path: '/robots.txt', status: 200, body: 'all', has: { 'cache-control': 'public, max-age=0', vary: undefined } },
  'brotli before gzip': { path: script, headers: { 'accept-encoding': 'gzip, deflate, br' }, status: 200, body: 'brotli', has: { 'content-encoding': 'br', 'content-type': 'text/javascript; charset=utf-8', 'content-length': '6', vary: 'accept-encoding' } },
  'gzip where brotli is refused': { path: script, headers: { 'accept-encoding': 'gzip, br;q=0' }, status: 200, body: 'gzip', has: { 'content-encoding': 'gzip' } },
  'a large file, streamed': { path: '/assets/large-DiwrgT4b.js', status: 200, body: 'x'.repeat(300_000), has: { 'cache-control': forever } },
  'a large file, compressed': { path: '/assets/large-DiwrgT4b.js', headers: { 'accept-encoding': 'br' }, status: 200, body: 'y'.repeat(100_000), has: { 'content-encoding': 'br' } },
  'HEAD of a deep link': { path: '/users', method: 'HEAD', headers: html, status: 200, body: '', has: { 'content-length': String(home.length) } },
  'nothing is posted to files': { path: '/users', method: 'POST', headers: html, status: 405 },
  'the manifest of the build is nobody\'s business': { path: '/.vite/manifest.json', status: 404 }
}

for (const [name, { path, status, body, has = {}, ...ask }] of Object.entries(rows)) {
  test(name, async () => {
    const answer = await service.ask(path, ask)
    assert.equal(answer.status, status)
    if (body !== undefined) assert.equal(answer.body, body)
    for (const [field, value] of Object.entries(has)) assert.equal(header(answer, field), value, field)
  })
}

test('each coding has a tag of its own, by which it is not sent again', async () => {
  const tags = await Promise.all(['identity', 'br', 'gzip'].map(async (coding) => header(await service.ask(script, { headers: { 'accept-encoding': coding } }), 'etag') ?? ''))
  assert.equal(new Set(tags).size, 3)
  const again = await service.ask(script, { headers: { 'accept-encoding': 'br', 'if-none-match': tags[1] ?? '' } })
  assert.equal(again.status, 304)
})

test('below the prefix that it was built for, with the prefix or after the gateway has cut it off', async () => {
  for (const path of ['/shop', '/shop/', '/shop/cart', '/', '/cart']) assert.match((await below.ask(path, { headers: html })).body, /src="\/shop\/assets/, path)
  for (const path of [`/shop${script}`, script]) assert.equal((await below.ask(path)).body, 'plain', path)
  assert.equal((await below.ask('/shop/shop/sign.txt')).body, 'a folder of the same name')
})

test('a page whose links are relative is right below any prefix, once it is asked for as a folder', async () => {
  await using anywhere = new ServiceThread({ root: app.root, path: 'anywhere', routes: shop })
  await anywhere.heard('ready')
  for (const path of ['/shop/', '/shop/cart', '/']) assert.match((await anywhere.ask(path, { headers: html })).body, /src="\.\/assets/, path)
  for (const path of [`/shop${script}`, script]) assert.equal((await anywhere.ask(path)).body, 'plain', path)
  const moved = await anywhere.ask('/shop?tab=1', { headers: html })
  assert.deepEqual([moved.status, header(moved, 'location')], [301, './shop/?tab=1'])
})

test('a page whose links are relative stays where it was built, if there is a folder of the route\'s name', async () => {
  await using many = new ServiceThread({ root: app.root, path: 'many', routes: shop })
  await many.heard('ready')
  assert.equal((await many.ask('/shop/')).body, 'shop')
})

test('with a page 404.html, what is not there is that', async () => {
  await using lost = new ServiceThread({ root: app.root, path: 'lost' })
  await lost.heard('ready')
  const answer = await lost.ask('/users/42', { headers: html })
  assert.deepEqual([answer.status, answer.body], [404, 'lost'])
})

test('the entry names another folder of built files', async () => {
  await using other = new ServiceThread({ root: app.root, path: 'other', entry: 'out' })
  assert.equal((await other.heard('ready')).runtime, 'vite')
  assert.equal((await other.ask('/')).body, 'other')
})

test('what is not built says so, and what to do', async () => {
  await using unbuilt = new ServiceThread({ root: app.root, path: 'unbuilt' })
  const { error: { code, message, hint } } = await unbuilt.heard('failed')
  assert.equal(code, 'WATT_RUNTIME_NOT_BUILT')
  assert.match(message, /"greeter": the Vite application is not built \(there is no dist\)/)
  assert.match(hint, /wattapp build/)
})

test('what was built for another place is not served there', async () => {
  await using wrong = new ServiceThread({ root: app.root, path: 'web', routes: shop })
  const { error: { code, message } } = await wrong.heard('failed')
  assert.equal(code, 'WATT_RUNTIME_BASE')
  assert.match(message, /was built for "\/", but browsers find it below "\/shop"/)
})
