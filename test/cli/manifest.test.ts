import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validate } from '../../src/api/validate.ts'
import { readManifests } from '../../src/cli/manifest.ts'

const read = (value: string) => readManifests(`apiVersion: v1\nkind: Thing\nvalue: ${value}`, 'f').manifests[0]?.value['value']

// What `kubectl create --dry-run=client -o json` (1.34) made of each.
const asKubectlReads: Record<string, unknown> = {
  y: true,
  n: false,
  yes: true,
  on: true,
  Off: false,
  TRUE: true,
  '0644': 420,
  '1:30': '1:30',
  '1_000': 1000,
  '2020-01-01': '2020-01-01',
  '2001-12-14t21:59:43.10-05:00': '2001-12-14t21:59:43.10-05:00',
  '0x1F': 31,
  '0b11': 3,
  '.5': 0.5,
  '5.': 5,
  '.': '.',
  '..': '..',
  '._': '._',
  '1e3': 1000,
  '+1': 1,
  '08': 8,
  '~': null,
  '1.2.3': '1.2.3',
  '=': '='
}
for (const [text, value] of Object.entries(asKubectlReads)) {
  test(`${text} is ${JSON.stringify(value)}, as for kubectl`, () => assert.deepEqual(read(text), value))
}

const app = `# a comment
apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata:
  name: shop
spec:
  image: shop:1
  services:
    - &web
      name: web
      path: web
      memory: 10MB
      routes:
        - pathPrefix: /
          colour: red
    - name: Api
      <<: *web
      env: [{ name: PORT, value: "1" }]
`

test('each problem has the place of its field, a field that is unknown that of its name', () => {
  const [manifest] = readManifests(app, 'shop.yaml').manifests
  assert.ok(manifest !== undefined)
  const places = validate(manifest.value).map(manifest.placed).map(({ file, line, column, path }) => `${file}:${line}:${column} ${path}`)
  assert.deepEqual(places, [
    'shop.yaml:12:15 spec.services[0].memory',
    'shop.yaml:15:11 spec.services[0].routes[0].colour',
    'shop.yaml:16:13 spec.services[1].name',
    // Merged in from elsewhere: the place of what takes it in.
    'shop.yaml:16:7 spec.services[1].memory',
    'shop.yaml:16:7 spec.services[1].routes[0].colour',
    'shop.yaml:18:21 spec.services[1].env[0].name'
  ])
})

test('a field that is missing has the place of what lacks it, and one without a value its own', () => {
  const [manifest] = readManifests('apiVersion: wattapp.dev/v1alpha1\nkind: WattApp\nmetadata: { name: a }\nspec:\n  image: a\n  services:\n', 'f').manifests
  assert.ok(manifest !== undefined)
  assert.deepEqual(validate(manifest.value).map(manifest.placed).map(({ line, column, path }) => `${line}:${column} ${path}`), ['6:3 spec.services'])
})

test('of a broken document the place is told, and the others are read', () => {
  const { manifests, problems } = readManifests('apiVersion: v1\nkind: A\n---\na: [1\nb: 2\n---\napiVersion: v1\nkind: C\n', 'f')
  assert.deepEqual(manifests.map(({ kind }) => kind), ['A', 'C'])
  assert.deepEqual(problems.map(({ line, code }) => [line, code]), [[5, 'WATT_YAML_SYNTAX']])
})

test('two keys of one name are no YAML', () => {
  const { problems } = readManifests('apiVersion: v1\nkind: A\nkind: B\n', 'f')
  assert.match(problems[0]?.message ?? '', /unique/)
})

test('JSON is read as well', () => {
  assert.equal(readManifests('{"apiVersion":"v1","kind":"A","metadata":{"name":"n"}}', 'f').manifests[0]?.name, 'n')
})

test('a document that is no manifest is told, and left out of a folder', () => {
  assert.equal(readManifests('a: 1', 'f').problems[0]?.code, 'WATT_NO_MANIFEST')
  assert.deepEqual(readManifests('a: 1', 'f', true), { manifests: [], problems: [] })
  assert.deepEqual(readManifests('---\n# nothing\n---\n', 'f'), { manifests: [], problems: [] })
})
