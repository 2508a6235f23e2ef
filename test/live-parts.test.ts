// What the operator leaves out of a revision's hash is what the supervisor takes live: were they to differ, a change would reach
// nobody, or roll for nothing.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import type { AppConfig } from '../src/api/app-config.ts'
import { toAppConfig } from '../src/api/to-app-config.ts'
import type { WattAppManifest } from '../src/api/wattapp.ts'
import { canonicalJson, frozenPart } from '../src/operator/render/revision.ts'
import { configDiff } from '../src/supervisor/config-diff.ts'

const manifest = parseAllDocuments(readFileSync(new URL('manifests/valid/every-field.yaml', import.meta.url), 'utf8'))
  .map((document) => document.toJS() as WattAppManifest & { kind: string }).find(({ kind }) => kind === 'WattApp')
assert.ok(manifest !== undefined)
const config = toAppConfig(manifest)

for (const path of leaves(config)) {
  test(`a change of ${path.join('.')} is live for both or for neither`, () => {
    const changed = withOther(config, path)
    const isSameRevision = canonicalJson(frozenPart(changed)) === canonicalJson(frozenPart(config))
    const { steps, needsNewPod } = configDiff(config, changed)
    assert.equal(isSameRevision, needsNewPod.length === 0, `the pod says: ${needsNewPod.join(', ') || 'live'}`)
    assert.equal(isSameRevision, steps.length > 0)
  })
}

/** Paths of all strings, numbers and booleans. */
function leaves (value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))
}

function withOther (from: AppConfig, path: readonly string[]): AppConfig {
  const copy = structuredClone(from)
  const parent = path.slice(0, -1).reduce((value: unknown, key) => Reflect.get(Object(value), key), copy)
  const last = path.at(-1) ?? ''
  const before: unknown = Reflect.get(Object(parent), last)
  Reflect.set(Object(parent), last, typeof before === 'number' ? before + 1 : typeof before === 'boolean' ? !before : `${String(before)}x`)
  return copy
}
