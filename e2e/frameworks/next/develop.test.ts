// `wattapp dev` with Next: its own development server behind the gateway, below a prefix, and what is edited shows without a reload.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { browser, noBrowser, type Page } from '../support/browser.ts'
import { developed } from '../support/develop.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
/** `isMended`: a page whose script could not be compiled shows it when that is mended; with webpack it keeps what it had until it is loaded again. */
const variants = [
  { fixture: 'next16', title: 'next 16 by Turbopack, below a prefix', prefix: '/shop', isMended: true },
  { fixture: 'next15', title: 'next 15 by webpack, below a prefix', prefix: '/shop', isMended: false },
  { fixture: 'next16', title: 'next 16 by Turbopack, at the root', prefix: '/', isMended: true }
] as const

suite('an edit shows without a reload', { skip: noBrowser }, () => {
  for (const { fixture, title, prefix, isMended } of variants) {
    const base = prefix === '/' ? '' : prefix

    test(title, async () => {
      await using app = await developed({
        folder: join(fixtures, fixture),
        prefix,
        as: `develop${base.replace('/', '-')}`,
        outputs: ['.next'],
        api: join(fixtures, 'api')
      })
      await using chromium = await browser()
      const tab = await chromium.newPage()
      const failures: string[] = []
      const sockets: string[] = []
      tab.on('pageerror', ({ message }) => { failures.push(message) })
      tab.on('request', (request) => { if (!/^(data:|blob:)/.test(request.url()) && !request.url().startsWith(`${app.url}/`)) failures.push(`elsewhere: ${request.url()}`) })
      tab.on('websocket', (socket) => { sockets.push(socket.url()) })

      await tab.goto(`${app.url}${base || '/'}`)
      // Clicked before React has taken the page over, it would not count.
      await tab.waitForFunction('Object.keys(document.querySelector("#counter") ?? {}).some((key) => key.startsWith("__react"))')
      await tab.evaluate('window.marker = "as it was loaded"')
      await tab.click('#counter')
      await shows(tab, '#counter', 'clicked 1 times')

      await app.edit('app/counter.js', ['clicked {count}', 'pressed {count}'])
      await shows(tab, '#counter', 'pressed 1 times')
      await app.edit('app/page.js', ['Hello from Next', 'Hello, edited'])
      await shows(tab, 'h1', 'Hello, edited')
      await shows(tab, '#counter', 'pressed 1 times')
      assert.deepEqual(failures, [])

      if (isMended) {
        await app.edit('app/counter.js', ['return <button', 'return <<button'])
        await tab.waitForFunction(`${overlay}.includes("counter.js")`)
        await app.edit('app/counter.js', ['return <<button', 'return <button'])
        await tab.waitForFunction(`!${overlay}.includes("counter.js")`)
        await app.edit('app/counter.js', ['pressed {count}', 'mended {count}'])
        await tab.waitForFunction('document.querySelector("#counter")?.textContent.startsWith("mended ")')
      }

      assert.equal(await tab.evaluate('window.marker'), 'as it was loaded')
      const hmr = `${app.url.replace('http', 'ws')}${base}/_next/`
      assert.ok(sockets.length > 0)
      assert.deepEqual(sockets.filter((socket) => !socket.startsWith(hmr)), [], `all are below ${hmr}`)
      assert.deepEqual(app.child.lines.filter((line) => /^ {2}web .*(changed: starts again|ended|does not start)/.test(line)), [])
    })
  }
})

/** What Next's overlay says; "" while it says nothing. */
const overlay = '(document.querySelector("nextjs-portal")?.shadowRoot?.querySelector("[data-nextjs-dialog]")?.textContent ?? "")'

async function shows (tab: Page, selector: string, text: string): Promise<void> {
  await tab.waitForFunction(`document.querySelector(${JSON.stringify(selector)})?.textContent === ${JSON.stringify(text)}`)
}
