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
  'worker counts change a service at a time': {
    wanted: app([service('web', { routes: [route('/')], workers: 3 }), service('api', { workers: 1 })]),
    does: ['service "web" now has 3 workers', 'service "api" now has 1 worker']
  },
  'the log level changes': { wanted: { ...old, logs: { level: 'debug', access: false } }, does: ['log level is now debug'] },
  'what needs a new pod is named, and what does not is done': {
    wanted: {
      ...old,
      drainDelayMs: 5000,
      logs: { level: 'warn', access: false },
      services: [service('web', { routes: [route('/')], memoryBytes: 1, env: { A: 'b' } }), service('api', { workers: 2 }), service('more')]
    },
    does: ['log level is now warn'],
    needsNewPod: ['drainDelayMs', 'services[web].memoryBytes', 'services[web].env', 'services[more]']
  },
  'a service that is gone needs a new pod, and keeps its routes until then': { wanted: app([service('api', { workers: 2 })]), does: [], needsNewPod: ['services[web]'] }
}

for (const [name, { wanted, does, needsNewPod = [] }] of Object.entries(rows)) {
  test(name, () => {
    const change = configDiff(old, wanted)
    assert.deepEqual(change.steps.map(describeStep), does)
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
