// What a built React Router app in framework mode does, it does as a service: by HTTP, in React Router 8 and 7.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { browserAgent } from '../support/browser.ts'
import { built } from '../support/build.ts'
import { startProgram, type Program } from '../support/program.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { version: 8, title: 'react-router 8', prefix: '/', env: {} },
  { version: 7, title: 'react-router 7', prefix: '/', env: {} },
  { version: 8, title: 'react-router 8 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { version: 7, title: 'react-router 7 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { version: 8, title: 'react-router 8 with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs/', FIXTURE_BASENAME: '/docs/' } },
  { version: 7, title: 'react-router 7 with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs/', FIXTURE_BASENAME: '/docs/' } }
] as const

for (const { version, title, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix

  suite(title, () => {
    let app: RunningApp
    let folder: string

    before(async () => {
      folder = await built(join(fixtures, `rr${version}`), { runtime: 'react-router', env, ...(!('FIXTURE_BASE' in env) && { basePath: base }), as: prefix.slice(1) || 'root' })
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: {} } })
    })
    after(() => app?.supervisor.close())

    test('it is found to be react-router', () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'web')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason], ['react-router', 'package.json depends on @react-router/dev, and there is react-router.config.js'])
    })

    test('a page, rendered for the visitor, and every script and style that it names', async () => {
      const page = await text(app, `${base}/`, { headers: { cookie: 'visitor=Ada' } })
      assert.match(page, /<h1>Hello from React Router<\/h1>/)
      assert.match(page, /<p id="visitor">Ada<\/p>/)
      assert.match(page, new RegExp(`<p id="url">${app.url}${base}/</p>`))
      const assets = [...new Set(Array.from(page.matchAll(/"([^"]*\/assets\/[^"]+\.(?:js|css))"/g), ([, path = '']) => path))]
      assert.ok(assets.some((asset) => asset.endsWith('.css')) && assets.length > 3, page)
      for (const asset of assets) {
        assert.ok(asset.startsWith(`${base}/assets/`), asset)
        const response = await app.get(asset)
        assert.equal(response.status, 200, asset)
        assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable', asset)
        await response.arrayBuffer()
      }
    })

    test('links in a page begin with the base path, at which the page itself is', async () => {
      const start = await app.get(prefix)
      await start.arrayBuffer()
      if (base !== '') assert.deepEqual([start.status, start.headers.get('location')], [301, `${base}/`])
      assert.match(await text(app, `${base}/`), new RegExp(`<a href="${base}/items/7"`))
    })

    test('a route\'s headers, what it throws, and what is not there', async () => {
      const item = await app.get(`${base}/items/7`)
      assert.match(await item.text(), /<h1>Item <!-- -->7<!-- --> of <!-- -->1970<\/h1>/)
      assert.deepEqual([item.headers.get('cache-control'), item.headers.get('x-item')], ['max-age=5', 'yes'])
      assert.deepEqual(await shown(`${base}/items/gone`), [404, '404 no such item'])
      assert.equal((await shown(`${base}/nowhere`))[0], 404)
      const [status, said] = await shown(`${base}/broken`)
      assert.equal(status, 500)
      assert.doesNotMatch(said ?? '', /on purpose/, 'what an error says stays on the server')
    })

    test('single fetch: the data of a page', async () => {
      const response = await app.get(`${base}/items/7.data`)
      assert.equal(response.status, 200)
      assert.match(await response.text(), /routes\/item.*madeAt/)
    })

    test('a redirect stays below the base path', async () => {
      const response = await app.get(`${base}/old`)
      await response.arrayBuffer()
      assert.deepEqual([response.status, response.headers.get('location')], [301, `${base}/about`])
    })

    test('a form works without script: its action refuses, or sets two cookies and redirects', async () => {
      assert.match(await text(app, `${base}/form`, { method: 'POST', body: new URLSearchParams({ name: '' }), headers: { origin: app.url } }, 422), /<p id="refused">a name is needed<\/p>/)
      const done = await app.get(`${base}/form`, { method: 'POST', body: new URLSearchParams({ name: 'Grace' }), headers: { origin: app.url } })
      await done.arrayBuffer()
      assert.deepEqual([done.status, new URL(done.headers.get('location') ?? '', app.url).pathname], [302, `${base}/`])
      assert.deepEqual(done.headers.getSetCookie(), ['visitor=Grace; Path=/', 'seen=yes; Path=/'])
    })

    test('a form of another origin is refused', async () => {
      const response = await app.get(`${base}/form`, { method: 'POST', body: new URLSearchParams({ name: 'Mallory' }), headers: { origin: 'https://elsewhere.example' } })
      await response.arrayBuffer()
      assert.equal(response.status, 400)
    })

    test('what is ready is sent before what is not', async () => {
      const response = await app.get(`${base}/stream`, { headers: { 'accept-encoding': 'identity', 'user-agent': browserAgent } })
      const decoder = new TextDecoder()
      let seen = ''
      for await (const chunk of response.body ?? []) {
        const had = seen.includes('What came first')
        seen += decoder.decode(chunk, { stream: true })
        // What is late comes when it is asked to, and nobody has asked before.
        if (!had && seen.includes('What came first')) {
          assert.doesNotMatch(seen, /what came late/)
          await (await app.get(`${base}/api/late`, { method: 'POST' })).arrayBuffer()
        }
      }
      assert.match(seen, /what came late/)
    })

    test('resource routes: a body sent, JSON answered, and HEAD', async () => {
      const response = await app.get(`${base}/api/echo`, { method: 'PUT', body: new Uint8Array(100_000), headers: { 'content-type': 'application/octet-stream' } })
      assert.equal(response.status, 201)
      assert.deepEqual(await response.json(), { method: 'PUT', bytes: 100_000, type: 'application/octet-stream' })
      assert.deepEqual(await (await app.get(`${base}/api/echo?a=1`)).json(), { method: 'GET', query: '?a=1' })
      const head = await app.get(`${base}/api/echo`, { method: 'HEAD' })
      assert.deepEqual([head.status, await head.text()], [200, ''])
    })

    test('a stream of events, and its end when the reader leaves', async () => {
      const request = get(`${app.url}${base}/api/events`)
      const [response] = await once(request, 'response') as [IncomingMessage]
      const [chunk] = await once(response, 'data') as [Buffer]
      assert.equal(chunk.toString(), 'data: first\n\n')
      request.destroy()
      await app.until(() => app.log().includes('the reader of events has left'))
    })

    test('another service is called over the mesh', async () => {
      assert.match(await text(app, `${base}/mesh`), /<p id="said">api<\/p>/)
    })

    test('files of public, asked for anew each time', async () => {
      const response = await app.get(`${base}/robots.txt`)
      assert.deepEqual([await response.text(), response.headers.get('cache-control')], ['User-agent: *\n', 'public, max-age=0'])
    })

    if (base === '') {
      test('it answers as react-router-serve does', async () => {
        await using own: Program = await startProgram({ folder, program: 'react-router-serve', args: ['./build/server/index.js'] })
        for (const path of ['/about', '/items/7', '/items/7.data', '/items/gone', '/nowhere', '/nowhere.data', '/old', '/old.data', '/broken', '/broken.data', '/api/echo?a=1', '/robots.txt', '/form', '/__manifest?version=x&paths=%2Fabout']) {
          assert.deepEqual(await answer(app.url + path), await answer(own.url + path), path)
        }
        const form = { method: 'POST', body: new URLSearchParams({ name: 'Grace' }) }
        for (const path of ['/form', '/form.data', '/about', '/api/echo']) assert.deepEqual(await answer(app.url + path, form), await answer(own.url + path, form), `POST ${path}`)
      })
    }

    async function shown (path: string): Promise<[number, string | undefined]> {
      const response = await app.get(path)
      return [response.status, /<p id="error">(.*?)<\/p>/.exec(await response.text())?.[1]?.replaceAll('<!-- -->', '')]
    }
  })
}

/** All of an answer but what differs from server to server: dates, tags, how long its body is said to be, and the charset that Express adds. */
async function answer (url: string, init: RequestInit = {}): Promise<object> {
  const response = await fetch(url, { redirect: 'manual', ...init, headers: { 'accept-encoding': 'identity' } })
  const body = await response.text()
  const own = ['date', 'etag', 'last-modified', 'connection', 'keep-alive', 'vary', 'x-content-type-options', 'content-length', 'transfer-encoding', 'accept-ranges', 'cache-control', 'x-request-id']
  const headers = [...response.headers].filter(([name]) => !own.includes(name)).map(([name, value]) => [name, value.replace(/; ?charset=utf-8$/i, '')])
  return { status: response.status, headers, body }
}

async function text (app: RunningApp, path: string, init?: RequestInit, status = 200): Promise<string> {
  const response = await app.get(path, init)
  const body = await response.text()
  assert.equal(response.status, status, `${path}: ${response.status} ${body.slice(0, 300)}\n${app.log()}`)
  return body
}
