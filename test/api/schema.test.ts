import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { customResourceDefinition } from '../../src/api/crd.ts'
import type { Field } from '../../src/api/field.ts'
import { wattApp } from '../../src/api/schema.ts'
import type { WattApp, WattAppManifest } from '../../src/api/wattapp.ts'

const printed = readFileSync(join(import.meta.dirname, '../../crds/wattapp.dev_wattapps.yaml'), 'utf8')

test('the printed CRD is what the schema says', () => {
  assert.deepEqual(parse(printed), JSON.parse(JSON.stringify(customResourceDefinition())))
})

test('the CRD fits into the annotation of a plain `kubectl apply`', () => {
  assert.ok(JSON.stringify(parse(printed)).length < 200_000)
})

test('every field has a description, every string a bound, every form words for people', () => {
  for (const [path, schema] of everyField('', wattApp)) {
    assert.match(schema.description, /[^ ]\.?$/, path)
    if (schema.type === 'string') assert.ok(schema.maxLength > 0, path)
    if (schema.type === 'string' && schema.pattern !== undefined) {
      assert.ok(schema.like !== undefined, `${path} has a pattern and no words for it`)
      assert.doesNotMatch(schema.pattern, /\(\?|\\[1-9pb]/, `${path}: RE2 and JavaScript differ on it`)
      assert.doesNotThrow(() => new RegExp(schema.pattern ?? '', 'u'), path)
    }
  }
})

test('every default fits its own field', () => {
  for (const [path, schema] of everyField('', wattApp)) {
    if (schema.type === 'string' && schema.default !== undefined) {
      if (schema.pattern !== undefined) assert.match(schema.default, new RegExp(schema.pattern, 'u'), path)
      if (schema.enum !== undefined) assert.ok(schema.enum.includes(schema.default), path)
    }
  }
})

test('the inferred types are those of the schema', () => {
  // Compiling this is the test: an optional field may be left out of what is written, and is there in what is read.
  const written: WattAppManifest['spec'] = { image: 'shop:1', services: [{ name: 'web', path: 'web', routes: [{}] }] }
  const read = ({ spec }: WattApp): [number, 'RollingUpdate' | 'Recreate', number, string | undefined] =>
    [spec.replicas, spec.rollout.type, spec.services[0]?.workers.min ?? 0, spec.services[0]?.runtime]
  assert.equal(written.services.length, 1)
  assert.equal(typeof read, 'function')
})

function * everyField (path: string, schema: Field): Generator<[string, Field]> {
  yield [path, schema]
  if (schema.type === 'object') for (const [name, inner] of Object.entries(schema.fields)) yield * everyField(`${path}.${name}`, inner)
  if (schema.type === 'list') yield * everyField(`${path}[]`, schema.items)
  if (schema.type === 'map') yield * everyField(`${path}{}`, schema.values)
}
