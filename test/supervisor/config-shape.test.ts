// Which app configs are refused, and by what name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkAppConfig, parseAppConfig } from '../../src/supervisor/config-shape.ts'
import { WattError } from '../../src/base/error.ts'
import { app, route, service } from './support.ts'

const whole = app([
  service('web', { routes: [route('/', { rewrite: '/x' })], runtime: 'fastify', entry: 'a.js', port: 3000, args: ['-v'], env: { A: 'b' }, fileEnv: [{ name: 'C', optional: true }] }),
  service('api', { dependsOn: ['web'] })
], { tracing: { endpoint: 'http://collector:4318', samplingRatio: 0.1 } })

test('a whole config is taken as it is', () => assert.equal(checkAppConfig(whole), whole))

const rows: Record<string, [unknown, string, RegExp]> = {
  'a newer schema is refused by its version': [{ ...whole, version: 2, more: true }, 'WATT_CONFIG_VERSION', /schema version 2; .* version 1 only/],
  'a config without a version is refused by that': [{}, 'WATT_CONFIG_VERSION', /version none/],
  'nothing is no config': [null, 'WATT_CONFIG_INVALID', /it is null; expected an object/],
  'an unknown field of the app is refused by its path': [{ ...whole, isolation: 'pod' }, 'WATT_CONFIG_INVALID', /isolation is not known/],
  'a field that every object has is no known field': [{ ...whole, constructor: 1 }, 'WATT_CONFIG_INVALID', /constructor is not known/],
  'an unknown field of a service is refused by its path': [app([{ ...service('web'), threads: 'api' } as never]), 'WATT_CONFIG_INVALID', /services\[0\]\.threads is not known/],
  'a missing field is named': [{ ...whole, logs: undefined, drainDelayMs: 1 }, 'WATT_CONFIG_INVALID', /logs is undefined/],
  'a runtime that this version cannot serve is refused': [app([service('web', { runtime: 'next' as never })]), 'WATT_CONFIG_INVALID', /services\[0\]\.runtime is "next"; expected one of node, fastify/],
  'a negative duration is refused': [app([service('web', { startTimeoutMs: -1 })]), 'WATT_CONFIG_INVALID', /services\[0\]\.startTimeoutMs is -1; expected a whole number/],
  'a value of a variable is not shown': [app([service('web', { env: { KEY: ['secret'] as never } })]), 'WATT_CONFIG_INVALID', /services\[0\]\.env\.KEY is a list; expected text/],
  'a service named twice is refused': [app([service('web'), service('web')]), 'WATT_CONFIG_INVALID', /services\[1\]\.name is "web"/],
  'a service without workers is refused': [app([service('web', { workers: 0 })]), 'WATT_CONFIG_INVALID', /services\[0\]\.workers\.min is 0/],
  'a service whose greatest number of workers is below its least is refused': [app([service('web', { workers: { min: 2, max: 1 } })]), 'WATT_CONFIG_INVALID', /services\[0\]\.workers\.max is 1; expected at least workers\.min, 2/],
  'a dependency on nobody is refused': [app([service('web', { dependsOn: ['api'] })]), 'WATT_CONFIG_INVALID', /names "api"/],
  'a circle of dependencies is told': [app([service('a', { dependsOn: ['b'] }), service('b', { dependsOn: ['a'] })]), 'WATT_CONFIG_INVALID', /a → b → a/],
  'a service that waits for itself is told': [app([service('a', { dependsOn: ['a'] })]), 'WATT_CONFIG_INVALID', /services\[0\]\.dependsOn names the service itself/],
  'a circle through a shared thread is told by the thread': [app([service('a', { thread: 't', dependsOn: ['c'] }), service('b', { thread: 't' }), service('c', { dependsOn: ['b'] })]), 'WATT_CONFIG_INVALID', /t → c → t/],
  'a thread named as a service is refused': [app([service('a', { thread: 'b' }), service('b')]), 'WATT_CONFIG_INVALID', /services\[0\]\.thread is "b", which is a service's name/],
  'a process cannot share a thread': [app([service('a', { thread: 't', isolation: 'process' })]), 'WATT_CONFIG_INVALID', /services\[0\]\.thread is "t"; only with isolation/],
  'services of one thread with other ceilings are refused': [app([service('a', { thread: 't' }), service('b', { thread: 't', memoryBytes: 1 })]), 'WATT_CONFIG_INVALID', /services\[1\]\.memoryBytes differs from that of "a".*thread "t"/],
  'services of one thread with other worker counts are refused': [app([service('a', { thread: 't' }), service('b', { thread: 't', workers: 2 })]), 'WATT_CONFIG_INVALID', /services\[1\]\.workers differs/],
  'services of one thread cannot give a variable two values': [app([service('a', { thread: 't', env: { A: '1' } }), service('b', { thread: 't', env: { A: '2' } })]), 'WATT_CONFIG_INVALID', /services\[1\]\.env\.A has another value for "a"/],
  'nor a text here and a file there': [app([service('a', { thread: 't', fileEnv: [{ name: 'A', optional: false }] }), service('b', { thread: 't', env: { A: '2' } })]), 'WATT_CONFIG_INVALID', /services\[1\]\.env\.A/],
  'nor a file here and a text there': [app([service('a', { thread: 't', env: { A: '2' } }), service('b', { thread: 't', fileEnv: [{ name: 'A', optional: false }] })]), 'WATT_CONFIG_INVALID', /services\[1\]\.env\.A/],
  'no services at all are refused': [app([]), 'WATT_CONFIG_INVALID', /services is empty/]
}

test('services of one thread that agree are taken, whatever order they start in', () => {
  const shared = app([service('a', { thread: 't', env: { A: '1' }, dependsOn: ['b', 'c'] }), service('b', { thread: 't', env: { A: '1', B: '2' } }), service('c')])
  assert.equal(checkAppConfig(shared), shared)
})

for (const [name, [value, code, message]] of Object.entries(rows)) {
  test(name, () => assert.throws(() => checkAppConfig(value), { code, message }))
}

test('a file that is no JSON is refused by its name', () => {
  assert.throws(() => parseAppConfig('{', '/etc/app.json'), { code: 'WATT_CONFIG_UNREADABLE', message: /\/etc\/app\.json/ })
})

test('any other JSON is refused with a reason, never an error of ours', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.throws(() => checkAppConfig(value), WattError)
  }))
})
