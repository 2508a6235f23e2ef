// What people read: conditions, services, events.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppStatus, ServiceStatus } from '../../src/api/app-status.ts'
import type { Condition } from '../../src/api/wattapp.ts'
import type { LiveDeployment, LivePod } from '../../src/operator/slim.ts'
import { conditions, conditionTypes, firstConditions, type Seen } from '../../src/operator/status/conditions.ts'
import { news } from '../../src/operator/status/news.ts'
import { isStuck, notReady, phase, trouble } from '../../src/operator/status/pods.ts'
import { summarise } from '../../src/operator/status/services.ts'

const now = '2026-01-01T00:00:00Z'

function deployment (status: LiveDeployment['status'] = {}, replicas = 2): LiveDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', generation: 3 },
    spec: { replicas, template: {} },
    status: { observedGeneration: 3, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas, ...status }
  }
}

const calm: Seen = { generation: 5, isPaused: false, revision: 'shop-abc', deployment: deployment(), troubles: [], notReady: [], asked: 2, unreachable: [], crashLoops: [], configErrors: [] }
const complete = [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }]

type Told = `${string}/${string}`
const rows: Record<string, { seen: Partial<Seen>, accepted?: Told, progressing?: Told, ready?: Told, degraded?: Told, says?: RegExp }> = {
  'all is well': { seen: {}, accepted: 'True/Accepted', progressing: 'False/RolledOut', ready: 'True/Ready', degraded: 'False/AsExpected', says: /2 of 2 pods are ready/ },
  'there is no Deployment yet': { seen: { deployment: undefined, asked: 0 }, progressing: 'Unknown/Reconciling', ready: 'False/Reconciling', degraded: 'Unknown/NoPods' },
  'the spec is refused while the last one runs': {
    seen: { refused: { reason: 'DependencyCycle', message: 'a → b → a' } },
    accepted: 'False/DependencyCycle',
    progressing: 'False/NotAccepted',
    ready: 'False/DependencyCycle',
    degraded: 'False/AsExpected',
    says: /a → b → a \(2 pods of the last accepted spec are ready\)/
  },
  'the Deployment\'s controller has not looked yet': { seen: { deployment: deployment({ observedGeneration: 2 }) }, progressing: 'True/RollingOut', ready: 'False/RollingOut' },
  'one of two pods is new': { seen: { deployment: deployment({ replicas: 3, updatedReplicas: 1 }) }, progressing: 'True/RollingOut', ready: 'False/RollingOut', says: /1 of 2 pods are of revision shop-abc/ },
  'a roll hangs on an image': {
    seen: { deployment: deployment({ updatedReplicas: 1, replicas: 3 }), troubles: ['pod shop-1: ImagePullBackOff, not found'] },
    progressing: 'True/RollingOut',
    says: /ImagePullBackOff, not found/
  },
  'a roll took too long': {
    seen: { deployment: deployment({ updatedReplicas: 1, replicas: 3, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }) },
    progressing: 'False/ProgressDeadlineExceeded',
    ready: 'False/RollingOut'
  },
  'pods cannot be made': {
    seen: { deployment: deployment({ updatedReplicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] }) },
    progressing: 'False/ReplicaFailure',
    ready: 'False/ReplicaFailure',
    says: /exceeded quota/
  },
  'a pod is lost after the roll: no roll, but not ready': {
    seen: { deployment: deployment({ readyReplicas: 1, availableReplicas: 1, conditions: complete }), notReady: ['pod shop-2: service "web" has no ready worker'] },
    progressing: 'False/RolledOut',
    ready: 'False/PodsNotReady',
    says: /1 of 2 pods are ready; pod shop-2: service "web"/
  },
  'the API server refuses what we render': { seen: { applyFailed: 'deployments is forbidden' }, progressing: 'False/ApplyFailed', ready: 'True/Ready', says: /forbidden/ },
  'it refuses the very first': { seen: { applyFailed: 'deployments is forbidden', deployment: undefined }, ready: 'False/ApplyFailed' },
  'scaled to zero': { seen: { deployment: deployment({}, 0), asked: 0 }, ready: 'True/ScaledToZero', progressing: 'False/RolledOut', degraded: 'Unknown/NoPods' },
  'a service is in a crash loop while the pods are ready': { seen: { crashLoops: ['service "pay": 1 of 1 workers'] }, ready: 'True/Ready', degraded: 'True/ServiceCrashLoop', says: /service "pay"/ },
  'no pod can be asked: Ready follows the Deployment': {
    seen: { asked: 0, unreachable: ['pod shop-1: timeout'] }, ready: 'True/Ready', degraded: 'Unknown/PodsUnreachable', says: /shop-1: timeout; a NetworkPolicy must let it reach/
  },
  'a crash loop that one pod tells outweighs another that is silent': { seen: { crashLoops: ['x'], unreachable: ['y'] }, degraded: 'True/ServiceCrashLoop' },
  'a pod refuses its config': { seen: { configErrors: ['pod shop-1: needs a new pod'] }, degraded: 'True/ConfigRefused' },
  'reconciling is paused': { seen: { isPaused: true }, accepted: 'Unknown/Paused', progressing: 'Unknown/Paused', ready: 'True/Ready' }
}

for (const [name, { seen, accepted, progressing, ready, degraded, says }] of Object.entries(rows)) {
  test(`conditions: ${name}`, () => {
    const found = conditions({ ...calm, ...seen }, [], now)
    assert.deepEqual(found.map(({ type }) => type), conditionTypes)
    const told = Object.fromEntries(found.map(({ type, status, reason }) => [type, `${status}/${reason}`]))
    const wanted = { Accepted: accepted, Progressing: progressing, Ready: ready, Degraded: degraded }
    for (const [type, expected] of Object.entries(wanted)) if (expected !== undefined) assert.equal(told[type], expected, type)
    if (says !== undefined) assert.match(found.map(({ message }) => message).join('\n'), says)
    for (const condition of found) {
      assert.equal(condition.observedGeneration, 5)
      assert.match(condition.reason, /^[A-Z][A-Za-z]+$/)
    }
  })
}

test('conditions: at first sight all are there, and Unknown', () => {
  assert.deepEqual(firstConditions(1, now).map(({ type, status }) => `${type} ${status}`), ['Accepted Unknown', 'Progressing Unknown', 'Ready Unknown', 'Degraded Unknown'])
})

test('conditions: the time of the last transition moves with the status alone', () => {
  const before = conditions(calm, [], now)
  const later = conditions({ ...calm, deployment: deployment({ readyReplicas: 1, availableReplicas: 1, conditions: complete }) }, before, '2026-01-01T00:01:00Z')
  const times = Object.fromEntries(later.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]))
  assert.deepEqual(times, { Accepted: now, Progressing: now, Ready: '2026-01-01T00:01:00Z', Degraded: now })
})

test('conditions: a message names three culprits and counts the rest', () => {
  const troubles = Array.from({ length: 9 }, (_, i) => `pod shop-${i}: Unschedulable`)
  const [, progressing] = conditions({ ...calm, troubles, deployment: deployment({ updatedReplicas: 0 }) }, [], now)
  assert.match(progressing?.message ?? '', /shop-2: Unschedulable; and 6 more$/)
})

const pod = (status: LivePod['status']): LivePod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shop-1' }, status })
const waiting = (reason: string, more: object = {}): LivePod => pod({ containerStatuses: [{ restartCount: 3, state: { waiting: { reason } }, ...more }] })

test('pods: what cannot run says why, what is on its way says nothing', () => {
  assert.equal(trouble(waiting('ContainerCreating')), undefined)
  assert.equal(trouble(pod({ phase: 'Running', containerStatuses: [{ restartCount: 0, state: {} }] })), undefined)
  assert.equal(trouble(waiting('CrashLoopBackOff', { lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } })), 'pod shop-1: CrashLoopBackOff (last end: OOMKilled, exit code 137)')
  assert.equal(trouble(pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] })), 'pod shop-1: Unschedulable, 0/1 nodes')
})

test('pods: whose container is long in the making is stuck, whatever is on its way is not', () => {
  const made = Date.parse(now)
  const creating = { ...waiting('ContainerCreating'), metadata: { name: 'shop-1', creationTimestamp: now } }
  assert.deepEqual([isStuck(creating, made + 9_000), isStuck(creating, made + 11_000)], [false, true])
  assert.equal(isStuck({ ...creating, ...{ status: waiting('ImagePullBackOff').status } }, made + 11_000), false)
  assert.equal(isStuck({ ...creating, status: { phase: 'Running', containerStatuses: [{ restartCount: 0, state: {} }] } }, made + 11_000), false)
})

test('pods: one that is not ready says why in its own words; one that stays silent has perhaps no supervisor', () => {
  const made = Date.parse(now)
  const running: LivePod = { ...pod({ phase: 'Running' }), metadata: { name: 'shop-1', creationTimestamp: now } }
  const status = report('shop-1', []).status
  assert.equal(notReady(running, { status: { ...status, notReady: ['service "web" starts', 'no gateway'] } }, made), 'pod shop-1: service "web" starts, no gateway')
  assert.equal(notReady(running, { status }, made), undefined)
  assert.equal(notReady(running, { failed: 'ECONNREFUSED' }, made + 9_000), undefined)
  assert.equal(notReady(running, { failed: 'ECONNREFUSED' }, made + 11_000), 'pod shop-1: no answer from its supervisor (ECONNREFUSED); is its image built FROM the runtime image?')
})

test('pods: where a pod is that cannot be asked', () => {
  assert.equal(phase({ ...waiting('ContainerCreating'), metadata: { name: 'shop-1', deletionTimestamp: now } }), 'Terminating')
  assert.equal(phase(waiting('ImagePullBackOff')), 'ImagePullBackOff')
  assert.equal(phase(pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] })), 'Unschedulable')
  assert.equal(phase(pod({ phase: 'Failed' })), 'Failed')
  assert.equal(phase(pod({ phase: 'Running', containerStatuses: [{ restartCount: 0, state: {} }] })), undefined)
})

function service (name: string, ready: number, more: Partial<ServiceStatus> = {}): ServiceStatus {
  return { name, isolation: 'thread', runtime: 'node', runtimeReason: '', workers: [], desired: 2, ready, restarts: 1, required: true, memoryBytes: 1, message: '', otherServers: [], ...more }
}
const report = (pod: string, services: ServiceStatus[]): { pod: string, status: AppStatus } =>
  ({ pod, status: { app: 'shop', version: '1', configHash: '', ready: true, notReady: [], draining: false, startedAt: now, services } })
const wanted = [{ name: 'web', workers: 2 }, { name: 'pay', workers: 1 }]

test('services: figures are summed over pods; a service is ready when every asked pod has a worker of it', () => {
  const { services, servicesReady, crashLoops } = summarise(wanted, [
    report('p1', [service('web', 2), service('pay', 1)]),
    report('p2', [service('web', 1), service('pay', 0, { message: 'exit code 1', workers: [{ id: 1, state: 'crashLoop', restarts: 9, eventLoopUtilization: 0, heapUsedBytes: 0, externalBytes: 0, eventLoopDelayMs: 0 }] })])
  ])
  assert.deepEqual(services, [
    { name: 'web', ready: 3, workers: 4, restarts: 2, message: '' },
    { name: 'pay', ready: 1, workers: 4, restarts: 2, message: 'p2: exit code 1' }
  ])
  assert.equal(servicesReady, '1/2')
  assert.deepEqual(crashLoops, ['service "pay": 1 of 1 workers in a crash loop in pod p2: exit code 1'])
})

test('services: without an answer every service is there, with nothing ready', () => {
  assert.deepEqual(summarise(wanted, []), {
    services: [{ name: 'web', ready: 0, workers: 2, restarts: 0, message: '' }, { name: 'pay', ready: 0, workers: 1, restarts: 0, message: '' }], servicesReady: '0/2', crashLoops: []
  })
})

const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason: string): Condition => ({ type, status, reason, message: 'm', lastTransitionTime: now })

test('news: what turned is told once; what stays is not', () => {
  const before = [condition('Ready', 'False', 'RollingOut'), condition('Degraded', 'True', 'ServiceCrashLoop'), condition('Accepted', 'True', 'Accepted')]
  const after = [condition('Ready', 'True', 'Ready'), condition('Degraded', 'False', 'AsExpected'), condition('Accepted', 'False', 'NameConflict')]
  assert.deepEqual(news(before, after).map(({ type, reason }) => `${type} ${reason}`), ['Normal Ready', 'Normal Recovered', 'Warning NameConflict'])
  assert.deepEqual(news(after, after), [])
  assert.deepEqual(news([], [condition('Accepted', 'True', 'Accepted'), condition('Degraded', 'False', 'AsExpected')]), [])
})
