// Two pods of one Next service share what they have made by Redis: under load, and while Redis dies and comes back, neither gives again
// what either of them has revalidated.
import assert from 'node:assert/strict'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startApp, type RunningApp } from '../support/app.ts'
import { built } from '../support/build.ts'
import { runCommand } from '../support/command.ts'
import { noRedis, RedisServer } from '../support/redis.ts'
import { until } from '../../support/wait.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
/** Each with another client of Redis in its package.json. */
const apps = [
  { title: 'next 16 by iovalkey: pages and unstable_cache', fixture: 'next16', paths: ['/prices/dynamic', '/tagged'], revalidate: '/api/revalidate' },
  { title: 'next 15 by ioredis: pages and unstable_cache', fixture: 'next15', paths: ['/prices/dynamic', '/tagged'], revalidate: '/api/revalidate' },
  { title: 'next 16 by redis: \'use cache\'', fixture: 'next16-cached', paths: ['/product'], revalidate: '/api/update' }
] as const

for (const { title, fixture, paths, revalidate } of apps) {
  suite(title, { skip: noRedis }, () => {
    let redis: RedisServer
    let pods: [RunningApp, RunningApp]
    let load: Load

    before(async () => {
      const folder = await built(join(fixtures, fixture), { runtime: 'next' })
      const folders = [folder, await otherPod(folder)]
      redis = await RedisServer.start()
      pods = await Promise.all(folders.map((path) => startApp({
        root: fixtures,
        services: { web: { path: relative(fixtures, path), prefix: '/', workers: 2, env: { NEXT_CACHE_URL: redis.url } } }
      }))) as [RunningApp, RunningApp]
      load = new Load(pods, paths)
    })
    after(async () => {
      await load?.end()
      await Promise.all(pods?.map((pod) => pod.supervisor.close()) ?? [])
      await redis?.[Symbol.asyncDispose]()
    })

    test('what one pod has made the other gives', () => settled(pods, paths))

    test('under load, what one of them revalidates no pod gives again', async () => {
      for (let round = 0; round < 10; round++) {
        await load.revalidated(async () => { assert.equal(await revalidateBy(pods[round % 2] ?? pods[0]), 200) })
        await load.turn()
      }
      assert.deepEqual(load.wrong, [])
      await settled(pods, paths)
    })

    test('while Redis is away both answer, and what is revalidated meanwhile neither gives when it is back', async () => {
      await load.turn()
      await redis.kill()
      await load.turn()
      // It may fail, and then says so; in no case is it forgotten.
      await load.revalidated(async () => { await revalidateBy(pods[0]) })
      await load.turn()
      await redis.start()
      await settled(pods, paths)
      await load.turn()
      assert.deepEqual(load.wrong, [])
    })

    test('while Redis hangs both answer, and what is revalidated meanwhile neither gives when it goes on', async () => {
      await load.turn()
      redis.hang()
      await load.turn()
      await load.revalidated(async () => { await revalidateBy(pods[1]) })
      redis.goOn()
      await settled(pods, paths)
      await load.turn()
      assert.deepEqual(load.wrong, [])
    })

    test('Redis may come back without anything', async () => {
      await load.revalidated(async () => { assert.equal(await revalidateBy(pods[1]), 200) })
      await load.turn()
      await redis.kill()
      redis.forget()
      await redis.start()
      await settled(pods, paths)
      await load.revalidated(async () => { assert.equal(await revalidateBy(pods[0]), 200) })
      await load.turn()
      assert.deepEqual(load.wrong, [])
      await settled(pods, paths)
    })

    async function revalidateBy (pod: RunningApp): Promise<number> {
      const response = await pod.get(revalidate, { method: 'POST', body: JSON.stringify({ tag: 'prices' }) })
      await response.text()
      return response.status
    }
  })
}

/** Asks all pods for all paths for as long as the tests go on, and looks at each answer. */
class Load {
  /** Answers that were no page, and prices that had been revalidated before they were asked for. */
  readonly #wrong = new Set<string>()
  readonly #pods: readonly RunningApp[]
  readonly #seen = new Set<string>()
  #revalidated: ReadonlySet<string> = new Set()
  #isOver = false
  #turns = 0
  readonly #running: Promise<unknown>

  constructor (pods: readonly RunningApp[], paths: readonly string[]) {
    this.#pods = pods
    this.#running = Promise.all(pods.flatMap((_, pod) => paths.flatMap((path) => [0, 1].map(() => this.#ask(pod, path)))))
  }

  get wrong (): string[] {
    return [...this.#wrong]
  }

  async #ask (pod: number, path: string): Promise<void> {
    while (!this.#isOver) {
      const known = this.#revalidated
      const { status, prices } = await pricesOf(this.#pods[pod] as RunningApp, path)
      if (status !== 200) this.#wrong.add(`${path} of pod ${pod} is ${status}`)
      for (const price of prices) {
        if (known.has(price)) this.#wrong.add(`${path} of pod ${pod} gives ${price} again`)
        this.#seen.add(price)
      }
      this.#turns++
    }
  }

  /** Whatever was seen before `revalidate` began is wrong for who asks after it has ended. */
  async revalidated (revalidate: () => Promise<void>): Promise<void> {
    const old = new Set(this.#seen)
    await revalidate()
    this.#revalidated = old
  }

  /** Resolves when every path of every pod has surely been asked again. */
  async turn (): Promise<void> {
    const wanted = this.#turns + 40
    await until('answers', async () => this.#turns >= wanted)
  }

  async end (): Promise<void> {
    this.#isOver = true
    await this.#running
  }
}

/** Resolves when each path gives one price, whomever it is asked. */
async function settled (pods: readonly RunningApp[], paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await until(`one price of ${path} for all`, async () => {
      const answers = await Promise.all(pods.flatMap((pod) => Array.from({ length: 6 }, () => pricesOf(pod, path))))
      const prices = new Set(answers.flatMap(({ prices }) => prices))
      return prices.size === 1 || Promise.reject(new Error([...prices].join(', ')))
    })
  }
}

async function pricesOf (pod: RunningApp, path: string): Promise<{ status: number, prices: string[] }> {
  const response = await pod.get(path)
  const body = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, prices: Array.from(body.matchAll(/>price=(\w+)/g), ([, price = '']) => price) }
}

/** The same build in another folder: pods share no disk. */
async function otherPod (folder: string): Promise<string> {
  const other = `${folder}-other`
  rmSync(other, { recursive: true, force: true })
  cpSync(folder, other, { recursive: true, filter: (from) => from !== join(folder, 'node_modules') && from !== join(folder, '.next/cache') })
  await runCommand('cp', ['-al', join(folder, 'node_modules'), join(other, 'node_modules')], { cwd: folder })
  assert.ok(existsSync(join(other, '.next/BUILD_ID')))
  return other
}
