import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { WattAppManifest } from '../../src/api/wattapp.ts'
import { readManifests } from '../../src/cli/manifest.ts'
import { inOrder, render } from '../../src/operator/render/index.ts'
import { wattapp } from './support.ts'

const folder = join(import.meta.dirname, '../manifests/valid')
const file = join(folder, 'every-field.yaml')

test('it prints what the operator applies, and YAML and JSON say the same', async () => {
  const app = parse(readFileSync(file, 'utf8')) as WattAppManifest
  const wanted: unknown = JSON.parse(JSON.stringify(inOrder(render({ ...app, metadata: { ...app.metadata, namespace: 'store' } }, { runtimeImage: 'runtime:9', sourceHash: '' }))))
  const [yaml, json] = await Promise.all([wattapp(['render', file, '-n', 'store', '--runtime-image', 'runtime:9']), wattapp(['render', file, '-n', 'store', '--runtime-image', 'runtime:9', '-o', 'json'])])
  assert.equal(yaml.code, 0)
  assert.deepEqual(readManifests(yaml.stdout, 'out').manifests.map(({ value }) => value), wanted)
  assert.deepEqual((JSON.parse(json.stdout) as { items: unknown }).items, wanted)
})

test('code of a ConfigMap in the same file is told by its hash, as on the cluster', async () => {
  const hello = readFileSync(join(import.meta.dirname, '../../examples/hello/hello.yaml'), 'utf8')
  const hashOf = async (input: string): Promise<string | undefined> => /"sourceHash": (\S+)/.exec((await wattapp(['render', '-'], { input })).stdout)?.[1]
  const [first, again, other] = await Promise.all([hashOf(hello), hashOf(hello), hashOf(hello.replace('Hello from', 'Greetings from'))])
  assert.ok(first !== undefined)
  assert.equal(first, again)
  assert.notEqual(first, other)
})

test('an app with a mistake is not rendered', async () => {
  const { code, stdout, stderr } = await wattapp(['render', join(folder, '../invalid/depends-on-cycle.yaml')])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /products → orders → payments → products/)
})

test('of several apps one must be chosen', async () => {
  const input = ['one', 'two'].map((name) => `apiVersion: wattapp.dev/v1alpha1\nkind: WattApp\nmetadata: { name: ${name} }\nspec: { image: a, services: [{ name: web, path: web }] }\n`).join('---\n')
  const { code, stderr } = await wattapp(['render', '-'], { input })
  assert.equal(code, 1)
  assert.match(stderr, /several WattApps in standard input: one, two/)
  assert.match((await wattapp(['render', '-', '--app', 'two'], { input })).stdout, /app\.kubernetes\.io\/name: two/)
  assert.match((await wattapp(['render', '-', '--app', 'three'], { input })).stderr, /WATT_APP_NOT_IN_INPUT/)
})
