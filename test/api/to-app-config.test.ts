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
      workers: 1,
      memoryBytes: 192 * 2 ** 20,
      env: {},
      fileEnv: [],
      dependsOn: [],
      required: true,
      restart: { initialMs: 100, maxMs: 30_000, limit: 5, windowMs: 60_000 },
      startTimeoutMs: 60_000,
      drainTimeoutMs: 25_000
    }],
    logs: { level: 'info' },
    drainDelayMs: 5000
  })
})

test('every field reaches the config in plain numbers', () => {
  const { services: [storefront, payments, twoFactor], ...app } = toAppConfig(manifest('every-field'))
  assert.deepEqual(app, {
    version: 1,
    app: 'every-field',
    namespace: '',
    logs: { level: 'debug' },
    tracing: { endpoint: 'http://collector.observability:4318/otlp', samplingRatio: 0.05 },
    drainDelayMs: 90_000
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
    workers: 2,
    memoryBytes: 1.5 * 2 ** 30,
    env: { LOG_FORMAT: 'json', CERTIFICATE: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', EMPTY: '' },
    fileEnv: [{ name: 'DATABASE_URL', optional: true }, { name: 'FEATURES', optional: false }],
    dependsOn: ['payments', '2fa'],
    required: true,
    restart: { initialMs: 250, maxMs: 60_000, limit: 0, windowMs: 120_000 },
    startTimeoutMs: 90_000,
    drainTimeoutMs: 0
  })
  assert.equal(payments?.required, false)
  assert.equal(twoFactor?.required, false)
})

test('defaults that the API server applied already change nothing', () => {
  for (const name of ['smallest', 'every-field', 'config-map']) {
    const once = withDefaults(manifest(name))
    assert.deepEqual(withDefaults(once), once)
    assert.deepEqual(toAppConfig(once), toAppConfig(manifest(name)))
  }
})
