// A built Astro app in a browser: islands come to life, pages change without a new document, images show, actions answer.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { suite, test } from 'node:test'
import { startApp } from '../support/app.ts'
import { browser, noBrowser } from '../support/browser.ts'
import { built } from '../support/build.ts'
import { seen, shows } from './tab.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { fixture: 'astro7', title: 'astro 7', prefix: '/', env: {} },
  { fixture: 'astro7', title: 'astro 7, standalone, below a prefix', prefix: '/shop', env: { FIXTURE_MODE: 'standalone' } },
  { fixture: 'astro5', title: 'astro 5', prefix: '/', env: {} },
  { fixture: 'astro5', title: 'astro 5 below a prefix', prefix: '/shop', env: {} },
  { fixture: 'astro7-static', title: 'astro 7, static', prefix: '/', env: {} },
  { fixture: 'astro7-static', title: 'astro 7, static, below a prefix', prefix: '/shop', env: {} }
] as const

suite('in a browser', { skip: noBrowser }, () => {
  for (const { fixture, title, prefix, env } of variants) {
    const base = prefix === '/' ? '' : prefix
    const isStatic = fixture === 'astro7-static'

    test(title, async () => {
      const folder = await built(join(fixtures, fixture), { runtime: 'astro', env, basePath: base, as: [base.slice(1) || 'root', ...Object.values(env)].join('-') })
      await using app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: { path: 'api' } } })
      await using chromium = await browser()
      const tab = await chromium.newPage()
      const failures = seen(tab, app.url)

      const answer = await tab.goto(`${app.url}${base}/`)
      assert.equal(answer?.status(), 200)
      await shows(tab, 'h1', 'Hello from Astro')
      assert.equal(await tab.evaluate('getComputedStyle(document.querySelector("nav")).color'), 'rgb(1, 2, 3)')
      await tab.waitForFunction('!document.querySelector("astro-island").hasAttribute("ssr")')
      await tab.click('#counter')
      await shows(tab, '#counter', 'pressed 1')

      await tab.evaluate('window.marker = "the same document"')
      await tab.click('#to-about')
      await tab.waitForURL(new RegExp(`${base}/about$`))
      await shows(tab, 'h1', isStatic ? 'About' : 'About, prerendered')
      await tab.click('#to-home')
      await shows(tab, 'h1', 'Hello from Astro')
      await tab.waitForFunction('!document.querySelector("astro-island").hasAttribute("ssr")')
      await tab.click('#counter')
      await shows(tab, '#counter', 'pressed 1')

      if (!isStatic) {
        await tab.click('#to-form')
        await tab.fill('#name', 'Grace')
        await tab.click('#send')
        await shows(tab, '#said', 'Hello, Grace')
        await tab.click('#double')
        await shows(tab, '#doubled', '42')
        await tab.click('#to-home')
        await shows(tab, '#visitor', 'visitor=Grace')
      }
      assert.equal(await tab.evaluate('window.marker'), 'the same document')

      if (!isStatic) await tab.goto(`${app.url}${base}/image`)
      assert.equal(await tab.evaluate('document.querySelector("#logo").naturalWidth'), 32)
      assert.deepEqual(failures, [])
    })
  }
})
