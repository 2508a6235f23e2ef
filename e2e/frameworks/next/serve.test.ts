// What a built Next app does, it does as a service: the App Router and the Pages Router, by HTTP, in Next 16 and 15.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { built } from '../support/build.ts'
import { until } from '../../support/wait.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { version: 16, title: 'next 16', prefix: '/', env: {} },
  { version: 15, title: 'next 15', prefix: '/', env: {} },
  { version: 16, title: 'next 16, standalone', prefix: '/', env: { FIXTURE_OUTPUT: 'standalone' } },
  { version: 15, title: 'next 15, standalone', prefix: '/', env: { FIXTURE_OUTPUT: 'standalone' } },
  { version: 16, title: 'next 16 with a base path of its own', prefix: '/docs', env: { FIXTURE_BASE_PATH: '/docs' } },
  { version: 16, title: 'next 16 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { version: 15, title: 'next 15 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { version: 16, title: 'next 16, standalone, below a prefix', prefix: '/shop', env: { FIXTURE_OUTPUT: 'standalone' } }
] as const

for (const { version, title, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix
  const isOwn = 'FIXTURE_BASE_PATH' in env
  // With a base path of its own Next takes some redirects at their word.
  const within = isOwn ? '' : base

  suite(title, () => {
    let app: RunningApp

    before(async () => {
      const folder = await built(join(fixtures, `next${version}`), {
        runtime: 'next',
        env,
        ...(!isOwn && { basePath: base }),
        as: [base.slice(1) || 'root', ...Object.values(env)].filter((part) => !part.startsWith('/')).join('-')
      })
      app = await startApp({
        root: fixtures,
        services: {
          web: { path: relative(fixtures, folder), prefix, env },
          api: { path: 'api' }
        }
      })
    })
    after(() => app?.supervisor.close())

    test('it is found to be next', () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'web')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason], ['next', 'package.json depends on next, and there is next.config.mjs'])
    })

    test('a static page, and every script and style that it names', async () => {
      const page = await text(app, base === '' ? '/' : base)
      assert.match(page, /<h1>Hello from Next<\/h1>/)
      const assets = [...new Set(Array.from(page.matchAll(/(?:src|href)="([^"]*\/_next\/static\/[^"]+)"/g), ([, path = '']) => path))]
      assert.ok(assets.length > 0, page)
      for (const asset of assets) {
        assert.ok(asset.startsWith(`${base}/_next/`), asset)
        const response = await app.get(asset)
        assert.equal(response.status, 200, asset)
        assert.match(response.headers.get('cache-control') ?? '', /immutable/)
        await response.arrayBuffer()
      }
    })

    test('links in a page begin with the base path', async () => {
      assert.match(await text(app, base === '' ? '/' : base), new RegExp(`<a href="${base}/about"`))
    })

    test('a page made anew for each request sees cookies, and the host that the browser asked', async () => {
      const page = await text(app, `${base}/dynamic`, { headers: { cookie: 'visitor=Ada' } })
      assert.match(page, /<p id="visitor">Ada<\/p>/)
      assert.match(page, new RegExp(`<p id="host">${new URL(app.url).host}</p>`))
    })

    test('middleware answers, and adds to what a page answers', async () => {
      const page = await app.get(`${base}/dynamic`)
      await page.arrayBuffer()
      assert.equal(page.headers.get('x-guard'), '/dynamic')
      assert.equal(await location(app, `${base}/guarded`), `${within}/about`)
    })

    test('redirects and rewrites of next.config', async () => {
      assert.equal(await location(app, `${base}/old`), `${base}/about`)
      assert.match(await text(app, `${base}/rewritten`), /About this shop/)
    })

    test('what is ready is sent before what is not', async () => {
      const response = await app.get(`${base}/stream`, { headers: { 'accept-encoding': 'identity' } })
      const seen: string[] = []
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) seen.push(decoder.decode(chunk, { stream: true }))
      const first = seen.findIndex((chunk) => chunk.includes('What came first'))
      const late = seen.findIndex((chunk) => chunk.includes('what came late'))
      assert.ok(first >= 0 && late > first, `first in chunk ${first}, late in chunk ${late} of ${seen.length}`)
    })

    test('the image optimiser answers with another image', async () => {
      const page = await text(app, `${base}/image`)
      const source = /<img[^>]* src="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
      assert.ok(source.startsWith(`${base}/_next/image?`), source)
      const response = await app.get(source, { headers: { accept: 'image/webp' } })
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'image/webp')
      const bytes = Buffer.from(await response.arrayBuffer())
      assert.equal(bytes.toString('latin1', 8, 12), 'WEBP')
    })

    test('files of public', async () => {
      assert.equal(await text(app, `${base}/robots.txt`), 'User-agent: *\n')
    })

    test('a form works without script: its server action redirects, and sets a cookie', async () => {
      const page = await text(app, `${base}/form`)
      const form = new FormData()
      const markup = /<form id="remember"[^>]*>(.*?)<\/form>/.exec(page)?.[1] ?? ''
      for (const [, name = '', value = ''] of markup.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)) form.set(name, value.replaceAll('&quot;', '"'))
      form.set('name', 'Grace')
      const response = await app.get(`${base}/form`, { method: 'POST', body: form, headers: { origin: app.url } })
      await response.arrayBuffer()
      assert.equal(response.status, 303)
      assert.equal(new URL(response.headers.get('location') ?? '', app.url).pathname, `${within}/dynamic`)
      assert.match(response.headers.get('set-cookie') ?? '', /^visitor=Grace/)
    })

    test('a server action refuses another origin', async () => {
      const form = new FormData()
      form.set('name', 'Mallory')
      const response = await app.get(`${base}/form`, { method: 'POST', body: form, headers: { origin: 'https://elsewhere.example', 'next-action': 'x' } })
      await response.arrayBuffer()
      assert.ok(response.status >= 400, String(response.status))
    })

    test('route handlers: a body sent, JSON answered', async () => {
      const response = await app.get(`${base}/api/echo`, { method: 'POST', body: new Uint8Array(100_000), headers: { 'content-type': 'application/octet-stream' } })
      assert.deepEqual(await response.json(), { bytes: 100_000, type: 'application/octet-stream' })
    })

    test('another service is called over the mesh', async () => {
      assert.deepEqual(await (await app.get(`${base}/api/mesh`)).json(), { said: { hello: 'api' } })
    })

    test('a page that is regenerated in the background is stale once, then new', async () => {
      for (const path of ['/isr', '/regenerated']) {
        const [before] = await made(app, `${base}${path}`)
        await until(`${path} is made again`, async () => (await made(app, `${base}${path}`))[0] !== before)
      }
    })

    test('a page is kept until its tag, or its path, is revalidated, and is another at once then', async () => {
      for (const body of [{ tag: 'prices' }, { path: '/tagged' }]) {
        const [first] = await made(app, `${base}/tagged`)
        assert.deepEqual(await made(app, `${base}/tagged`), [first])
        await revalidate(app, base, body)
        assert.notDeepEqual(await made(app, `${base}/tagged`), [first])
      }
    })

    test('a page of a parameter is made at its first request', async () => {
      const [built] = await made(app, `${base}/items/built`)
      assert.ok(Number(built) > 0)
      const first = await made(app, `${base}/items/7`)
      assert.deepEqual(await made(app, `${base}/items/7`), first)
    })

    test('the Pages Router: getServerSideProps, an API route', async () => {
      const page = await text(app, `${base}/legacy?name=Ada`)
      assert.match(page, /<p id="name">Ada<\/p>/)
      const response = await app.get(`${base}/api/legacy`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })
      assert.equal(response.status, 201)
      assert.deepEqual(await response.json(), { method: 'POST', body: { a: 1 } })
    })

    test('what is not there is the app\'s own 404', async () => {
      const response = await app.get(`${base}/nowhere`)
      assert.equal(response.status, 404)
      assert.match(await response.text(), /This page could not be found/)
    })
  })
}

async function text (app: RunningApp, path: string, init?: RequestInit): Promise<string> {
  const response = await app.get(path, init)
  const body = await response.text()
  assert.equal(response.status, 200, `${path}: ${response.status} ${body.slice(0, 300)}`)
  return body
}

async function location (app: RunningApp, path: string): Promise<string> {
  const response = await app.get(path)
  await response.arrayBuffer()
  const to = new URL(response.headers.get('location') ?? 'none:', app.url)
  assert.equal(to.origin, app.url, 'it stays where the browser is')
  return to.pathname
}

/** What a page says of when, or as what, it was made. */
async function made (app: RunningApp, path: string): Promise<string[]> {
  const page = (await text(app, path)).replaceAll('<!-- -->', '')
  return Array.from(page.matchAll(/>(?:item=\d+ )?(?:made|price|item=built made)=(\w+)</g), ([, value = '']) => value)
}

async function revalidate (app: RunningApp, base: string, body: object): Promise<void> {
  const response = await app.get(`${base}/api/revalidate`, { method: 'POST', body: JSON.stringify(body) })
  assert.deepEqual(await response.json(), { done: true })
}
