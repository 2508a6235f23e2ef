// The chart, as far as it can be judged without Helm: it says what the code says, and gives no right that it should not.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'

const chart = 'charts/wattapp-operator'
const read = (path: string): string => readFileSync(path, 'utf8')
const templates = globSync(`${chart}/templates/*`).map((path) => ({ path, text: read(path) }))

test('chart, app and package carry one version', () => {
  const { version, appVersion } = parse(read(`${chart}/Chart.yaml`)) as Record<string, string>
  const { version: ours } = JSON.parse(read('package.json')) as { version: string }
  assert.deepEqual([version, appVersion], [ours, ours])
})

test('the chart installs the very CRD of this repository', () => {
  assert.equal(read(`${chart}/files/wattapp.dev_wattapps.yaml`), read('crds/wattapp.dev_wattapps.yaml'))
})

interface Schema { properties?: Record<string, Schema>, additionalProperties?: boolean | Schema, $ref?: string, type?: string }

test('every value is in the schema, and the schema takes nothing else', () => {
  const walk = (value: unknown, schema: Schema | undefined, at: string): void => {
    assert.ok(schema !== undefined, `${at} is not in values.schema.json`)
    if (schema.properties === undefined) return
    assert.equal(schema.additionalProperties, false, `${at} takes any key`)
    for (const [key, inner] of Object.entries(value as Record<string, unknown>)) walk(inner, schema.properties[key], `${at}.${key}`)
  }
  walk(parse(read(`${chart}/values.yaml`)), JSON.parse(read(`${chart}/values.schema.json`)) as Schema, 'values')
})

test('every value is used', () => {
  const used = templates.map(({ text }) => text).join('\n')
  const unused = Object.keys(parse(read(`${chart}/values.yaml`)) as object).filter((key) => !used.includes(`.Values.${key}`))
  assert.deepEqual(unused, [])
})

test('no template gives a right on Secrets, on rights, on nodes, or on everything', () => {
  for (const { path, text } of templates) {
    const rules = text.replaceAll(/#.*|{{[^]*?}}/g, '')
    for (const [, resources = ''] of rules.matchAll(/^\s*resources: \[(.*)\]/gm)) {
      assert.doesNotMatch(resources, /secrets|roles|rolebindings|nodes|exec|\*/, path)
    }
    assert.doesNotMatch(rules, /verbs: \[.*(\*|escalate|impersonate|bind)/, path)
  }
})

test('every verb of the operator has its reason beside it', () => {
  const rules = templates.filter(({ text }) => text.includes('define "wattapp.rules"') || text.includes('leases')).map(({ text }) => text.split('\n')).flat()
  for (const [i, line] of rules.entries()) {
    if (!/^\s*verbs:/.test(line)) continue
    assert.ok(line.includes('#') || rules[i - 3]?.includes('#') === true || rules[i - 1]?.includes('#') === true, `no reason beside: ${line.trim()}`)
  }
})

test('the operator is given only arguments that it takes', () => {
  const main = read('src/operator/main.ts')
  const deployment = templates.find(({ path }) => path.endsWith('/deployment.yaml'))?.text ?? ''
  const given = Array.from(deployment.matchAll(/^\s+- --([a-z-]+)/gm), ([, name = '']) => name)
  assert.ok(given.length >= 5)
  for (const name of given) assert.match(main, new RegExp(`(^|\\s)'?${name}'?: \\{ type`, 'm'), name)
})
