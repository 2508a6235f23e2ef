import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { withDefaults } from '../../src/api/defaults.ts'
import { toAppConfig } from '../../src/api/to-app-config.ts'
import type { WattAppManifest } from '../../src/api/wattapp.ts'

const manifest = (name: string) => parse(readFileSync(join(import.meta.dirname, `../manifests/valid/${name}.yaml`), 'utf8')) as WattAppManifest

test('the least manifest becomes a whole config', () => {
  assert.deepEqual(toAppConfig(manifest('smallest')), {
    version: 1,
    app: 'smallest',
    namespace: '',
    services: [{
      name: 'web',
      path: '.',
      args: [],
      routes: [{ host: '*', pathPrefix: '/' }],
      workers: { min: 1, max: 1 },
      isolation: 'thread',
      memoryBytes: 192 * 2 ** 20,
      env: {},
      fileEnv: [],
      dependsOn: [],
      required: true,
      health: { blockedTimeoutMs: 10_000 },
      restart: { initialMs: 100, maxMs: 30_000, limit: 5, windowMs: 60_000 },
      startTimeoutMs: 60_000,
      drainTimeoutMs: 25_000
    }],
    gateway: { threads: 1, trustedProxies: [], timeouts: { backendRequestMs: 60_000, idleMs: 300_000 } },
    logs: { level: 'info', access: false },
    drainDelayMs: 5000
  })
})

test('every field reaches the config in plain numbers', () => {
  const { services: [storefront, payments, twoFactor], ...app } = toAppConfig(manifest('every-field'))
  assert.deepEqual(app, {
    version: 1,
    app: 'every-field',
    namespace: '',
    gateway: { threads: 2, trustedProxies: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'], timeouts: { backendRequestMs: 30_000, idleMs: 0 } },
    logs: { level: 'debug', access: true },
    tracing: { endpoint: 'http://collector.observability:4318/otlp', samplingRatio: 0.05 },
    drainDelayMs: 90_000,
    memoryLimitBytes: 12 * 2 ** 30
  })
  assert.deepEqual(storefront, {
    name: 'storefront',
    path: './services/storefront/',
    runtime: 'fastify',
    entry: 'dist/main.js',
    args: ['--verbose', 'größer'],
    port: 3000,
    routes: [
      { host: '*', pathPrefix: '/' },
      { host: 'shop.example.com', pathPrefix: '/.well-known/acme-challenge' },
      { host: '*.example.com', pathPrefix: '/api/v1.2/products', rewrite: '/' }
    ],
    workers: { min: 2, max: 4 },
    isolation: 'process',
    memoryBytes: 1.5 * 2 ** 30,
    env: { LOG_FORMAT: 'json', CERTIFICATE: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', EMPTY: '' },
    fileEnv: [{ name: 'DATABASE_URL', optional: true }, { name: 'FEATURES', optional: false }],
    dependsOn: ['payments', '2fa'],
    required: true,
    health: { blockedTimeoutMs: 3000, endpoint: { path: '/healthz?full=1', intervalMs: 5000, timeoutMs: 500, failureThreshold: 2 } },
    recycle: { maxAgeMs: 86_400_000, maxRequests: 100_000 },
    restart: { initialMs: 250, maxMs: 60_000, limit: 0, windowMs: 120_000 },
    startTimeoutMs: 90_000,
    drainTimeoutMs: 0
  })
  assert.equal(payments?.required, false)
  assert.equal(twoFactor?.required, false)
  assert.deepEqual([payments?.thread, twoFactor?.thread, twoFactor?.isolation], ['money', 'money', 'thread'])
})

test('defaults that the API server applied already change nothing', () => {
  for (const name of ['smallest', 'every-field', 'config-map']) {
    const once = withDefaults(manifest(name))
    assert.deepEqual(withDefaults(once), once)
    assert.deepEqual(toAppConfig(once), toAppConfig(manifest(name)))
  }
})
