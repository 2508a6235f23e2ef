// Single-page applications as `vite build` left them: React, Vue and Svelte, by HTTP and in a browser, at a host's root and below a prefix.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { browser, noBrowser } from '../support/browser.ts'
import { built, copyOf } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { fixture: 'react', framework: 'React', title: 'React', prefix: '/', env: {} },
  { fixture: 'react', framework: 'React', title: 'React below a prefix that its config knows nothing of', prefix: '/desk', env: {} },
  { fixture: 'react', framework: 'React', title: 'React with a base of its own', prefix: '/own', env: { FIXTURE_BASE: '/own/' } },
  { fixture: 'react', framework: 'React', title: 'React with a base of its own, whose route is above it', prefix: '/', base: '/own', env: { FIXTURE_BASE: '/own/' } },
  { fixture: 'react', framework: 'React', title: 'React with links that are relative to its page', prefix: '/desk', env: { FIXTURE_BASE: './' }, isFlat: true },
  { fixture: 'vue', framework: 'Vue', title: 'Vue', prefix: '/', env: {} },
  { fixture: 'vue', framework: 'Vue', title: 'Vue below a prefix', prefix: '/desk', env: {} },
  { fixture: 'svelte', framework: 'Svelte', title: 'Svelte', prefix: '/', env: {} },
  { fixture: 'svelte', framework: 'Svelte', title: 'Svelte below a prefix', prefix: '/desk', env: {} }
] as const

const asPage = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const forever = 'public, max-age=31536000, immutable'
const fresh = 'public, max-age=0'

for (const { fixture, framework, title, prefix, env, ...rest } of variants) {
  const base = 'base' in rest ? rest.base : prefix === '/' ? '' : prefix
  const isFlat = 'isFlat' in rest

  suite(title, () => {
    let app: RunningApp
    let page: string
    let assets: string[]

    before(async () => {
      const folder = await built(join(fixtures, fixture), {
        runtime: 'vite',
        env,
        ...(!('FIXTURE_BASE' in env) && { basePath: base }),
        as: 'FIXTURE_BASE' in env ? `own${env.FIXTURE_BASE.replaceAll(/\W/g, '')}` : base.slice(1) || 'root'
      })
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix }, api: { prefix: '/api' } } })
      page = await text(await app.get(`${base}/`))
      assets = Array.from(page.matchAll(/(?:src|href)="([^"]*assets\/[^"]+)"/g), ([, path = '']) => path)
    })
    after(() => app?.supervisor.close())

    test('it is found to be vite', () => {
      const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'web')
      assert.ok(ready?.type === 'workerReady')
      assert.deepEqual([ready.runtime, ready.runtimeReason], ['vite', 'package.json depends on vite, and there is index.html'])
    })

    test('the page is asked for anew each time, what it names is kept for ever', async () => {
      const answer = await app.get(`${base}/`)
      assert.deepEqual([answer.headers.get('cache-control'), answer.headers.get('content-type')], [fresh, 'text/html; charset=utf-8'])
      await answer.arrayBuffer()
      assert.equal(assets.length, 2, page)
      for (const asset of assets) {
        if (!isFlat) assert.ok(asset.startsWith(`${base}/assets/`), asset)
        const response = await app.get(pathOf(asset))
        assert.deepEqual([response.status, response.headers.get('cache-control')], [200, forever], asset)
        await response.arrayBuffer()
      }
    })

    test('a deep link is answered with the page, a missing file is not', async () => {
      for (const path of ['/items/7', '/items/jane.doe?tab=1', '/items/']) {
        const response = await app.get(base + path, { headers: asPage })
        assert.deepEqual([response.status, response.headers.get('cache-control')], [200, fresh], path)
        assert.equal(await response.text(), page)
      }
      for (const path of ['/assets/index-DwViZR3h0.js', '/gone.css', '/assets/gone.svg']) {
        const response = await app.get(base + path, { headers: asPage })
        await response.arrayBuffer()
        assert.equal(response.status, 404, path)
      }
      const data = await app.get(`${base}/items/7.json`, { headers: { accept: 'application/json' } })
      await data.arrayBuffer()
      assert.equal(data.status, 404)
    })

    test('files of public keep their names, and are asked for anew', async () => {
      const response = await app.get(`${base}/robots.txt`)
      assert.deepEqual([await response.text(), response.headers.get('cache-control')], ['User-agent: *\n', fresh])
    })

    test('HEAD has the head of GET; what the client has is not sent again; a part is sent by itself', async () => {
      const path = pathOf(assets.find((asset) => asset.endsWith('.js')) ?? '')
      const plain = { 'accept-encoding': 'identity' }
      const whole = await app.get(path, { headers: plain })
      const body = Buffer.from(await whole.arrayBuffer())
      const head = await app.get(path, { method: 'HEAD', headers: plain })
      assert.equal((await head.arrayBuffer()).byteLength, 0)
      for (const field of ['content-type', 'content-length', 'etag', 'cache-control', 'last-modified', 'accept-ranges']) assert.equal(head.headers.get(field), whole.headers.get(field), field)
      assert.equal(head.headers.get('content-length'), String(body.length))

      for (const conditions of [{ 'if-none-match': whole.headers.get('etag') ?? '' }, { 'if-modified-since': whole.headers.get('last-modified') ?? '' }]) {
        const again = await app.get(path, { headers: { ...plain, ...conditions }, cache: 'no-store' })
        assert.deepEqual([again.status, (await again.arrayBuffer()).byteLength, again.headers.get('etag')], [304, 0, whole.headers.get('etag')])
      }

      const part = await app.get(path, { headers: { ...plain, range: 'bytes=10-19' } })
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 10-19/${body.length}`])
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), body.subarray(10, 20))
      const beyond = await app.get(path, { headers: { ...plain, range: `bytes=${body.length}-` } })
      await beyond.arrayBuffer()
      assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${body.length}`])
    })

    if (isFlat) {
      test('from the prefix itself its links would lead beside it', async () => {
        const response = await app.get(`${base}?tab=1`, { headers: asPage })
        await response.arrayBuffer()
        assert.deepEqual([response.status, response.headers.get('location')], [301, './desk/?tab=1'])
      })
    }

    if (fixture === 'react') {
      test('what the build compressed is sent to those that take it', async () => {
        const path = pathOf(assets.find((asset) => asset.endsWith('.js')) ?? '')
        const sizes: number[] = []
        const tags: Array<string | null> = []
        let script = ''
        for (const [accepts, coding] of [['identity', null], ['gzip', 'gzip'], ['gzip, deflate, br', 'br'], ['br;q=0, gzip', 'gzip']] as const) {
          const response = await app.get(path, { headers: { 'accept-encoding': accepts } })
          assert.deepEqual([response.status, response.headers.get('content-encoding'), response.headers.get('cache-control')], [200, coding, forever], accepts)
          assert.match(response.headers.get('vary') ?? '', /accept-encoding/i)
          sizes.push(Number(response.headers.get('content-length')))
          tags.push(response.headers.get('etag'))
          const body = await response.text()
          script ||= body
          assert.equal(body, script, accepts)
        }
        const [plain = 0, gzip = 0, brotli = 0] = sizes
        assert.ok(brotli < gzip && gzip < plain, String(sizes))
        assert.equal(new Set(tags.slice(0, 3)).size, 3, String(tags))
        const again = await app.get(path, { headers: { 'accept-encoding': 'br', 'if-none-match': tags[2] ?? '' }, cache: 'no-store' })
        assert.deepEqual([again.status, again.headers.get('content-encoding') ?? 'br'], [304, 'br'])
      })
    }

    test('in a browser it runs, also from a deep link, and calls another service on its own origin', { skip: noBrowser }, async () => {
      await using chromium = await browser()
      // What is relative to a page is found from pages of its folder alone.
      for (const path of isFlat ? ['/', '/settings'] : ['/', '/items/7']) {
        const tab = await chromium.newPage()
        const failures: string[] = []
        const elsewhere: string[] = []
        tab.on('pageerror', ({ message }) => { failures.push(message) })
        tab.on('response', (response) => { if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) failures.push(`${response.status()} ${response.url()}`) })
        tab.on('request', (request) => { if (!request.url().startsWith(app.url) && !request.url().startsWith('data:')) elsewhere.push(request.url()) })
        const answer = await tab.goto(app.url + base + path)
        assert.equal(answer?.status(), 200)
        await tab.waitForFunction('document.querySelector("#api")?.textContent === "api" && document.querySelector("#late").textContent === "came late"')
        assert.equal(await tab.locator('h1').textContent(), `Desk in ${framework}`)
        assert.equal(await tab.evaluate('getComputedStyle(document.querySelector("h1")).color'), 'rgb(0, 100, 0)')
        assert.equal(await tab.evaluate('document.querySelector("#logo").naturalWidth'), 64)
        assert.equal(await tab.locator('#path').textContent(), base + path)
        await tab.click('#count')
        await tab.waitForFunction('document.querySelector("#count").textContent === "count 1"')
        if (!isFlat) {
          await tab.click('#item')
          await tab.waitForFunction(`document.querySelector("#path").textContent === "${base}/items/7"`)
          await tab.reload()
          await tab.waitForFunction(`document.querySelector("#path")?.textContent === "${base}/items/7"`)
        }
        assert.deepEqual([failures, elsewhere], [[], []])
        await tab.close()
      }
    })

    function pathOf (asset: string): string {
      return new URL(asset, `${app.url}${base}/`).pathname
    }
  })
}

test('one that was not built says so', async () => {
  const folder = await copyOf(join(fixtures, 'vue'), 'unbuilt', ['dist'])
  await assert.rejects(startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/' } } }), /the Vite application is not built \(there is no dist\).*wattapp build/)
})

test('one that was built for another place is not served', async () => {
  const folder = await built(join(fixtures, 'vue'), { runtime: 'vite', basePath: '/desk', as: 'desk' })
  await assert.rejects(startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/other' } } }), /built for "\/desk\/", but browsers find it below "\/other"/)
})

async function text (response: Response): Promise<string> {
  const body = await response.text()
  assert.equal(response.status, 200, body.slice(0, 300))
  return body
}
