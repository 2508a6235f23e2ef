// Every mistake is refused by the API server or reported by the operator, and `wattapp validate` says the same.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, test } from 'node:test'
import { get, kubectl, run } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { until } from './support/wait.ts'
import { conditionOf } from './support/wattapp.ts'

const namespace = 'e2e-manifests'
const folder = new URL('../test/manifests/', import.meta.url).pathname
const files = (kind: string): string[] => globSync(`${folder}${kind}/*.yaml`).sort()

before(() => createNamespace(namespace))
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

/** What the cluster says of a manifest: the API server's refusal, or the operator's Accepted condition. */
async function verdictOf (file: string): Promise<{ by: 'api-server' | 'operator' | 'nobody', message: string }> {
  const applied = await run('kubectl', ['apply', '-n', namespace, '-f', file])
  if (applied.code !== 0) return { by: 'api-server', message: applied.stderr }
  try {
    const name = /wattapp\S*\/(\S+) created/.exec(applied.stdout)?.[1] ?? ''
    const accepted = await until('the Accepted condition', async () => {
      const condition = conditionOf(await get('wattapp', name, namespace), 'Accepted')
      return condition !== undefined && condition.status !== 'Unknown' && condition
    }, 20_000)
    return accepted.status === 'False' ? { by: 'operator', message: accepted.message } : { by: 'nobody', message: '' }
  } finally {
    await kubectl(['delete', '-n', namespace, '-f', file, '--ignore-not-found', '--wait=true'])
  }
}

test('there are at least 25 kinds of mistake and 15 of attack', () => {
  assert.ok(files('invalid').length >= 25)
  assert.ok(files('hostile').length >= 15)
})

for (const file of files('invalid')) {
  const text = readFileSync(file, 'utf8')
  const by = /^# by: (\S+)/m.exec(text)?.[1]
  const path = /^# expect: (\S+)/m.exec(text)?.[1] ?? ''

  test(`${basename(file)} is refused by the ${by}, naming ${path}`, async () => {
    const verdict = await verdictOf(file)
    assert.equal(verdict.by, by, verdict.message)
    // The API server names a rule's own place, which may lie above the field; a field's last word must stand in the message.
    const words = path.split(/[.[\]]+/).filter((word) => word !== '' && !/^\d+$/.test(word))
    assert.ok(words.some((word) => verdict.message.includes(word)), `"${verdict.message}" names nothing of ${path}`)
  })
}

for (const file of files('valid')) {
  test(`${basename(file)} is taken by the API server`, async () => {
    const { code, stderr } = await run('kubectl', ['apply', '-n', namespace, '--dry-run=server', '-f', file])
    assert.equal(code, 0, stderr)
  })
}
