// React Router in development, by its own Vite plugin: what is changed in a route shows in the page without another page.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { until } from '../../support/wait.ts'
import { startApp, type RunningApp } from '../support/app.ts'
import { browser, noBrowser, type Browser, type Page } from '../support/browser.ts'
import { copyOf } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { fixture: 'rr8', prefix: '/', env: {} },
  { fixture: 'rr8', prefix: '/shop', env: {} },
  { fixture: 'rr8', prefix: '/docs', env: { FIXTURE_BASE: '/docs/', FIXTURE_BASENAME: '/docs/' } },
  { fixture: 'rr7', prefix: '/shop', env: {} }
] as const

for (const { fixture, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix

  suite(`${fixture} in development at ${prefix}`, () => {
    let folder: string
    let app: RunningApp
    let chromium: Browser | undefined
    let page: Page
    const sockets: string[] = []

    before(async () => {
      folder = await copyOf(join(fixtures, fixture), `develop-${base.slice(1) || 'root'}`, ['build', '.react-router'])
      app = await startApp({ root: fixtures, isDevelopment: true, services: { web: { path: relative(fixtures, folder), prefix }, api: {} }, env })
      if (noBrowser !== false) return
      chromium = await browser()
      page = await chromium.newPage()
      page.on('websocket', (socket) => sockets.push(socket.url()))
      // At a first visit Vite finds packages that it has not prepared yet, and then loads the page once more.
      for (let visit = 0; visit < 2; visit++) await page.goto(`${app.url}${base}/`, { waitUntil: 'networkidle' })
    })
    after(async () => {
      await chromium?.close()
      await app?.supervisor.close()
    })

    test('pages, data, resource routes and calls of other services', async () => {
      const start = await app.get(`${base}/`, { headers: { cookie: 'visitor=Ada' } })
      assert.match(await start.text(), /<p id="visitor">Ada<\/p>/)
      if (base !== '') assert.equal((await app.get(base)).headers.get('location'), `${base}/`)
      assert.match(await (await app.get(`${base}/items/7.data`)).text(), /routes\/item/)
      assert.deepEqual(await (await app.get(`${base}/api/echo?a=1`)).json(), { method: 'GET', query: '?a=1' })
      assert.match(await (await app.get(`${base}/mesh`)).text(), /<p id="said">api<\/p>/)
      assert.equal((await app.get(`${base}/old`)).headers.get('location'), `${base}/about`)
      assert.equal((await app.get(`${base}/nowhere`)).status, 404)
    })

    test('what is changed shows in the page, which stays', { skip: noBrowser }, async () => {
      await page.goto(`${app.url}${base}/`)
      // It comes alive a little later than it shows.
      await until('the counter counts', async () => {
        await page.click('#count')
        return await page.evaluate('document.querySelector("#count").textContent !== "clicked 0"')
      })
      await page.evaluate('void (window.marker = "same page")')
      edit('app/routes/home.jsx', 'Hello from React Router', 'Good evening from React Router')
      await page.waitForFunction('document.querySelector("h1").textContent === "Good evening from React Router"')
      edit('app/counter.jsx', 'clicked {count}', 'clicked {count} so far')
      await page.waitForFunction('/clicked [1-9]\\d* so far/.test(document.querySelector("#count").textContent)')
      assert.equal(await page.evaluate('window.marker'), 'same page')
      assert.ok(sockets.every((url) => url.startsWith(`${app.url.replace('http', 'ws')}${base}/`)) && sockets.length > 0, sockets.join(' '))
    })

    test('what is changed in a loader shows too', { skip: noBrowser }, async () => {
      edit('app/routes/home.jsx', 'return { visitor, url: request.url }', 'return { visitor: visitor.toUpperCase(), url: request.url }')
      await page.waitForFunction('document.querySelector("#visitor").textContent === "NOBODY"')
      assert.equal(await page.evaluate('window.marker'), 'same page')
    })

    test('an error of the source is shown over the page, until it is mended', { skip: noBrowser }, async () => {
      edit('app/routes/about.jsx', 'export default function About () {', 'export default function About ( {')
      // It may be asked for before the change is known.
      await until('an error', async () => (await page.goto(`${app.url}${base}/about`))?.status() === 500)
      await page.waitForFunction('document.querySelector("vite-error-overlay")?.shadowRoot.textContent.includes("about.jsx")')
      edit('app/routes/about.jsx', 'export default function About ( {', 'export default function About () {')
      await page.waitForFunction('document.querySelector("h1")?.textContent === "About this app"')
    })

    function edit (file: string, from: string, to: string): void {
      const path = join(folder, file)
      const source = readFileSync(path, 'utf8')
      assert.ok(source.includes(from), `${file} has no ${from}`)
      writeFileSync(path, source.replace(from, to))
    }
  })
}
