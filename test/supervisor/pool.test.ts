// One service that floods the libuv pool is named, and who needs no pool does not notice.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { ended, flooding, freePool, waited, type PoolLife } from '../../src/supervisor/pool-state.ts'
import { app, load, route, service, start } from './support.ts'

type Heard = { waited: number } | { ended: [thread: string, jobs: number] }
const rows: Record<string, { heard: Heard[], names: string[] }> = {
  'a pool that answers at once is nobody\'s fault': { heard: [{ waited: 5 }, { ended: ['web', 100] }], names: [] },
  'a short wait is none either': { heard: [{ waited: 999 }, { ended: ['web', 100] }], names: [] },
  'who has most of what comes out of a full pool is the cause': { heard: [{ waited: 1_000 }, { ended: ['web', 90] }, { ended: ['api', 10] }], names: ['web'] },
  'nobody is while nobody has most of it': { heard: [{ waited: 1_000 }, { ended: ['web', 3] }, { ended: ['api', 3] }, { ended: ['db', 3] }], names: [] },
  'nobody is before something has come out': { heard: [{ waited: 1_000 }, { ended: ['web', 0] }], names: [] },
  'what is no count counts for nothing': { heard: [{ waited: 1_000 }, { ended: ['web', NaN] }, { ended: ['web', -3] }, { ended: ['web', Infinity] }, { ended: ['api', 1] }], names: ['api'] },
  'counts add up': { heard: [{ waited: 1_000 }, { ended: ['web', 2] }, { waited: 3_000 }, { ended: ['web', 2] }, { ended: ['api', 3] }], names: ['web'] },
  'a pool that is full is so until it answers soon': { heard: [{ waited: 1_000 }, { waited: 300 }, { ended: ['web', 1] }], names: ['web'] },
  'a pool that is free again forgets': { heard: [{ waited: 1_000 }, { ended: ['web', 1] }, { waited: 10 }, { waited: 1_000 }], names: [] }
}
for (const [name, { heard, names }] of Object.entries(rows)) {
  test(name, () => {
    const pool = heard.reduce<PoolLife>((pool, one) => 'waited' in one ? waited(pool, one.waited) : ended(pool, ...one.ended), freePool)
    assert.deepEqual(['web', 'api', 'db'].filter((thread) => flooding(pool, thread) !== undefined), names)
  })
}

function poolPriorities (): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/task').filter((thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'libuv-worker').map((thread) => getPriority(Number(thread)))
}

test('a service that floods the pool is named in its status while it does, and requests that need no pool go on', async () => {
  const hashing = service('hashing', { path: 'pool.mjs', routes: [route('/hashing', { rewrite: '/' })] })
  await using shop = await start(app([hashing, service('web', { routes: [route('/')] }), service('files', { path: 'pool.mjs', routes: [route('/files', { rewrite: '/' })] })]))
  await shop.supervisor.started
  const messages = (): string[] => shop.supervisor.status().services.map(({ message }) => message)
  await shop.get('/hashing/flood')
  await using requests = load(`${shop.supervisor.url}/`, 1)
  const file = shop.get('/files/file')
  await shop.until(() => shop.records.some(({ msg }) => msg.includes('floods the pool')))
  const [first, ...others] = messages()
  assert.match(first ?? '', /floods the pool .* jobs were its own, and others wait \d+\.\d s/)
  assert.deepEqual(others, ['', ''])
  assert.deepEqual(new Set(poolPriorities()), new Set(process.platform === 'linux' ? [5] : []))
  await requests.answered(10)

  await shop.get('/hashing/stop')
  assert.equal((await file).status, 200)
  while (messages()[0] !== '') await requests.answered(5)
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
})
