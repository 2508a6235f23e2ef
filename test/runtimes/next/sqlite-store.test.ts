// The cache of one pod: what one worker keeps, or revalidates, all of them know at once.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { SqliteStore } from '../../../src/runtimes/next/cache/sqlite-store.ts'
import { shareTags } from '../../../src/runtimes/next/cache/shared-tags.ts'

function stores (context: TestContext, limits: { limitBytes?: number, memoryBytes?: number } = {}): { first: SqliteStore, second: SqliteStore, clock: { ms: number }, file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-store-'))
  const clock = { ms: 1000 }
  const file = join(folder, 'deep/cache.sqlite')
  const options = { file, limitBytes: 2 ** 20, memoryBytes: 2 ** 16, nowMs: () => clock.ms, ...limits }
  const first = new SqliteStore(options)
  const second = new SqliteStore(options)
  context.after(() => {
    first.close()
    second.close()
    rmSync(folder, { recursive: true })
  })
  return { first, second, clock, file }
}

const stored = (value: unknown, beganMs = 1): { beganMs: number, keptMs: number, value: unknown } => ({ beganMs, keptMs: 2, value })

test('what one has kept, the other reads, whatever it is made of', async (context) => {
  const { first, second } = stores(context)
  const page = stored({ html: '<p>é</p>', rscData: Buffer.from([0, 255]), segmentData: new Map([['/a', Buffer.from('b')]]), status: undefined })
  await first.write('page:/', page, undefined)
  assert.deepEqual(await second.read('page:/'), page)
  assert.equal(await second.read('page:/other'), undefined)
})

test('what is read from memory is never older than what another has kept', async (context) => {
  const { first, second } = stores(context)
  await first.write('a', stored(1), undefined)
  assert.deepEqual((await second.read('a'))?.value, 1)
  await first.write('b', stored('something else'), undefined)
  assert.deepEqual((await second.read('a'))?.value, 1)
  await first.write('a', stored(2), undefined)
  assert.deepEqual([(await first.read('a'))?.value, (await second.read('a'))?.value], [2, 2])
  await second.write('a', stored(3), undefined)
  assert.deepEqual([(await first.read('a'))?.value, (await second.read('a'))?.value], [3, 3])
})

test('what is past its time is not given, not even from memory', async (context) => {
  const { first, second, clock } = stores(context)
  await first.write('a', stored(1), 500)
  assert.ok(await second.read('a'))
  clock.ms = 1501
  assert.deepEqual([await first.read('a'), await second.read('a')], [undefined, undefined])
})

test('a tag that one revalidates is revalidated for all, at once and again and again', async (context) => {
  const { first, second, clock } = stores(context)
  const told: string[] = []
  const mine = shareTags(first, () => {})
  const others = shareTags(second, (tag, state) => told.push(`${tag} ${state.expired}`))
  for (const ms of [1000, 2000, 3000]) {
    clock.ms = ms
    await mine.revalidate(['prices', 'shelves'], undefined)
    assert.ok(mine.table.isExpired(['prices'], ms, ms))
    await others.refresh()
    assert.ok(others.table.isExpired(['prices'], ms, ms))
    assert.ok(!others.table.isExpired(['prices'], ms + 1, ms))
  }
  assert.deepEqual(told, ['prices 1000', 'shelves 1000', 'prices 2000', 'shelves 2000', 'prices 3000', 'shelves 3000'])
})

test('one that starts later knows what was revalidated before', async (context) => {
  const { first, file, clock } = stores(context)
  await shareTags(first, () => {}).revalidate(['a'], { expire: 5 })
  const late = new SqliteStore({ file, limitBytes: 2 ** 20, memoryBytes: 2 ** 16, nowMs: () => clock.ms })
  try {
    const tags = shareTags(late, () => {})
    await tags.refresh()
    assert.deepEqual(tags.table.get('a'), { stale: 1000, expired: 6000 })
  } finally {
    late.close()
  }
})

test('when it is full, the oldest go', async (context) => {
  const { first, second, file } = stores(context, { limitBytes: 2 ** 19 })
  for (let index = 0; index < 200; index++) await first.write(`page:${index}`, stored('x'.repeat(10_000)), undefined)
  assert.equal(await second.read('page:0'), undefined)
  assert.ok(await second.read('page:199'))
  assert.ok(statSync(file).size < 2 ** 21, `${statSync(file).size} bytes`)
})

test('the file is for this user alone', (context) => {
  const { file } = stores(context)
  assert.equal(statSync(file).mode & 0o077, 0)
})
