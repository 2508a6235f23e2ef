import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toAppConfig } from '../../src/api/to-app-config.ts'
import type { WattAppManifest } from '../../src/api/wattapp.ts'
import { developmentConfig } from '../../src/cli/dev/development-config.ts'
import { checkAppConfig } from '../../src/supervisor/config-shape.ts'

const manifest = {
  apiVersion: 'wattapp.dev/v1alpha1',
  kind: 'WattApp',
  metadata: { name: 'shop' },
  spec: {
    image: 'shop:1',
    gateway: { threads: 2 },
    podTemplate: { resources: { limits: { memory: '128Mi' } } },
    services: [
      { name: 'web', path: 'web', workers: { min: 2, max: 4 }, dependsOn: ['api'], memory: '64Mi', recycle: { maxRequests: 10 }, health: { path: '/health' } },
      { name: 'api', path: 'api', dependsOn: ['store'], memory: '4Gi', drainTimeout: '30s' },
      { name: 'store', path: 'store' },
      { name: 'other', path: 'other' }
    ]
  }
} as unknown as WattAppManifest

test('one worker a service, room for a compiler, and no limit of the container', () => {
  const config = checkAppConfig(developmentConfig(toAppConfig(manifest), { isInspected: () => false }))
  const [web, api] = config.services
  assert.deepEqual(web?.workers, { min: 1, max: 1 })
  assert.deepEqual([web?.memoryBytes, api?.memoryBytes], [2 * 2 ** 30, 4 * 2 ** 30])
  assert.deepEqual([web?.recycle, web?.health.endpoint, config.memoryLimitBytes], [undefined, undefined, undefined])
  assert.equal(api?.drainTimeoutMs, 3_000)
  assert.deepEqual(config.gateway.timeouts, { backendRequestMs: 0, idleMs: 0 })
  assert.equal(config.gateway.threads, 1)
})

test('a debugger may stop a service for as long as it likes', () => {
  const config = developmentConfig(toAppConfig(manifest), { isInspected: (name) => name === 'api' })
  const long = config.services.map(({ health, startTimeoutMs }) => health.blockedTimeoutMs > 86_400_000 && startTimeoutMs > 86_400_000)
  assert.deepEqual(long, [false, true, false, false])
})

test('only some services are run with what they depend on', () => {
  const config = developmentConfig(toAppConfig(manifest), { isInspected: () => false, only: ['web'] })
  assert.deepEqual(config.services.map(({ name }) => name), ['web', 'api', 'store'])
})
