// Every manifest of test/manifests is judged here as the API server and the operator judge it in e2e.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Field, Rule } from '../../src/api/field.ts'
import { wattApp } from '../../src/api/schema.ts'
import { validate } from '../../src/api/validate.ts'

const folder = join(import.meta.dirname, '../manifests')
const files = (kind: string) => globSync(`${folder}/${kind}/*.yaml`).sort().map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') }))
const note = (text: string, key: string) => new RegExp(`^# ${key}: (.+)$`, 'm').exec(text)?.[1]

test('there are at least 25 kinds of mistake and 15 of attack', () => {
  assert.ok(files('invalid').length >= 25)
  assert.ok(files('hostile').length >= 15)
})

for (const { name, text } of files('invalid')) {
  test(`${name} is refused where it says, with a remedy`, () => {
    const [first, ...rest] = validate(parse(text))
    const expected = note(text, 'expect') ?? 'a line `# expect: PATH`'
    assert.ok(first !== undefined, 'it was taken')
    assert.ok(first.path.startsWith(expected), `${first.path} is not ${expected} or deeper`)
    assert.ok(['api-server', 'operator'].includes(note(text, 'by') ?? ''), 'a line `# by: api-server` or `# by: operator`')
    for (const { remedy, message, code } of [first, ...rest]) assert.ok(remedy !== '' && message !== '' && /^WATT(_[A-Z]+)+$/.test(code))
  })
}

for (const { name, text } of files('valid')) {
  test(`${name} is taken`, () => assert.deepEqual(validate(parse(text)), []))
}

for (const { name, text } of files('hostile')) {
  test(`${name} is stopped by ${note(text, 'by')}`, () => {
    assert.ok(note(text, 'gains') !== undefined)
    switch (note(text, 'by')) {
      case 'api-server': return assert.notDeepEqual(validate(parse(text)), [])
      case 'parser': return assert.throws(() => parse(text), /alias/)
      // What only a cluster can stop, and what need not be stopped, is no mistake of the manifest.
      default: return assert.deepEqual(validate(parse(text)), [])
    }
  })
}

test('every rule of the schema refuses a manifest of these folders', () => {
  const heard = new Set(['invalid', 'hostile'].flatMap(files).filter(({ text }) => note(text, 'by') !== 'parser')
    .flatMap(({ text }) => validate(parse(text)).map(({ reason }) => reason)))
  assert.deepEqual(rulesOf(wattApp).map(({ reason }) => reason).filter((reason) => !heard.has(reason)), [])
})

function rulesOf (schema: Field): readonly Rule[] {
  const inner = schema.type === 'object' ? Object.values(schema.fields) : schema.type === 'list' ? [schema.items] : schema.type === 'map' ? [schema.values] : []
  return [...schema.rules ?? [], ...inner.flatMap(rulesOf)]
}
