// At most one leads, and who leads knows when it may no longer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { createKube } from '../../src/operator/client/kube.ts'
import { stand, type Candidate, type LeaseOptions } from '../../src/operator/client/lease.ts'
import { defaultTiming, mayTake, released, sight, taken, type LeaseSpec, type Sighting } from '../../src/operator/client/lease-state.ts'
import { ApiServer } from './api-server.ts'

const theirs: LeaseSpec = { holderIdentity: 'them', leaseDurationSeconds: 15, renewTime: 't1', acquireTime: 't0', leaseTransitions: 3 }
const at = (spec: LeaseSpec): Sighting => ({ spec, sinceMs: 100_000 })

const rows: Record<string, { seen: Sighting, nowMs: number, may: boolean }> = {
  'a lease renewed within its time is left alone': { seen: at(theirs), nowMs: 115_000, may: false },
  'a lease silent for longer than its time may be taken': { seen: at(theirs), nowMs: 115_001, may: true },
  'the holder\'s own duration counts, not ours': { seen: at({ ...theirs, leaseDurationSeconds: 60 }), nowMs: 130_000, may: false },
  'a released lease may be taken at once': { seen: at(released(theirs, 't2')), nowMs: 100_000, may: true },
  'one\'s own lease may be renewed at any time': { seen: at({ ...theirs, holderIdentity: 'us' }), nowMs: 100_001, may: true },
  'a lease nobody ever held may be taken': { seen: at({}), nowMs: 100_000, may: true }
}

for (const [name, { seen, nowMs, may }] of Object.entries(rows)) {
  test(name, () => assert.equal(mayTake(seen, 'us', defaultTiming, nowMs), may))
}

test('silence is counted from the last change that we saw, whatever the holder\'s clock says', () => {
  const first = sight(undefined, theirs, 5)
  assert.equal(sight(first, { ...theirs }, 10).sinceMs, 5)
  assert.equal(sight(first, { ...theirs, renewTime: 'any other' }, 10).sinceMs, 10)
})

test('taking a lease from another counts as a transition, renewing does not', () => {
  const ours = taken(theirs, 'us', defaultTiming, 't9')
  assert.deepEqual(ours, { holderIdentity: 'us', leaseDurationSeconds: 15, acquireTime: 't9', renewTime: 't9', leaseTransitions: 4 })
  assert.deepEqual(taken(ours, 'us', defaultTiming, 't10'), { ...ours, renewTime: 't10' })
})

const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
const timing = { leaseMs: 1_000, renewMs: 300, retryMs: 20 }

async function withCandidates (names: string[], run: (api: ApiServer, candidates: Candidate[]) => Promise<void>, more: Partial<LeaseOptions> = {}): Promise<void> {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection(), timeoutMs: 100 })
  const candidates = names.map((identity) => stand({ kube, namespace: 'default', name: 'wattapp-operator', identity, timing, clock: systemClock, random: () => 0, ...more }))
  await run(api, candidates)
  await Promise.all(candidates.map(async (candidate) => await candidate.close()))
  await kube.close()
}

test('of five candidates one leads; when it leaves another does, without waiting for the lease to expire', async () => {
  await withCandidates(['a', 'b', 'c', 'd', 'e'], async (api, candidates) => {
    const first = await Promise.race(candidates.map(async (candidate) => await candidate.elected.then(() => candidate)))
    assert.equal(candidates.filter((candidate) => candidate.isHeld()).length, 1)
    await first.close()
    assert.equal(first.isHeld(), false)
    const second = await Promise.race(candidates.filter((candidate) => candidate !== first).map(async (candidate) => await candidate.elected.then(() => candidate)))
    assert.ok(second.isHeld())
    assert.equal((api.get(`${path}/wattapp-operator`) as unknown as { spec: LeaseSpec }).spec.leaseTransitions, 2)
  }, { timing: { ...timing, leaseMs: 60_000 } })
})

test('a leader that cannot reach the API server stops before another may begin, and says so', async () => {
  await withCandidates(['a'], async (api, [leader]) => {
    assert.ok(leader !== undefined)
    await leader.elected
    assert.ok(leader.isHeld())
    api.fault = () => 'cut'
    await leader.lost
    assert.equal(leader.isHeld(), false)
  })
})

test('a leader whose lease was taken meanwhile holds it no longer', async () => {
  await withCandidates(['a'], async (api, [leader]) => {
    assert.ok(leader !== undefined)
    await leader.elected
    api.put(path, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'wattapp-operator', namespace: 'default' }, ...{ spec: { ...theirs, leaseDurationSeconds: 600 } } })
    await leader.lost
    assert.equal(leader.isHeld(), false)
    assert.equal((api.get(`${path}/wattapp-operator`) as unknown as { spec: LeaseSpec }).spec.holderIdentity, 'them')
  })
})
