// `wattapp dev` with Vite: its server in the service's thread, and what is edited shows in the page at once, without a reload.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { browser, noBrowser, type Page } from '../support/browser.ts'
import { developed } from '../support/develop.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const react = { fixture: 'react', framework: 'React', component: 'src/App.jsx', broken: ['return (', 'return (('], keepsState: true, isLogged: true } as const
const vue = { fixture: 'vue', framework: 'Vue', component: 'src/App.vue', broken: ['</main>', '</mai>'], keepsState: true, isLogged: true } as const
const variants = [
  { ...react, title: 'React', prefix: '/', env: {} },
  { ...react, title: 'React below a prefix', prefix: '/desk', env: {} },
  { ...react, title: 'React with a base of its own below its route', prefix: '/own', base: '/own/desk', env: { FIXTURE_BASE: '/own/desk/' } },
  { ...react, title: 'React with links that are relative to its page', prefix: '/desk', env: { FIXTURE_BASE: './' } },
  { ...vue, title: 'Vue', prefix: '/', env: {} },
  { ...vue, title: 'Vue below a prefix', prefix: '/desk', env: {} },
  // Svelte makes a component that was edited anew, and its plugin tells of errors in the browser alone.
  { fixture: 'svelte', framework: 'Svelte', component: 'src/App.svelte', broken: ['</main>', '</mai>'], keepsState: false, isLogged: false, title: 'Svelte below a prefix', prefix: '/desk', env: {} }
] as const

suite('an edit shows without a reload', { skip: noBrowser }, () => {
  for (const { fixture, framework, component, broken: [sound, broken], keepsState, isLogged, title, prefix, env, ...rest } of variants) {
    const base = 'base' in rest ? rest.base : prefix === '/' ? '' : prefix

    test(title, async () => {
      await using app = await developed({
        folder: join(fixtures, fixture),
        prefix,
        as: `develop-${title.toLowerCase().replaceAll(/\W+/g, '-')}`,
        outputs: ['dist'],
        env,
        api: join(fixtures, 'api')
      })
      await using chromium = await browser()
      const tab = await chromium.newPage()
      const failures: string[] = []
      const sockets: string[] = []
      tab.on('pageerror', ({ message }) => { failures.push(message) })
      tab.on('response', (response) => { if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) failures.push(`${response.status()} ${response.url()}`) })
      tab.on('request', (request) => { if (!/^(data:|blob:)/.test(request.url()) && !request.url().startsWith(`${app.url}/`)) failures.push(`elsewhere: ${request.url()}`) })
      tab.on('websocket', (socket) => { sockets.push(socket.url()) })
      const connected = new Promise<void>((resolve) => { tab.on('console', (message) => { if (message.text() === '[vite] connected.') resolve() }) })

      await tab.goto(`${app.url}${base}/items/7`)
      await connected
      await tab.waitForFunction('document.querySelector("#api")?.textContent === "api" && document.querySelector("#late").textContent === "came late"')
      const ws = `${app.url.replace('http', 'ws')}${base}/`
      assert.deepEqual(sockets.filter((socket) => !socket.startsWith(ws)), [], `all are below ${ws}`)
      assert.equal(await tab.evaluate('document.querySelector("#logo").naturalWidth'), 64)
      await tab.evaluate('window.marker = "as it was loaded"')
      await tab.click('#count')
      await shows(tab, '#count', 'count 1')

      await app.edit(component, [`Desk in ${framework}`, 'Desk, edited'])
      await shows(tab, 'h1', 'Desk, edited')
      await shows(tab, '#count', keepsState ? 'count 1' : 'count 0')

      await app.edit('src/style.css', ['rgb(0, 100, 0)', 'rgb(0, 0, 200)'])
      await tab.waitForFunction('getComputedStyle(document.querySelector("h1")).color === "rgb(0, 0, 200)"')

      assert.deepEqual(failures, [])
      await app.edit(component, [sound, broken])
      await tab.waitForFunction('document.querySelector("vite-error-overlay") !== null')
      assert.match(await tab.evaluate('document.querySelector("vite-error-overlay").shadowRoot.textContent'), new RegExp(component.replace('.', '\\.')))
      if (isLogged) await app.child.line(/Internal server error: /)
      await app.edit(component, [broken, sound], ['Desk, edited', 'Desk, mended'])
      await shows(tab, 'h1', 'Desk, mended')
      await tab.waitForFunction('document.querySelector("vite-error-overlay") === null')

      assert.equal(await tab.evaluate('window.marker'), 'as it was loaded')
      // It was Vite that did it, in the thread that was there from the beginning.
      assert.deepEqual(app.child.lines.filter((line) => /^ {2}web .*(changed: starts again|ended|does not start)/.test(line)), [])
    })
  }
})

async function shows (tab: Page, selector: string, text: string): Promise<void> {
  await tab.waitForFunction(`document.querySelector(${JSON.stringify(selector)})?.textContent === ${JSON.stringify(text)}`)
}
