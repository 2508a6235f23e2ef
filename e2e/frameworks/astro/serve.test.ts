// What a built Astro app with a server does, it does as a service: by HTTP, in Astro 7 and 5, built for middleware and standalone.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { built } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const standalone = { FIXTURE_MODE: 'standalone' }
const variants = [
  { version: 7, title: 'astro 7', prefix: '/', env: {} },
  { version: 7, title: 'astro 7, standalone', prefix: '/', env: standalone },
  { version: 5, title: 'astro 5', prefix: '/', env: {} },
  { version: 5, title: 'astro 5, standalone', prefix: '/', env: standalone },
  { version: 7, title: 'astro 7 with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs' } },
  { version: 7, title: 'astro 7 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { version: 7, title: 'astro 7, standalone, below a prefix', prefix: '/shop', env: standalone },
  { version: 5, title: 'astro 5 below a prefix that its config knows nothing of', prefix: '/shop', env: {} }
] as const

for (const { version, title, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix
  const isOwn = 'FIXTURE_BASE' in env
  // An app that knows its base writes it into its own redirects, or means another place.
  const within = isOwn ? '' : base

  suite(title, () => {
    let app: RunningApp

    before(async () => {
      const folder = await built(join(fixtures, `astro${version}`), {
        runtime: 'astro',
        env,
        ...(!isOwn && { basePath: base }),
        as: [base.slice(1) || 'root', ...Object.values(env)].filter((part) => !part.startsWith('/')).join('-')
      })
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: { path: 'api', routes: [{ host: '*', pathPrefix: '/to', rewrite: '/' }] } } })
    })
    after(() => app?.supervisor.close())

    test('it is found to be astro, and listens nowhere beside', () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'web')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason, ready.otherServers], ['astro', 'package.json depends on astro, and there is astro.config.mjs', []])
    })

    test('a page made for each request, and every script, style and module that it names', async () => {
      const page = await text(app, `${base}/`)
      assert.match(page, /<h1>Hello from Astro<\/h1>/)
      const assets = [...new Set(Array.from(page.matchAll(/(?:src|href|component-url|renderer-url)="([^"]*\/_astro\/[^"]+)"/g), ([, path = '']) => path))]
      assert.ok(assets.length >= 3, page)
      for (const asset of assets) {
        assert.ok(asset.startsWith(`${base}/_astro/`), asset)
        const response = await app.get(asset)
        assert.equal(response.status, 200, asset)
        assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
        await response.arrayBuffer()
      }
    })

    test('links that are written with the base begin with it', async () => {
      assert.match(await text(app, `${base}/`), new RegExp(`<a id="to-about" href="${base}/about"`))
    })

    test('middleware runs; a page sees cookies, its address and the host that the browser asked', async () => {
      const response = await app.get(`${base}/?name=Ada`, { headers: { cookie: 'visitor=Grace' } })
      const page = await response.text()
      assert.equal(response.headers.get('x-middleware'), 'ran')
      for (const said of ['visitor=Grace', 'query=Ada', `url=${base}/`]) assert.ok(page.includes(`>${said}<`), `${said}: ${page}`)
      assert.ok(page.includes(`>origin=${app.url}<`), page)
    })

    test('a prerendered page beside it, by both of its paths', async () => {
      for (const path of ['/about', '/about/']) assert.match(await text(app, `${base}${path}`), /<h1>About, prerendered<\/h1>/)
    })

    test('files of public, and of folders in it', async () => {
      assert.equal(await text(app, `${base}/robots.txt`), 'User-agent: *\n')
      for (const path of ['/files', '/files/']) assert.equal(await text(app, `${base}${path}`), '<p>a page of public</p>\n')
    })

    test('redirects of the config and of a page lead to where the browser is', async () => {
      assert.deepEqual(await location(app, `${base}/old`), [301, `${within}/about`])
      assert.deepEqual(await location(app, `${base}/login`), [302, `${within}/form`])
    })

    test('an image is another one, made for the page', async () => {
      const source = /<img[^>]* src="([^"]+)"/.exec(await text(app, `${base}/image`))?.[1]?.replaceAll('&amp;', '&').replaceAll('&#38;', '&') ?? ''
      assert.ok(source.startsWith(`${base}/_image?`), source)
      await isWebp(source, app)
      const stored = /<img[^>]* src="([^"]+)"/.exec(await text(app, `${base}/prerendered-image`))?.[1] ?? ''
      assert.ok(stored.startsWith(`${base}/_astro/`), stored)
      await isWebp(stored, app)
    })

    test('a form works without script: its action sets a cookie, and answers', async () => {
      const page = await text(app, `${base}/form`)
      const action = /<form id="remember"[^>]* action="([^"]+)"/.exec(page)?.[1] ?? ''
      const form = new FormData()
      form.set('name', 'Grace')
      const response = await app.get(`${base}/form${action}`, { method: 'POST', body: form, headers: { origin: app.url, accept: 'text/html' } })
      assert.match(await response.text(), /<p id="said">Hello, Grace<\/p>/)
      assert.match(response.headers.get('set-cookie') ?? '', /^visitor=Grace/)
      const refused = await app.get(`${base}/form${action}`, { method: 'POST', body: new FormData(), headers: { origin: app.url } })
      assert.equal(refused.status, 400)
      assert.match(await refused.text(), /<p id="refused">a name is missing<\/p>/)
    })

    test('an action is called by its path, and refuses another origin', async () => {
      const answer = await app.get(`${base}/_actions/double`, { method: 'POST', body: '{"number":21}', headers: { 'content-type': 'application/json', origin: app.url } })
      assert.equal(answer.status, 200)
      assert.match(await answer.text(), /42/)
      const form = await app.get(`${base}/_actions/remember`, { method: 'POST', body: new URLSearchParams({ name: 'Mallory' }), headers: { origin: 'https://elsewhere.example' } })
      await form.arrayBuffer()
      assert.equal(form.status, 403)
    })

    if (version === 7) {
      test('a form that a browser sent by https is of the same origin, whatever the last hop was', async () => {
        for (const [scheme, status] of [['https', 200], ['http', 403], ['https', 200]] as const) {
          const answer = await app.get(`/to/secure?scheme=${scheme}&path=${encodeURIComponent(`${base}/form?_action=remember`)}`)
          await answer.arrayBuffer()
          assert.equal(answer.status, status, scheme)
        }
      })
    }

    test('endpoints: a body sent, JSON answered, and who asked', async () => {
      const response = await app.get(`${base}/api/echo`, { method: 'POST', body: new Uint8Array(300_000), headers: { 'content-type': 'application/octet-stream', origin: app.url } })
      assert.deepEqual(await response.json(), { bytes: 300_000, type: 'application/octet-stream' })
      assert.deepEqual(await (await app.get(`${base}/api/echo`)).json(), { method: 'GET', address: '127.0.0.1' })
    })

    test('a session is kept from one request to the next', async () => {
      const first = await app.get(`${base}/session`)
      assert.match(await first.text(), /seen=1/)
      const cookie = first.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      assert.match(await text(app, `${base}/session`, { headers: { cookie } }), /seen=2/)
    })

    test('another service is called over the mesh', async () => {
      assert.match(await text(app, `${base}/mesh`), /<p id="said">said=api<\/p>/)
    })

    test('a page is sent as it is made, and so are events', async () => {
      const page = await chunks(app, `${base}/stream`)
      const first = page.findIndex((chunk) => chunk.includes('What came first'))
      const late = page.findIndex((chunk) => chunk.includes('what came late'))
      assert.ok(first >= 0 && late > first, `first in chunk ${first}, late in chunk ${late} of ${page.length}`)
      assert.deepEqual(await chunks(app, `${base}/api/late`), ['data: one\n\n', 'data: two\n\n', 'data: three\n\n'])
    })

    test('a parameter of the path, and the app\'s own pages for what is not there and what fails', async () => {
      assert.match(await text(app, `${base}/items/7`), /item=7/)
      for (const [path, status, said] of [['/nowhere', 404, 'Nothing here'], ['/items/none', 404, 'Nothing here'], ['/_astro/gone.js', 404, 'Nothing here'], ['/boom', 500, 'Something broke']] as const) {
        const response = await app.get(`${base}${path}`)
        assert.match(await response.text(), new RegExp(`<h1>${said}`), path)
        assert.equal(response.status, status, path)
      }
      await app.until(() => app.log().includes('Error: boom'))
    })
  })
}

async function text (app: RunningApp, path: string, init?: RequestInit): Promise<string> {
  const response = await app.get(path, init)
  const body = await response.text()
  assert.equal(response.status, 200, `${path}: ${response.status} ${body.slice(0, 300)}`)
  return body
}

async function location (app: RunningApp, path: string): Promise<[status: number, path: string]> {
  const response = await app.get(path)
  await response.arrayBuffer()
  const to = new URL(response.headers.get('location') ?? 'none:', app.url)
  assert.equal(to.origin, app.url, 'it stays where the browser is')
  return [response.status, to.pathname]
}

async function isWebp (path: string, app: RunningApp): Promise<void> {
  const response = await app.get(path)
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200, bytes.toString().slice(0, 300))
  assert.deepEqual([response.headers.get('content-type'), bytes.toString('latin1', 8, 12)], ['image/webp', 'WEBP'])
}

async function chunks (app: RunningApp, path: string): Promise<string[]> {
  const response = await app.get(path, { headers: { 'accept-encoding': 'identity' } })
  const seen: string[] = []
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) seen.push(decoder.decode(chunk, { stream: true }))
  return seen
}
