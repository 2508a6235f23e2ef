// examples/frameworks as the README starts it: nine services of nine frameworks behind one port, in a browser, as a visitor of the festival uses them.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { running, type Running } from '../../../test/cli/support.ts'
import { toolEnvironment } from '../support/command.ts'
import { browser, noBrowser, type Browser, type Page } from '../support/browser.ts'

const program = join(import.meta.dirname, '../../../tools/start-frameworks.ts')
/** Where the pages are pictured, for whoever wants to look at them. */
const pictures = process.env.WATTAPP_PICTURES

const runtimes = {
  home: 'node', programme: 'react-router', tickets: 'next', journal: 'astro', desk: 'vite', films: 'fastify', orders: 'nest', chat: 'express', ratings: 'fetch'
}

suite('the festival', () => {
  let app: Running
  let url: string
  let admin: string

  before(async () => {
    app = running(['--admin-port', '0'], { program, env: { ...toolEnvironment({ PORT: '0' }) as Record<string, string> } })
    const [, on = ''] = await app.line(/ is on (http:\S+)/)
    url = on
    const [, metrics = ''] = await app.line(/metrics and status on (http:\S+)/)
    admin = metrics
    await app.line(/is ready; Ctrl\+C stops it/)
  })
  after(async () => {
    app?.kill('SIGTERM')
    assert.deepEqual(await app?.ended, { code: 0, signal: null })
  })

  test('every service is run by its framework, in a thread', async () => {
    const status = await (await fetch(`${admin}/api/v1/status`)).json() as { services: Array<{ name: string, isolation: string, runtime: string, ready: number }> }
    assert.deepEqual(Object.fromEntries(status.services.map(({ name, runtime }) => [name, runtime])), runtimes)
    assert.deepEqual(status.services.filter(({ isolation, ready }) => isolation !== 'thread' || ready !== 1), [])
  })

  for (const [path, text] of [
    ['/', /Three evenings, six films, one sky/], ['/programme/', /Six films that are better under a sky/], ['/programme/films/night-ferry', /I did not breathe until the quay/],
    ['/tickets', /Every seat is a good seat/], ['/journal', /Notes from behind the projector/], ['/desk/', /<div id="root">/], ['/desk/screenings/anything', /<div id="root">/],
    ['/api/films', /"director"/], ['/api/screenings', /"left"/], ['/api/orders', /^\[/], ['/api/chat/messages', /Upper meadow/], ['/api/ratings/night-ferry', /"average"/]
  ] as const) {
    test(`GET ${path}`, async () => {
      const response = await fetch(url + path)
      assert.equal(response.status, 200)
      assert.match(await response.text(), text)
    })
  }

  for (const [path, status] of [['/nothing', 404], ['/programme/films/none', 404], ['/tickets/none', 404], ['/journal/none', 404], ['/desk/assets/none.js', 404], ['/api/films/none', 404], ['/reservations/1', 404]] as const) {
    test(`GET ${path} is ${status}`, async () => assert.equal((await fetch(url + path)).status, status))
  }

  suite('in a browser', { skip: noBrowser }, () => {
    let chromium: Browser
    before(async () => { chromium = await browser() })
    after(() => chromium?.close())

    test('the front page: what the mesh brought', async () => {
      await using visit = await visitor('/')
      assert.equal(await visit.page.locator('.posters img').count(), 6)
      await visit.picture('home')
    })

    test('React Router: hydrated, goes from page to page without a load, streams what people say, and takes a rating', async () => {
      await using visit = await visitor('/programme/')
      const { page } = visit
      await page.evaluate('window.same = true')
      await page.click('nav.tags a:has-text("Thriller"), nav.tags a >> nth=1')
      await page.waitForFunction('location.search.startsWith("?genre=")')
      await page.click('nav.tags a >> nth=0')
      await page.click('a[href$="/films/night-ferry"]')
      await page.locator('#average').waitFor()
      assert.equal(await page.evaluate('window.same'), true)
      assert.equal(await page.evaluate('location.pathname'), '/programme/films/night-ferry')
      await page.fill('#text', 'The gulls know.')
      await page.fill('#from', 'Ida')
      await page.click('form button')
      await page.locator('.note:has-text("The gulls know.")').waitFor()
      assert.equal(await page.evaluate('window.same'), true)
      await visit.picture('programme')
    })

    test('Next: a server action buys, with Nest and Fastify behind it; the box office, Vite, sees the seats go by a GraphQL subscription', async () => {
      const [first] = await (await fetch(`${url}/api/screenings`)).json() as Array<{ id: string, left: number }>
      assert.ok(first !== undefined)
      await using office = await visitor('/desk/')
      await office.page.locator('#live.good').waitFor()
      await office.page.evaluate('window.same = true')

      await using visit = await visitor('/tickets')
      const { page } = visit
      await page.locator('#last').waitFor()
      await page.evaluate('window.same = true')
      await page.click(`a[href="/tickets/${first.id}"]`)
      await page.waitForFunction(`document.querySelector('#left')?.textContent === '${first.left}'`)
      await page.click('[aria-label="One seat more"]')
      await page.fill('#name', 'Ada')
      await visit.picture('tickets')
      await page.click('form > button:last-of-type')
      await page.waitForURL(/\/tickets\/order\/\w+/)
      await page.locator('#order').waitFor()
      assert.match(await page.locator('.done').textContent() ?? '', /3 seats/)
      assert.equal(await page.evaluate('window.same'), true, 'no page was loaded on the way')

      await office.page.waitForFunction(`document.querySelector('[data-left="${first.id}"]').textContent.startsWith('${first.left - 3} of')`)
      assert.equal(await office.page.evaluate('window.same'), true)
      await office.picture('desk')
      const orders = await (await fetch(`${url}/api/orders`)).json() as Array<{ name: string, count: number }>
      assert.deepEqual(orders.filter(({ name, count }) => name === 'Ada' && count === 3).length, 1)
    })

    test('Next: posters come from another service through the image optimiser', async () => {
      await using visit = await visitor('/tickets')
      await visit.page.waitForFunction('[...document.images].some(({ complete, naturalWidth, currentSrc }) => complete && naturalWidth > 0 && currentSrc.includes("/tickets/_next/image"))')
    })

    test('Astro: pages are swapped without a load, and an island comes to life', async () => {
      await using visit = await visitor('/journal')
      const { page } = visit
      await page.evaluate('window.same = true')
      await page.click('.entries a >> nth=0')
      await page.locator('[aria-label="1 of 5"]').waitFor()
      assert.equal(await page.evaluate('window.same'), true)
      await page.waitForFunction('document.querySelector("astro-island:not([ssr])") !== null')
      await page.click('[aria-label="5 of 5"]')
      await page.locator('[aria-label="5 of 5"][aria-pressed="true"]').waitFor()
      await visit.picture('journal')
    })

    test('Vite: a deep link, and the chat by Socket.IO between two windows, over a WebSocket', async () => {
      const [first] = await (await fetch(`${url}/api/screenings`)).json() as Array<{ id: string, title: string }>
      await using one = await visitor(`/desk/screenings/${first?.id ?? ''}`)
      await one.page.locator(`h2:has-text("${first?.title ?? ''}")`).waitFor()
      await using other = await visitor('/desk/')
      for (const { page } of [one, other]) await page.locator('[data-transport="websocket"]').waitFor()
      await one.page.fill('[aria-label="Message"]', 'More blankets, and #night-ferry')
      await one.page.click('.chat button')
      await other.page.locator('.chat li:has-text("More blankets") a[href="/programme/films/night-ferry"]').waitFor()
      await one.picture('desk-screening')
    })

    /** A window, whose console must stay free of errors. */
    async function visitor (path: string): Promise<AsyncDisposable & { page: Page, picture: (name: string) => Promise<void> }> {
      const page = await chromium.newPage()
      const errors: string[] = []
      page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
      page.on('pageerror', ({ message }) => { errors.push(message) })
      await page.goto(url + path, { waitUntil: 'load' })
      return {
        page,
        async picture (name) {
          if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
        },
        async [Symbol.asyncDispose] () {
          await page.close()
          assert.deepEqual(errors, [], path)
        }
      }
    }
  })
})
