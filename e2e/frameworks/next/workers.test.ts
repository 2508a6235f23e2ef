// Two workers of one Next service keep one cache: what one of them makes, both give; what one of them revalidates, neither gives again.
import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { built } from '../support/build.ts'
import { until } from '../../support/wait.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const apps = [
  { title: 'next 16: pages, fetches and unstable_cache', fixture: 'next16', dynamic: '/prices/dynamic', pages: ['/tagged'], revalidate: '/api/revalidate' },
  { title: 'next 15: pages, fetches and unstable_cache', fixture: 'next15', dynamic: '/prices/dynamic', pages: ['/tagged'], revalidate: '/api/revalidate' },
  { title: 'next 16: \'use cache\'', fixture: 'next16-cached', dynamic: '/product', pages: [], revalidate: '/api/update' }
] as const

for (const { title, fixture, dynamic, pages, revalidate } of apps) {
  suite(title, () => {
    let app: RunningApp

    before(async () => {
      const folder = await built(join(fixtures, fixture), { runtime: 'next' })
      app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/', workers: 2 } } })
      await app.until(() => app.events.filter(({ type }) => type === 'workerReady').length === 2)
    })
    after(() => app?.supervisor.close())

    test('what one worker has made the other one gives', async () => {
      // At first each may have made its own at the same time; then the one that was kept last is given by both.
      await pricesOfBoth(app, dynamic)
      const seen = await pricesOfBoth(app, dynamic)
      assert.equal(new Set(seen.values()).size, 1, JSON.stringify([...seen]))
    })

    test('what one worker revalidates no worker gives again, time after time', async () => {
      for (let round = 0; round < 10; round++) {
        const old = new Set([...(await pricesOfBoth(app, dynamic)).values(), ...(await Promise.all(pages.map((page) => prices(app, page)))).flat()])
        await post(app, revalidate, { tag: 'prices' })
        const answers = await Promise.all([dynamic, ...pages].flatMap((page) => Array.from({ length: 8 }, () => prices(app, page))))
        const again = answers.flat().filter((price) => old.has(price))
        assert.deepEqual(again, [], `round ${round}`)
      }
    })

    test('and then both give the same again', async () => {
      await until('one price for all', async () => new Set((await pricesOfBoth(app, dynamic)).values()).size === 1)
      for (const page of pages) {
        await until(`one ${page} for all`, async () => new Set((await Promise.all(Array.from({ length: 8 }, () => prices(app, page)))).flat()).size === 1)
      }
    })
  })
}

test('a worker that is started anew finds what was made before', async () => {
  const folder = await built(join(fixtures, 'next16'), { runtime: 'next' })
  await using app = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/' } } })
  const [before] = await prices(app, '/prices/dynamic')
  await app.supervisor.close()
  await using again = await startApp({ root: fixtures, services: { web: { path: relative(fixtures, folder), prefix: '/' } } })
  assert.deepEqual(await prices(again, '/prices/dynamic'), [before])
})

/** By worker: asked until each of the two has answered. */
async function pricesOfBoth (app: RunningApp, path: string): Promise<Map<string, string>> {
  return await until('an answer of each worker', async () => {
    const pages = await Promise.all(Array.from({ length: 6 }, () => text(app, path)))
    const byThread = new Map(pages.map((page) => [/thread=(\d+)/.exec(page)?.[1] ?? '', /price=(\w+)/.exec(page)?.[1] ?? '']))
    return byThread.size === 2 && byThread
  })
}

async function prices (app: RunningApp, path: string): Promise<string[]> {
  return Array.from((await text(app, path)).matchAll(/>price=(\w+)/g), ([, price = '']) => price)
}

async function text (app: RunningApp, path: string): Promise<string> {
  const response = await app.get(path)
  const body = await response.text()
  assert.equal(response.status, 200, `${path}: ${body.slice(0, 300)}\n${app.log()}`)
  return body.replaceAll('<!-- -->', '')
}

async function post (app: RunningApp, path: string, body: object): Promise<void> {
  const response = await app.get(path, { method: 'POST', body: JSON.stringify(body) })
  assert.deepEqual(await response.json(), { done: true })
}
