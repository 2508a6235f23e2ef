// What a changed app config does to a running pod, and what it cannot do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppConfig } from '../../src/api/app-config.ts'
import { configDiff, describeStep } from '../../src/supervisor/config-diff.ts'
import { app, route, service } from './support.ts'

const old = app([service('web', { routes: [route('/')] }), service('api', { workers: 2 })])

const rows: Record<string, { wanted: AppConfig, does: string[], needsNewPod?: string[] }> = {
  'an equal config does nothing': { wanted: structuredClone(old), does: [] },
  'the order of keys is no change': { wanted: { ...Object.fromEntries(Object.entries(old).reverse()), ...old }, does: [] },
  'a new route is told to the gateway with all the others': {
    wanted: app([service('web', { routes: [route('/')], required: true }), service('api', { workers: 2, routes: [route('/api', { rewrite: '/' })], required: false })]),
    does: ['routes are now / → web, /api → api']
  },
  'no routes at all is said so': { wanted: app([service('web', { required: true }), service('api', { workers: 2 })]), does: ['routes are now none'] },
  'what a thread has from its start replaces its workers': {
    wanted: app([service('web', { routes: [route('/')], memoryBytes: 1, env: { A: 'b' } }), service('api', { workers: 2, path: 'other.mjs' })]),
    does: ['all workers of "web" were replaced, one by one (memoryBytes, env)', 'all workers of "api" were replaced, one by one (path)']
  },
  'what only the supervisor goes by replaces none': {
    wanted: app([service('web', { routes: [route('/')], startTimeoutMs: 1, recycle: { maxRequests: 5 } }), service('api', { workers: 2, dependsOn: ['web'] })]),
    does: ['"web" has another startTimeoutMs, recycle', '"api" has another dependsOn']
  },
  'new code is waited for, and then runs in every service': {
    wanted: { ...old, sourceHash: 'new' },
    does: ['the new code is there', 'all workers of "web" were replaced, one by one (code)', 'all workers of "api" were replaced, one by one (code)']
  },
  'what the gateway goes by is told to it': {
    wanted: { ...old, gateway: { ...old.gateway, trustedProxies: ['10.0.0.0/8'] }, logs: { level: 'info', access: true } },
    does: ['the gateway has another trustedProxies, access log']
  },
  'worker counts change a service at a time': {
    wanted: app([service('web', { routes: [route('/')], workers: 3 }), service('api', { workers: { min: 1, max: 4 } })]),
    does: ['"web" now has 3 workers', '"api" now has 1 to 4 workers']
  },
  'the log level changes': { wanted: { ...old, logs: { level: 'debug', access: false } }, does: ['log level is now debug'] },
  'what needs a new pod is named, and what does not is done': {
    wanted: {
      ...old,
      drainDelayMs: 5000,
      logs: { level: 'warn', access: false },
      gateway: { ...old.gateway, threads: 2 },
      services: [service('web', { routes: [route('/')], thread: 'both', isolation: 'process', drainTimeoutMs: 1 }), service('api', { workers: 2, fileEnv: [{ name: 'A', optional: true }] }), service('more')]
    },
    does: ['log level is now warn'],
    needsNewPod: ['drainDelayMs', 'gateway.threads', 'services[web].isolation', 'services[web].drainTimeoutMs', 'services[web].thread', 'services[api].fileEnv', 'services[more]']
  },
  'a service that is gone needs a new pod, and keeps its routes until then': { wanted: app([service('api', { workers: 2 })]), does: [], needsNewPod: ['services[web]'] }
}

for (const [name, { wanted, does, needsNewPod = [] }] of Object.entries(rows)) {
  test(name, () => {
    const change = configDiff(old, wanted)
    assert.deepEqual(change.steps.map(describeStep).filter((text) => text !== ''), does)
    assert.deepEqual(change.needsNewPod, needsNewPod)
  })
}

test('once in force, a change is no change', () => {
  for (const { wanted } of Object.values(rows)) {
    const { config, needsNewPod } = configDiff(old, wanted)
    const again = configDiff(config, wanted)
    assert.deepEqual(again.steps, [])
    assert.deepEqual(again.needsNewPod, needsNewPod)
    if (needsNewPod.length === 0) assert.deepEqual(config, wanted)
  }
})

test('services that share a thread are replaced together, once', () => {
  const shared = (fields: { env?: Record<string, string> }): AppConfig => app([service('a', { thread: 'both', ...fields }), service('b', { thread: 'both' }), service('c')])
  assert.deepEqual(configDiff(shared({}), shared({ env: { A: '1' } })).steps, [{ do: 'roll', group: 'both', fields: ['env'] }])
})
