// What an app is rendered to, as files that a reviewer reads. They are the operator's upgrade promise too: a pod template
// that differs from the last release's restarts everybody's apps. UPDATE_GOLDEN=1 rewrites them.
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import type { WattAppManifest } from '../../src/api/wattapp.ts'
import { inOrder, render } from '../../src/operator/render/index.ts'

const dashes = '-'.repeat(20) + '\n'
const files = globSync('test/golden/*.yaml')
const context = { runtimeImage: 'registry.example.com/wattapp/runtime:1.0.0', sourceHash: 'the code' }

test('there are golden files', () => assert.ok(files.length >= 3))

for (const file of files) {
  test(`${file} shows what the app is rendered to`, () => {
    const [input = '', expected] = readFileSync(file, 'utf8').split(dashes)
    const rendered = inOrder(render(parse(input) as WattAppManifest, context))
      .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
    if (process.env['UPDATE_GOLDEN'] === '1') return writeFileSync(file, input + dashes + rendered)
    assert.equal(rendered, expected)
  })
}
