import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dependencyCycle } from '../../src/api/checks.ts'
import { withDefaults } from '../../src/api/defaults.ts'
import { problemText } from '../../src/api/problem.ts'
import { toAppConfig } from '../../src/api/to-app-config.ts'
import { validate } from '../../src/api/validate.ts'
import type { WattAppManifest } from '../../src/api/wattapp.ts'

type Services = WattAppManifest['spec']['services']

const appOf = (services: Services, more: object = {}): WattAppManifest =>
  ({ apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop' }, spec: { image: 'shop:1', services, ...more } })
const web = { name: 'web', path: 'web' }
const sayings = (manifest: unknown) => validate(manifest).map(problemText)

test('whatever is given, the verdict is a list and never a throw', () => {
  const key = fc.constantFrom('apiVersion', 'kind', 'metadata', 'spec', 'name', 'services', 'routes', 'env', 'workers', '__proto__', 'constructor', 'podTemplate', 'x')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 6 }, fc.constantFrom(null, 1, -1.5, true, '', 'WattApp', 'web', '/'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 5 }))
  }))
  fc.assert(fc.property(value, (given) => {
    const spec = { apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'a' }, spec: given }
    for (const manifest of [given, spec]) for (const { remedy, message } of validate(manifest)) assert.ok(remedy !== '' && message !== '')
  }))
})

test('an empty file, a list and another kind are named for what they are', () => {
  assert.match(sayings(null).join(), /a manifest is an object/)
  assert.match(sayings([]).join(), /a manifest is an object/)
  assert.match(sayings({ ...appOf([web]), kind: 'Deployment' }).join(), /^kind: "Deployment" is not one of the choices: write one of WattApp/)
})

test('a field that is null is absent, as for the API server', () => {
  assert.deepEqual(validate({ ...appOf([{ ...web }]), spec: { image: 'shop:1', source: null, replicas: null, services: [{ ...web, routes: null, workers: null }] } }), [])
  assert.match(sayings({ ...appOf([]), spec: { image: 'shop:1', services: null } }).join(), /^spec.services: the field is missing/)
})

test('what a cluster hands out passes too', () => {
  const read = { ...withDefaults(appOf([web])), status: { replicas: 1, conditions: [] } }
  assert.deepEqual(validate({ ...read, metadata: { name: 'shop', namespace: 'default', uid: 'x', resourceVersion: '1', generation: 1, managedFields: [{}] } }), [])
})

test('a misspelt field is met with the right one', () => {
  assert.deepEqual(sayings(appOf([{ ...web, dependOn: ['web'] } as Services[number]])), ['spec.services[0].dependOn: unknown field `dependOn`: did you mean `dependsOn`? Else remove it'])
})

test('mistakes in several places are all told, and a rule of one service is not silenced by another', () => {
  const problems = validate(appOf([{ ...web, memory: '1Mi' }, { ...web, name: 'Api' }, { name: 'db', path: '../db', dependsOn: ['db'] }]))
  assert.deepEqual(problems.map(({ path }) => path), ['spec.services[0].memory', 'spec.services[1].name', 'spec.services[2].path'])
})

test('a name of a service that every object has is a name like any other', () => {
  const services = ['constructor', 'tostring', 'hasownproperty'].map((name) => ({ name, path: name }))
  assert.deepEqual(validate(appOf(services)), [])
  assert.deepEqual(toAppConfig(appOf(services)).services.map(({ name }) => name), ['constructor', 'tostring', 'hasownproperty'])
})

test('a cycle is told from its first service on', () => {
  const depends = (name: string, ...dependsOn: string[]) => ({ name, path: name, dependsOn })
  const found = dependencyCycle(withDefaults(appOf([depends('a', 'b'), depends('b', 'c', 'd'), depends('c'), depends('d', 'b')])))
  assert.match(found?.message ?? '', /b → d → b$/)
  assert.equal(found?.path, 'spec.services[1].dependsOn[1]')
})

test('an app has a cycle exactly when no order of start exists', () => {
  const edges = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 8 })
  fc.assert(fc.property(edges, (pairs) => {
    const names = ['s0', 's1', 's2', 's3', 's4', 's5']
    const services = names.map((name, index) => ({ name, path: name, dependsOn: [...new Set(pairs.filter(([from]) => from === index).map(([, to]) => `s${to}`))] }))
    const app = withDefaults(appOf(services))
    const started = new Set<string>()
    for (let round = 0; round < names.length; round++) {
      for (const { name, dependsOn } of services) if (dependsOn.every((other) => started.has(other))) started.add(name)
    }
    assert.equal(dependencyCycle(app) === undefined, started.size === names.length)
  }))
})

test('hosts tell two routes of one prefix apart', () => {
  const routed = (name: string, host: string) => ({ name, path: name, routes: [{ host, pathPrefix: '/api' }] })
  assert.deepEqual(validate(appOf([routed('a', '*'), routed('b', 'shop.example.com'), routed('c', '*.example.com')])), [])
})
