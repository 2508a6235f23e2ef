// Remix 2 as its Vite build left it, by HTTP and in a browser, and in development.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { until } from '../../support/wait.ts'
import { startApp, type RunningApp } from '../support/app.ts'
import { browser, noBrowser, type Browser } from '../support/browser.ts'
import { built, copyOf } from '../support/build.ts'
import { runCommand } from '../support/command.ts'
import { startProgram } from '../support/program.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const fixture = join(fixtures, 'remix2')
const variants = [
  { title: 'remix 2', prefix: '/', env: {} },
  { title: 'remix 2 below a prefix that its config knows nothing of', prefix: '/shop', env: {} },
  { title: 'remix 2 with its future flags, below a prefix', prefix: '/shop', env: { FIXTURE_FUTURE: 'yes' } },
  { title: 'remix 2 with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs/' } }
] as const

for (const { title, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix

  suite(title, () => {
    let app: RunningApp
    let folder: string

    before(async () => {
      const as = [base.slice(1) || 'root', ...'FIXTURE_FUTURE' in env ? ['future'] : []].join('-')
      folder = await built(fixture, { runtime: 'remix', env, ...(!('FIXTURE_BASE' in env) && { basePath: base }), as })
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: {} } })
    })
    after(() => app?.supervisor.close())

    test('it is found to be remix', () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'web')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason], ['remix', 'package.json depends on @remix-run/dev, and there is vite.config.js'])
    })

    test('a page, rendered for the visitor, and every script and style that it names', async () => {
      const page = await text(app, `${base}/`, { headers: { cookie: 'visitor=Ada' } })
      assert.match(page, /<p id="visitor">Ada<\/p>/)
      assert.match(page, new RegExp(`<p id="url">${app.url}${base}/</p>`))
      assert.match(page, new RegExp(`<a [^>]*href="${base}/items/7"`))
      const assets = [...new Set(Array.from(page.matchAll(/"([^"]*\/assets\/[^"]+\.(?:js|css))"/g), ([, path = '']) => path))]
      assert.ok(assets.some((asset) => asset.endsWith('.css')) && assets.length > 3, page)
      for (const asset of assets) {
        assert.ok(asset.startsWith(`${base}/assets/`), asset)
        const response = await app.get(asset)
        assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], asset)
        await response.arrayBuffer()
      }
    })

    test('data, headers, redirects, what is thrown and what is not there', async () => {
      const data = 'FIXTURE_FUTURE' in env ? `${base}/items/7.data` : `${base}/items/7?_data=${encodeURIComponent('routes/items.$id')}`
      assert.match(await text(app, data), /id.*7/)
      const item = await app.get(`${base}/items/7`)
      await item.arrayBuffer()
      assert.deepEqual([item.headers.get('cache-control'), item.headers.get('x-item')], ['max-age=5', 'yes'])
      const old = await app.get(`${base}/old`)
      await old.arrayBuffer()
      assert.deepEqual([old.status, old.headers.get('location')], [301, `${base}/about`])
      assert.match(await text(app, `${base}/items/gone`, {}, 404), /404(?:<!-- --> <!-- -->| )no such item/)
      assert.doesNotMatch(await text(app, `${base}/broken`, {}, 500), /on purpose/)
      await text(app, `${base}/nowhere`, {}, 404)
      assert.equal(await text(app, `${base}/robots.txt`), 'User-agent: *\n')
    })

    test('a form without script, two cookies, and an upload', async () => {
      assert.match(await text(app, `${base}/form`, { method: 'POST', body: new URLSearchParams({ name: '' }), headers: { origin: app.url } }, 422), /a name is needed/)
      const done = await app.get(`${base}/form`, { method: 'POST', body: new URLSearchParams({ name: 'Grace' }), headers: { origin: app.url } })
      await done.arrayBuffer()
      assert.deepEqual([done.status, done.headers.get('location')], [302, `${base}/`])
      assert.deepEqual(done.headers.getSetCookie(), ['visitor=Grace; Path=/', 'seen=yes; Path=/'])
      const body = new FormData()
      body.set('file', new Blob(['naïve'], { type: 'text/plain' }), 'a.txt')
      assert.deepEqual(await (await app.get(`${base}/upload`, { method: 'POST', body })).json(), { name: 'a.txt', type: 'text/plain', text: 'naïve' })
    })

    test('resource routes, a call of another service, and a stream whose reader leaves', async () => {
      const echo = await app.get(`${base}/api/echo`, { method: 'PUT', body: new Uint8Array(100_000), headers: { 'content-type': 'application/octet-stream' } })
      assert.deepEqual([echo.status, await echo.json()], [201, { method: 'PUT', bytes: 100_000, type: 'application/octet-stream' }])
      assert.match(await text(app, `${base}/mesh`), /<p id="said">api<\/p>/)
      const request = get(`${app.url}${base}/api/events`)
      const [response] = await once(request, 'response') as [IncomingMessage]
      assert.equal(String((await once(response, 'data'))[0]), 'data: first\n\n')
      request.destroy()
      await app.until(() => app.log().includes('the reader of events has left'))
    })

    if (base === '') {
      test('it answers as remix-serve does', async () => {
        await using own = await startProgram({ folder, program: 'remix-serve', args: ['./build/server/index.js'] })
        for (const path of ['/about', '/items/7', `/items/7?_data=${encodeURIComponent('routes/items.$id')}`, '/items/gone', '/nowhere', '/old', '/broken', '/api/echo?a=1', '/robots.txt', '/form']) {
          assert.deepEqual(await answer(app.url + path), await answer(own.url + path), path)
        }
        for (const path of ['/form', '/about', '/api/echo']) {
          const form = { method: 'POST', body: new URLSearchParams({ name: 'Grace' }) }
          assert.deepEqual(await answer(app.url + path, form), await answer(own.url + path, form), `POST ${path}`)
        }
      })
    }
  })
}

test('remix 2 by the compiler before Vite, at the root of a host', async () => {
  const folder = await copyOf(fixture, 'classic', ['build'])
  rmSync(join(folder, 'vite.config.js'))
  writeFileSync(join(folder, 'remix.config.js'), 'export default {}\n')
  await runCommand(process.execPath, [join(folder, 'node_modules/.bin/remix'), 'build'], { cwd: folder })
  const path = relative(fixtures, folder)
  {
    await using app = await startApp({ root: fixtures, services: { web: { path, prefix: '/' }, api: {} } })
    const page = await text(app, '/', { headers: { cookie: 'visitor=Ada' } })
    assert.match(page, /<p id="visitor">Ada<\/p>/)
    const scripts = [...new Set(Array.from(page.matchAll(/"(\/build\/[^"]+\.js)"/g), ([, script = '']) => script))]
    assert.ok(scripts.length > 3, page)
    for (const script of scripts) {
      const response = await app.get(script)
      assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], script)
      await response.arrayBuffer()
    }
    assert.equal(await text(app, '/robots.txt'), 'User-agent: *\n')
    assert.match(await text(app, '/mesh'), /<p id="said">api<\/p>/)
  }
  await assert.rejects(startApp({ root: fixtures, services: { web: { path, prefix: '/shop' } } }), /the Remix application was built for "\/", but browsers find it below "\/shop"/)
})

suite('remix 2 in a browser', { skip: noBrowser }, () => {
  let chromium: Browser

  before(async () => { chromium = await browser() })
  after(() => chromium?.close())

  for (const prefix of ['/', '/shop']) {
    const base = prefix === '/' ? '' : prefix

    test(`at ${prefix}: it comes alive, links and forms need no other page, what is late takes its place`, async () => {
      const folder = await built(fixture, { runtime: 'remix', basePath: base })
      await using app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: {} } })
      const page = await chromium.newPage()
      const errors: string[] = []
      page.on('pageerror', ({ message }) => errors.push(message))
      await page.goto(app.url + prefix)
      await until('the counter counts', async () => {
        await page.click('#count')
        return await page.evaluate('document.querySelector("#count").textContent !== "clicked 0"')
      })
      await page.evaluate('void (window.marker = "same page")')
      await page.click('a[href$="/items/7"]')
      await page.waitForURL(`${app.url}${base}/items/7`)
      await page.click('nav a')
      await page.click('a[href$="/form"]')
      await page.fill('input[name=name]', 'Ada')
      await page.click('#send')
      await page.waitForFunction('document.querySelector("#visitor")?.textContent === "Ada"')
      assert.equal(await page.evaluate('window.marker'), 'same page')
      await page.goto(`${app.url}${base}/stream`, { waitUntil: 'commit' })
      await page.locator('#waiting').waitFor()
      await (await app.get(`${base}/api/late`, { method: 'POST' })).arrayBuffer()
      await page.waitForFunction('document.querySelector("main > #late")?.textContent === "what came late"')
      assert.deepEqual(errors, [])
      await page.close()
    })

    test(`with \`ssr: false\` at ${prefix}: an address of the app's own is opened directly`, async () => {
      const folder = await built(fixture, { runtime: 'remix', basePath: base, env: { FIXTURE_SSR: 'false' }, as: `page-${base.slice(1) || 'root'}` })
      await using app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix } } })
      const page = await chromium.newPage()
      assert.equal((await page.goto(`${app.url}${base}/users/grace`))?.status(), 200)
      await page.waitForFunction('document.querySelector("h1")?.textContent === "User grace"')
      await page.close()
    })
  }

  for (const prefix of ['/', '/shop']) {
    const base = prefix === '/' ? '' : prefix

    test(`in development at ${prefix}: what is changed in a route shows in the page, which stays`, async () => {
      const folder = await copyOf(fixture, `develop-${base.slice(1) || 'root'}`, ['build'])
      await using app = await startApp({ root: fixtures, isDevelopment: true, services: { web: { path: relative(fixtures, folder), prefix }, api: {} } })
      assert.match(await text(app, `${base}/mesh`), /<p id="said">api<\/p>/)
      const page = await chromium.newPage()
      // At a first visit Vite finds packages that it has not prepared yet, and then loads the page once more.
      for (let visit = 0; visit < 2; visit++) await page.goto(`${app.url}${base}/`, { waitUntil: 'networkidle' })
      await until('the counter counts', async () => {
        await page.click('#count')
        return await page.evaluate('document.querySelector("#count").textContent !== "clicked 0"')
      })
      await page.evaluate('void (window.marker = "same page")')
      const file = join(folder, 'app/routes/_index.jsx')
      writeFileSync(file, readFileSync(file, 'utf8').replace('Hello from Remix', 'Good evening from Remix'))
      await page.waitForFunction('document.querySelector("h1")?.textContent === "Good evening from Remix"')
      assert.equal(await page.evaluate('window.marker'), 'same page')
      await page.close()
    })
  }
})

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
