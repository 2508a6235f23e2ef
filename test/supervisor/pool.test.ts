// One service that floods the libuv pool is named, and who needs no pool does not notice.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { PoolWatch } from '../../src/supervisor/pool.ts'
import { counted, flooding, freePool, waited, type PoolLife } from '../../src/supervisor/pool-state.ts'
import { manualClock } from '../base/manual-clock.ts'
import { app, load, route, service, start } from './support.ts'

type Heard = { waited: number } | { counted: Array<[thread: string, jobs: number]> }
const rows: Record<string, { heard: Heard[], names: string[] }> = {
  'a pool that answers at once is nobody\'s fault': { heard: [{ waited: 5 }, { counted: [['web', 100]] }], names: [] },
  'a short wait is none either': { heard: [{ waited: 999 }, { counted: [['web', 100]] }], names: [] },
  'who has most of what comes out of a full pool is the cause': { heard: [{ waited: 1_000 }, { counted: [['api', 10], ['web', 90]] }], names: ['web'] },
  'nobody is while nobody has most of it': { heard: [{ waited: 1_000 }, { counted: [['web', 30], ['api', 30], ['db', 30]] }], names: [] },
  'nobody is before something has come out': { heard: [{ waited: 1_000 }, { counted: [['web', 0]] }], names: [] },
  'nobody is while fewer have come out than run at a time': { heard: [{ waited: 1_000 }, { counted: [['web', 7]] }], names: [] },
  'what is no count counts for nothing': { heard: [{ waited: 1_000 }, { counted: [['web', NaN], ['web', -3], ['web', Infinity], ['web', 1e300], ['api', 8]] }], names: ['api'] },
  'counts add up': { heard: [{ waited: 1_000 }, { counted: [['web', 4]] }, { waited: 3_000 }, { counted: [['web', 4], ['api', 7]] }], names: ['web'] },
  'a pool that is full is so until it answers soon': { heard: [{ waited: 1_000 }, { waited: 300 }, { counted: [['web', 8]] }], names: ['web'] },
  'a pool that is free again forgets': { heard: [{ waited: 1_000 }, { counted: [['web', 8]] }, { waited: 10 }, { waited: 1_000 }], names: [] }
}
for (const [name, { heard, names }] of Object.entries(rows)) {
  test(name, () => {
    const pool = heard.reduce<PoolLife>((pool, one) => 'waited' in one ? waited(pool, one.waited) : counted(pool, one.counted), freePool)
    assert.deepEqual(['web', 'api', 'db'].filter((thread) => flooding(pool, thread) !== undefined), names)
  })
}

/** A watch whose own question waits, since time goes on without the event loop; what it logs. */
function floodedWatch (asked: number[]): { watch: PoolWatch, pass: (ms: number) => void, told: string[] } {
  const told: string[] = []
  const clock = manualClock()
  const watch = new PoolWatch({ clock, log: (_level, message) => told.push(message), count: () => asked })
  clock.pass(2_000)
  return { watch, pass: clock.pass, told }
}

test('who answers first is not blamed for what the others have not said yet', () => {
  const { watch, told } = floodedWatch([1, 2])
  watch.ended(1, 'files', 20)
  assert.equal(watch.flooding('files'), undefined)
  watch.ended(2, 'hashing', 200)
  assert.equal(watch.flooding('files'), undefined)
  assert.match(watch.flooding('hashing') ?? '', /200 of the last 220 jobs/)
  assert.deepEqual(told.map((message) => message.split(' floods')[0]), ['service "hashing"'])
  watch.close()
})

test('who never answers does not keep the others from being named', () => {
  const { watch, pass, told } = floodedWatch([1, 2])
  watch.ended(2, 'hashing', 200)
  assert.equal(told.length, 0)
  pass(4_250)
  assert.match(watch.flooding('hashing') ?? '', /200 of the last 200 jobs/)
  assert.equal(told.length, 1)
  watch.close()
})

test('a thread answers once, and only when asked', () => {
  const { watch, told } = floodedWatch([1, 2])
  watch.ended(3, 'stranger', 1_000)
  watch.ended(1, 'web', 10)
  watch.ended(1, 'web', 1_000)
  watch.ended(2, 'api', 30)
  assert.equal(watch.flooding('web'), undefined)
  assert.match(watch.flooding('api') ?? '', /30 of the last 40 jobs/)
  assert.equal(told.length, 1)
  watch.close()
})

function poolPriorities (): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/task').filter((thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'libuv-worker').map((thread) => getPriority(Number(thread)))
}

test('a service that floods the pool is named in its status while it does, and requests that need no pool go on', async () => {
  const hashing = service('hashing', { path: 'pool.mjs', routes: [route('/hashing', { rewrite: '/' })] })
  await using shop = await start(app([hashing, service('web', { routes: [route('/')] }), service('files', { path: 'pool.mjs', routes: [route('/files', { rewrite: '/' })] })]))
  await shop.supervisor.started
  const told = (): Array<Record<string, unknown>> => shop.records.filter(({ msg }) => msg.includes('floods the pool'))
  const messages = (): string[] => shop.supervisor.status().services.map(({ message }) => message)
  await shop.get('/hashing/flood')
  await using requests = load(`${shop.supervisor.url}/`, 1)
  const file = shop.get('/files/file')
  await shop.until(() => told().length > 0)
  assert.deepEqual(told().map(({ service }) => service), ['hashing'])
  const [first, ...others] = messages()
  assert.match(first ?? '', /floods the pool .* jobs were its own, and others wait \d+\.\d s/)
  assert.deepEqual(others, ['', ''])
  assert.deepEqual(new Set(poolPriorities()), new Set(process.platform === 'linux' ? [10] : []))
  await requests.answered(10)

  await shop.get('/hashing/stop')
  assert.equal((await file).status, 200)
  while (messages()[0] !== '') await requests.answered(5)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
})
