// Built React Router apps in a browser: hydration, client navigation, a form's action, what is streamed, and addresses opened directly.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { browser, noBrowser, type Browser, type Page } from '../support/browser.ts'
import { built } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { fixture: 'rr8', prefix: '/' },
  { fixture: 'rr8', prefix: '/shop' },
  { fixture: 'rr7', prefix: '/shop' }
] as const

suite('in a browser', { skip: noBrowser }, () => {
  let chromium: Browser

  before(async () => { chromium = await browser() })
  after(() => chromium?.close())

  for (const { fixture, prefix } of variants) {
    const base = prefix === '/' ? '' : prefix

    suite(`${fixture} at ${prefix}`, () => {
      let app: RunningApp
      let page: Page
      const errors: string[] = []

      before(async () => {
        const folder = await built(join(fixtures, fixture), { runtime: 'react-router', basePath: base })
        app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: {} } })
        page = await chromium.newPage()
        page.on('pageerror', ({ message }) => errors.push(message))
      })
      after(async () => {
        await page?.close()
        await app?.supervisor.close()
      })

      test('a page comes alive', async () => {
        await page.goto(app.url + prefix)
        await page.click('#count')
        await page.waitForFunction('document.querySelector("#count").textContent === "clicked 1"')
      })

      test('links lead on without another page', async () => {
        await page.evaluate('void (window.marker = "same page")')
        await page.click('a[href$="/items/7"]')
        await page.waitForURL(`${app.url}${base}/items/7`)
        await page.waitForFunction('document.querySelector("h1").textContent === "Item 7 of 1970"')
        await page.click('a[href$="/about"]')
        await page.waitForFunction('document.title === "About"')
        assert.equal(await page.evaluate('window.marker'), 'same page')
      })

      test('a form\'s action refuses, then redirects with a cookie, without another page', async () => {
        await page.goto(`${app.url}${base}/form`)
        await page.evaluate('void (window.marker = "same page")')
        await page.click('#send')
        await page.waitForFunction('document.querySelector("#refused")?.textContent === "a name is needed"')
        await page.fill('input[name=name]', 'Ada')
        await page.click('#send')
        await page.waitForFunction('document.querySelector("#visitor")?.textContent === "Ada"')
        assert.equal(await page.evaluate('window.marker'), 'same page')
      })

      test('what is late takes its place in the page', async () => {
        await page.goto(`${app.url}${base}/stream`, { waitUntil: 'commit' })
        await page.locator('#waiting').waitFor()
        await (await app.get(`${base}/api/late`, { method: 'POST' })).arrayBuffer()
        await page.waitForFunction('document.querySelector("main > #late")?.textContent === "what came late"')
      })

      test('no error came up', () => assert.deepEqual(errors, []))
    })
  }

  for (const fixture of ['rr8', 'rr7']) {
    for (const prefix of ['/', '/shop']) {
      const base = prefix === '/' ? '' : prefix

      test(`${fixture} with \`ssr: false\` at ${prefix}: an address of the app's own is opened directly, and what was made beforehand too`, async () => {
        const folder = await built(join(fixtures, fixture), {
          runtime: 'react-router', basePath: base, env: { FIXTURE_SSR: 'false', FIXTURE_PRERENDER: '/about' }, as: `page-${base.slice(1) || 'root'}`
        })
        await using app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix } } })
        assert.match(await (await app.get(`${base}/about`)).text(), /<h1>About this app<\/h1>/)
        const page = await chromium.newPage()
        const opened = await page.goto(`${app.url}${base}/users/grace`)
        assert.equal(opened?.status(), 200)
        await page.waitForFunction('document.querySelector("h1")?.textContent === "User grace"')
        await page.click('nav a')
        await page.waitForFunction('document.querySelector("h1")?.textContent === "Hello from the browser"')
        await page.click('a[href$="/users/ada"]')
        await page.waitForURL(`${app.url}${base}/users/ada`)
        await page.reload()
        await page.waitForFunction('document.querySelector("h1")?.textContent === "User ada"')
        await page.close()
      })
    }
  }
})
