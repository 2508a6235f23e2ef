// `wattapp dev` with Astro: its server in the service's thread, and what is edited shows in the page, an island and a style without a reload.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { browser, noBrowser } from '../support/browser.ts'
import { developed } from '../support/develop.ts'
import { until } from '../../support/wait.ts'
import { seen, shows } from './tab.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { fixture: 'astro7', title: 'astro 7', prefix: '/', env: {} },
  { fixture: 'astro7', title: 'astro 7 below a prefix', prefix: '/shop', env: {} },
  { fixture: 'astro7', title: 'astro 7 with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs' } },
  { fixture: 'astro7', title: 'astro 7 below a prefix, with slashes at the end', prefix: '/shop', env: { FIXTURE_SLASH: 'always' } },
  { fixture: 'astro7-static', title: 'astro 7, static, below a prefix', prefix: '/shop', env: {} },
  { fixture: 'astro5', title: 'astro 5', prefix: '/', env: {} },
  { fixture: 'astro5', title: 'astro 5 below a prefix', prefix: '/shop', env: {} }
] as const

suite('an edit shows', { skip: noBrowser }, () => {
  for (const { fixture, title, prefix, env } of variants) {
    const base = prefix === '/' ? '' : prefix
    const slash = 'FIXTURE_SLASH' in env ? '/' : ''
    const isStatic = fixture === 'astro7-static'

    test(title, async () => {
      await using app = await developed({
        folder: join(fixtures, fixture),
        prefix,
        as: `develop-${title.toLowerCase().replaceAll(/\W+/g, '-')}`,
        outputs: ['dist', '.astro'],
        env: { ...env, ASTRO_DISABLE_UPDATE_CHECK: 'true' },
        api: join(fixtures, 'api')
      })
      await using chromium = await browser()
      const tab = await chromium.newPage()
      const failures = seen(tab, app.url)
      const sockets: string[] = []
      tab.on('websocket', (socket) => { sockets.push(socket.url()) })
      let connected = Promise.withResolvers<void>()
      tab.on('console', (message) => { if (message.text() === '[vite] connected.') connected.resolve() })

      await tab.goto(`${app.url}${base}/`)
      await connected.promise
      await tab.waitForFunction('document.querySelector("astro-island")?.hasAttribute("ssr") === false')
      await tab.evaluate('window.marker = "as it was loaded"')
      await tab.click('#counter')
      await shows(tab, '#counter', 'pressed 1')

      await app.edit('src/components/Counter.jsx', ['{word} {count}', 'edited: {word} {count}'])
      await shows(tab, '#counter', 'edited: pressed 1')
      await app.edit('src/layouts/Frame.astro', ['rgb(1, 2, 3)', 'rgb(4, 5, 6)'])
      await tab.waitForFunction('getComputedStyle(document.querySelector("nav")).color === "rgb(4, 5, 6)"')
      await shows(tab, '#counter', 'edited: pressed 1')
      assert.equal(await tab.evaluate('window.marker'), 'as it was loaded')

      connected = Promise.withResolvers()
      await app.edit('src/pages/index.astro', ['Hello from Astro', 'Hello, edited'])
      await shows(tab, 'h1', 'Hello, edited')
      await connected.promise
      const ws = `${app.url.replace('http', 'ws')}${base}/`
      assert.deepEqual(sockets.filter((socket) => !socket.startsWith(ws)), [], `all are below ${ws}`)
      assert.deepEqual(failures, [])

      await app.edit('src/components/Counter.jsx', ['return <button', 'return <<button'])
      await tab.waitForFunction('document.querySelector("vite-error-overlay") !== null')
      assert.match(await tab.evaluate('document.querySelector("vite-error-overlay").shadowRoot.textContent'), /src\/components\/Counter\.jsx/)
      await app.edit('src/components/Counter.jsx', ['return <<button', 'return <button'])
      await tab.waitForFunction('document.querySelector("vite-error-overlay") === null')
      // With a page of its own for errors, Astro shows that instead.
      await app.edit('src/pages/index.astro', ['<h1>Hello, edited</h1>', '<h1>{nobody.knows}</h1>'])
      await app.child.line(/nobody is not defined/)
      if (isStatic) await tab.waitForFunction('document.querySelector("vite-error-overlay")?.shadowRoot.textContent.includes("nobody is not defined")')
      else await shows(tab, 'h1', 'Something broke, says the app')
      await app.edit('src/pages/index.astro', ['<h1>{nobody.knows}</h1>', '<h1>Hello, mended</h1>'])
      await shows(tab, 'h1', 'Hello, mended')

      if (!isStatic) {
        await tab.goto(`${app.url}${base}/form${slash}`)
        await tab.fill('#name', 'Grace')
        await tab.click('#send')
        await shows(tab, '#said', 'Hello, Grace')
        await tab.goto(`${app.url}${base}/image${slash}`)
        await tab.waitForFunction('document.querySelector("#logo").naturalWidth === 32')
      }

      if (fixture !== 'astro5') {
        // A changed config is taken up, and the browser finds Astro again by itself.
        connected = Promise.withResolvers()
        await app.edit('astro.config.mjs', ["'/old'", "'/older'"])
        await until('the redirect of the new config', async () => (await fetch(`${app.url}${base}/older${slash}`, { redirect: 'manual' })).status === 301)
        await connected.promise
      }
      await tab.goto(`${app.url}${base}/`)
      await shows(tab, 'h1', 'Hello, mended')
      // It was Astro that did it, in the thread that was there from the beginning.
      assert.deepEqual(app.child.lines.filter((line) => /^ {2}web .*(changed: starts again|ended|does not start)/.test(line)), [])
    })
  }
})
