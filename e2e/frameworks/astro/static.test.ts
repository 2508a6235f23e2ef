// An Astro app that is files alone: at the root, below a base of its own, and below a prefix that only its build was told.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { startApp, type RunningApp } from '../support/app.ts'
import { built } from '../support/build.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const variants = [
  { title: 'at the root', prefix: '/', env: {} },
  { title: 'with a base of its own', prefix: '/docs', env: { FIXTURE_BASE: '/docs/' } },
  { title: 'below a prefix that its config knows nothing of', prefix: '/shop', env: {} }
] as const

for (const { title, prefix, env } of variants) {
  const base = prefix === '/' ? '' : prefix
  const isOwn = 'FIXTURE_BASE' in env

  suite(`astro 7, static, ${title}`, () => {
    let app: RunningApp

    before(async () => {
      const folder = await built(join(fixtures, 'astro7-static'), { runtime: 'astro', env, ...(isOwn ? { as: 'own' } : { basePath: base }) })
      // As an integration that compresses leaves it.
      writeFileSync(join(folder, 'dist/robots.txt.br'), brotliCompressSync('User-agent: *\n'))
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix } } })
    })
    after(() => app?.supervisor.close())

    test('pages, and every script, style, image and module that they name', async () => {
      const page = await text(`${base}/`)
      assert.match(page, /<h1>Hello from Astro<\/h1>/)
      const assets = [...new Set(Array.from(page.matchAll(/(?:src|href|component-url|renderer-url)="([^"]*\/_astro\/[^"]+)"/g), ([, path = '']) => path))]
      assert.ok(assets.length >= 4, page)
      for (const asset of assets) {
        assert.ok(asset.startsWith(`${base}/_astro/`), asset)
        const response = await app.get(asset)
        assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], asset)
        await response.arrayBuffer()
      }
      for (const path of ['/about', '/about/']) assert.match(await text(`${base}${path}`), /<h1>About<\/h1>/)
      assert.match(await text(`${base}/docs/guide`), /A guide in Markdown<\/h1>/)
    })

    test('what an endpoint gave the build, and files of public', async () => {
      const response = await app.get(`${base}/data.json`)
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
      assert.deepEqual(await response.json(), { made: 'by the build' })
      assert.equal(await text(`${base}/robots.txt`), 'User-agent: *\n')
    })

    test('a redirect of the config leads to a page of the app', async () => {
      const to = /content="0;url=([^"]+)"/.exec(await text(`${base}/old`))?.[1]
      assert.equal(to, isOwn ? '/about' : `${base}/about`)
    })

    test('what is not there is the app\'s own page for that', async () => {
      const response = await app.get(`${base}/nowhere`, { headers: { accept: 'text/html' } })
      assert.match(await response.text(), /<h1>Nothing here, says the app/)
      assert.equal(response.status, 404)
    })

    test('what the build has compressed is sent compressed', async () => {
      const response = await app.get(`${base}/robots.txt`, { headers: { 'accept-encoding': 'br' } })
      assert.deepEqual([response.headers.get('content-encoding'), await response.text()], ['br', 'User-agent: *\n'])
    })

    async function text (path: string): Promise<string> {
      const response = await app.get(path)
      const body = await response.text()
      assert.equal(response.status, 200, `${path}: ${response.status} ${body.slice(0, 300)}`)
      return body
    }
  })
}

test('what was built for the root is not served below a prefix', async () => {
  const folder = await built(join(fixtures, 'astro7-static'), { runtime: 'astro' })
  await assert.rejects(startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/shop', restart: { initialMs: 1, maxMs: 1, limit: 1, windowMs: 60_000 } } } }),
    /the Astro application was built for "\/", but browsers find it below "\/shop" \(build it with `wattapp build`/)
})
