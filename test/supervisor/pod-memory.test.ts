// The pod's memory: whether the plan fits, what follows from a resize, and memory that is in nobody's figures.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AppConfig } from '../../src/api/app-config.ts'
import { memoryPlan } from '../../src/api/memory-plan.ts'
import { checkMemory } from '../../src/supervisor/memory-fit.ts'
import { shareOf } from '../../src/supervisor/memory-share.ts'
import { memoryMessage, unaccountedBytes, type PodMemory } from '../../src/supervisor/pod-memory-state.ts'
import { readLimit } from '../../src/supervisor/pod-memory.ts'
import { app, load, route, service, start } from './support.ts'

const mebi = 2 ** 20
const web = service('web', { routes: [route('/')], memoryBytes: 128 * mebi, workers: { min: 2, max: 2 } })
const api = service('api', { memoryBytes: 64 * mebi })
const planned: AppConfig = app([web, api], { memoryLimitBytes: 1024 * mebi })
// supervisor 64, gateway 64, overshoot 168, and 16 for each of three threads and one more.
const fixed = (64 + 64 + 168 + 4 * 16) * mebi

const shares: Record<string, { config?: AppConfig, limit: number | undefined, held?: number, gives: Record<string, number> | RegExp }> = {
  'as configured while nobody says what there is': { limit: undefined, gives: { web: 128, api: 64 } },
  'as configured at the planned limit': { limit: 1024, gives: { web: 128, api: 64 } },
  'as configured when no limit was planned': { config: app([web, api]), limit: 300, gives: { web: 128, api: 64 } },
  'twice what is not fixed is twice the ceiling': { limit: 1024 + 1024 - fixed / mebi, gives: { web: 256, api: 128 } },
  'half of what is not fixed is half the ceiling': { limit: fixed / mebi + (1024 - fixed / mebi) / 2, gives: { web: 64, api: 32 } },
  'in whole MiB': { limit: 1023, gives: { web: 127, api: 63 } },
  'less than a worker can live with is refused': { limit: 500, gives: /"api" would have 13 MiB a worker; the least is 16 MiB/ },
  'less than what is fixed is refused': { limit: 100, gives: /"web" would have 0 MiB a worker/ },
  'less than what a worker holds is refused': { limit: 700, held: 60 * mebi, gives: /"web" would have 65 MiB a worker, and one holds 60 MiB now/ }
}
for (const [name, { config = planned, limit, held = 0, gives }] of Object.entries(shares)) {
  test(`ceilings: ${name}`, () => {
    const share = shareOf(config, limit === undefined ? undefined : limit * mebi, () => held)
    if ('refused' in share) assert.match(share.refused, gives as RegExp)
    else assert.deepEqual(Object.fromEntries(share.ceilings), Object.fromEntries(Object.entries(gives).map(([name, mib]) => [name, mib * mebi])))
  })
}

test('whatever the limit, ceilings that are given fit in it as well as the configured ones fitted in the planned one', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 8192 }), (limit) => {
    const share = shareOf(planned, limit * mebi, () => 0)
    if ('refused' in share) return
    const services = planned.services.map((service) => ({ ...service, memoryBytes: share.ceilings.get(service.name) ?? 0 }))
    assert.ok(memoryPlan({ ...planned, services }).sumBytes <= limit * mebi)
  }))
})

const fits: Record<string, { config: AppConfig, actual?: number, refused?: RegExp }> = {
  'an app without a limit is not held to one': { config: app([web]) },
  'an app that fits is taken': { config: planned },
  'an app that does not fit is refused with its sum': { config: { ...planned, memoryLimitBytes: 512 * mebi }, refused: /512Mi .*supervisor: 64Mi; gateway: 64Mi; web: 2 × 144Mi; api: 80Mi; one more of web.*: 144Mi; overshoot.*: 168Mi; sum: 808Mi/ },
  'so is one that does not fit its container': { config: app([web, api]), actual: 512 * mebi, refused: /512Mi/ },
  'one whose container was made smaller since is taken, with smaller ceilings': { config: planned, actual: 700 * mebi },
  'unless nothing would be left': { config: planned, actual: 300 * mebi, refused: /300Mi .*"web" would have 0 MiB/ }
}
for (const [name, { config, actual, refused }] of Object.entries(fits)) {
  test(name, () => {
    if (refused === undefined) checkMemory(config, actual)
    else assert.throws(() => checkMemory(config, actual), { code: 'WATT_MEMORY_DOES_NOT_FIT', message: refused })
  })
}

const pod: PodMemory = { limitBytes: 1000 * mebi, residentBytes: 960 * mebi, heldBytes: 800 * mebi, threads: 4 }
const looks: Record<string, { memory: Partial<PodMemory>, wasNear?: boolean, says: RegExp | '' }> = {
  'a pod without a limit nears none': { memory: { limitBytes: undefined }, says: '' },
  'a pod below 95 % says nothing': { memory: { residentBytes: 949 * mebi }, says: '' },
  'a pod whose workers fill it says so': { memory: {}, says: /960Mi of its limit of 1000Mi, all of it in the figures of its workers/ },
  'a pod with memory of nobody names it': { memory: { heldBytes: 100 * mebi }, says: /732Mi of it in no worker's figures/ },
  'what was said holds until it is well below': { memory: { residentBytes: 910 * mebi }, wasNear: true, says: /910Mi/ },
  'and not longer': { memory: { residentBytes: 899 * mebi }, wasNear: true, says: '' }
}
for (const [name, { memory, wasNear = false, says }] of Object.entries(looks)) {
  test(name, () => {
    const message = memoryMessage({ ...pod, ...memory }, wasNear)
    if (says === '') assert.equal(message, '')
    else assert.match(message, says)
  })
}

test('memory is not unaccounted for because figures are a moment older', () => {
  assert.equal(unaccountedBytes({ ...pod, residentBytes: 100 * mebi }), 0)
})

test('a limit is one decimal number of bytes', () => {
  assert.deepEqual(['536870912', '536870912\n', '', '0', '512Mi', '-1', '1e9'].map(readLimit), [536870912, 536870912, undefined, undefined, undefined, undefined, undefined])
})

test('a pod that is resized rolls its workers to ceilings in proportion, and loses no request; what cannot be is said and left', async () => {
  await using shop = await start(planned)
  await shop.supervisor.started
  await using requests = load(`${shop.supervisor.url}/`, 2)
  await requests.answered(20)
  const ceilings = (): number[] => shop.supervisor.status().services.map(({ memoryBytes }) => memoryBytes / mebi)
  const workers = (): number[] => shop.supervisor.status().services.flatMap(({ workers }) => workers.map(({ id }) => id))
  const before = workers()
  await shop.supervisor.resize(2 * 1024 * mebi - fixed)
  assert.deepEqual(ceilings(), [256, 128])
  assert.ok(workers().every((id) => !before.includes(id)))
  await shop.supervisor.resize(300 * mebi)
  assert.match(shop.supervisor.status().memory?.message ?? '', /ceilings stay as they were, though the limit is 300Mi/)
  assert.deepEqual(ceilings(), [256, 128])
  await shop.supervisor.resize(1024 * mebi)
  assert.deepEqual([ceilings(), shop.supervisor.status().memory?.message], [[128, 64], ''])
  assert.deepEqual(Object.keys(await requests.stop()), ['200'])
  assert.equal(shop.supervisor.status().services[0]?.restarts, 0)
})

test('a config that no longer fits is refused, and the one before stays', async () => {
  await using shop = await start(planned)
  await shop.supervisor.started
  await assert.rejects(shop.supervisor.apply({ ...planned, services: [{ ...web, workers: { min: 2, max: 9 } }, api] }), { code: 'WATT_MEMORY_DOES_NOT_FIT' })
  assert.equal(shop.supervisor.status().configError?.code, 'WATT_MEMORY_DOES_NOT_FIT')
  assert.equal((await shop.get('/')).status, 200)
})

test('SharedArrayBuffers are in no worker\'s figures, and named as the pod nears its limit', async () => {
  await using shop = await start(app([{ ...web, path: 'fill.mjs', workers: { min: 1, max: 1 } }]))
  await shop.supervisor.started
  const { residentBytes = 0 } = shop.supervisor.status().memory ?? {}
  await shop.supervisor.resize(residentBytes + 200 * mebi)
  // 256 MiB, once.
  await shop.get('/fill?kind=shared', { method: 'POST' })
  await shop.until(() => shop.records.some(({ msg }) => msg.includes('in no worker\'s figures')))
  assert.match(shop.supervisor.status().memory?.message ?? '', /SharedArrayBuffers/)
  assert.equal(shop.supervisor.status().services[0]?.restarts, 0)
})
