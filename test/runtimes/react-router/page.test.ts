// Runtime `react-router` with `ssr: false`: the built page, deep links, pages that were made beforehand, and the prefix of the route.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RouteConfig } from '../../../src/api/app-config.ts'
import { appFolder, ServiceThread, type Answer, type AppFolder, type Ask } from '../service-thread.ts'

const script = '/assets/entry.client-DiwrgT4a.js'
const shop: RouteConfig[] = [{ host: '*', pathPrefix: '/shop' }]
const manifest = JSON.stringify({ devDependencies: { '@react-router/dev': '8' } })
const page = (base: string, name: string): string =>
  `<link rel="modulepreload" href="${base}${script}"/><p>${name}</p><script>window.__reactRouterContext = {"basename":"${base}/","ssr":false};</script>`

let app: AppFolder
let service: ServiceThread
let below: ServiceThread

before(async () => {
  app = appFolder({
    'web/package.json': manifest,
    'web/build/client/index.html': page('', 'app'),
    [`web/build/client${script}`]: 'plain',
    'web/build/client/robots.txt': 'all',
    'web/build/client/about/index.html': 'about, made beforehand',
    'web/build/client/about.data': 'its data',
    'shop/package.json': manifest,
    'shop/build/client/index.html': page('/shop', 'app'),
    [`shop/build/client${script}`]: 'plain',
    'shop/build/client/shop/about/index.html': 'about, made beforehand',
    'shop/build/client/shop/about.data': 'its data',
    'start/package.json': manifest,
    'start/build/client/index.html': page('', 'start, made beforehand'),
    'start/build/client/__spa-fallback.html': page('', 'app'),
    'wrong/package.json': manifest,
    'wrong/build/client/index.html': page('/shop', 'app').replace('"basename":"/shop/"', '"basename":"/"'),
    [`wrong/build/client${script}`]: 'plain',
    'unbuilt/package.json': JSON.stringify({ scripts: { start: 'react-router-serve ./out/server/index.js' }, devDependencies: { '@react-router/dev': '8' } }),
    'unbuilt/react-router.config.ts': '',
    'other/package.json': manifest,
    'other/react-router.config.ts': '',
    'other/out/client/index.html': page('', 'elsewhere')
  })
  service = new ServiceThread({ root: app.root, path: 'web' })
  below = new ServiceThread({ root: app.root, path: 'shop', routes: shop })
  const { runtime, reason } = await service.heard('ready')
  assert.deepEqual([runtime, reason], ['react-router', 'package.json depends on @react-router/dev, and there is build/client/index.html'])
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
const kept = 'public, max-age=31536000, immutable'
const fresh = 'public, max-age=0'

interface Row extends Omit<Ask, 'body'> { path: string, status: number, body?: RegExp, cached?: string }

const rows: Record<string, Row> = {
  'the root is the page, asked for anew each time': { path: '/', status: 200, body: /<p>app/, cached: fresh },
  'a deep link is the page': { path: '/users/42?tab=1', headers: html, status: 200, body: /<p>app/, cached: fresh },
  'a page made beforehand is itself': { path: '/about', headers: html, status: 200, body: /^about, made beforehand$/, cached: fresh },
  'so is its data': { path: '/about.data', status: 200, body: /^its data$/, cached: fresh },
  'a hashed file is kept for ever': { path: script, status: 200, body: /^plain$/, cached: kept },
  'a file of public is not': { path: '/robots.txt', status: 200, body: /^all$/, cached: fresh },
  'a missing script is missing': { path: '/assets/gone-DiwrgT4a.js', headers: html, status: 404 },
  'what is no page for people is missing': { path: '/api/users', headers: { accept: 'application/json' }, status: 404 },
  'nothing is posted to it': { path: '/users', method: 'POST', headers: html, status: 405 }
}

for (const [name, { path, status, body = /^/, cached, ...ask }] of Object.entries(rows)) {
  test(name, async () => {
    const answer = await service.ask(path, ask)
    assert.equal(answer.status, status)
    assert.match(answer.body, body)
    if (cached !== undefined) assert.equal(header(answer, 'cache-control'), cached)
  })
}

test('below the prefix that it was built for, with the prefix or after the gateway has cut it off', async () => {
  const start = await below.ask('/shop?a=1', { headers: html })
  assert.deepEqual([start.status, header(start, 'location')], [301, '/shop/?a=1'])
  for (const path of ['/shop/', '/shop/cart', '/', '/cart']) assert.match((await below.ask(path, { headers: html })).body, /<p>app/, path)
  for (const path of [`/shop${script}`, script]) assert.equal((await below.ask(path)).body, 'plain', path)
  for (const path of ['/shop/about', '/about']) assert.equal((await below.ask(path)).body, 'about, made beforehand', path)
  assert.equal((await below.ask('/shop/about.data')).body, 'its data')
})

test('where the start page was made beforehand, a deep link is the other page', async () => {
  await using start = new ServiceThread({ root: app.root, path: 'start' })
  await start.heard('ready')
  assert.match((await start.ask('/')).body, /<p>start, made beforehand/)
  assert.match((await start.ask('/users', { headers: html })).body, /<p>app/)
})

test('the entry names another folder', async () => {
  await using other = new ServiceThread({ root: app.root, path: 'other', entry: 'out/client' })
  await other.heard('ready')
  assert.match((await other.ask('/')).body, /<p>elsewhere/)
})

test('what is not built says so, and where it was looked for', async () => {
  await using unbuilt = new ServiceThread({ root: app.root, path: 'unbuilt' })
  const { error: { code, message } } = await unbuilt.heard('failed')
  assert.equal(code, 'WATT_RUNTIME_NOT_BUILT')
  assert.match(message, /"greeter": the React Router application is not built \(there is no \.\/out\/server\/index\.js, build\/server\/index\.js, build\/client\)/)
})

for (const [path, what] of [['web', 'files'], ['wrong', 'routes']] as const) {
  test(`a build whose ${what} are for another place is not served there`, async () => {
    await using wrong = new ServiceThread({ root: app.root, path, routes: shop })
    const { error: { code, message } } = await wrong.heard('failed')
    assert.equal(code, 'WATT_RUNTIME_BASE')
    assert.match(message, /the React Router application was built for "\/", but browsers find it below "\/shop"/)
  })
}
