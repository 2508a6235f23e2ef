// The operator's own promises: its health, its metrics by their usual names, a leader that dies, an invalid app left in peace.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { operatorNamespace } from './support/images.ts'
import { apply, kubectl, list, run } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { until } from './support/wait.ts'
import { untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-operator'
const hello = readFileSync(new URL('../examples/hello/hello.yaml', import.meta.url), 'utf8')

before(() => createNamespace(namespace))
after(() => kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']))

interface Lease { spec: { holderIdentity?: string, leaseTransitions?: number } }

async function leader (): Promise<string> {
  const leases = JSON.parse(await kubectl(['get', 'leases', '-n', operatorNamespace, '-o', 'json'])).items as Lease[]
  return leases[0]?.spec.holderIdentity ?? ''
}

test('one operator holds the lease; when it dies another takes over and reconciles', async () => {
  const first = await until('a leader', async () => await leader() || undefined)
  const pods = await list('pods', operatorNamespace, 'app.kubernetes.io/name=wattapp-operator')
  const holder = pods.find(({ metadata }) => first.includes(metadata.name))
  assert.ok(holder !== undefined, `${first} is none of ${pods.map(({ metadata }) => metadata.name).join(', ')}`)
  await kubectl(['delete', 'pod', holder.metadata.name, '-n', operatorNamespace, '--grace-period=0', '--force'])
  await until('another leader', async () => {
    const now = await leader()
    return now !== '' && now !== first
  }, 60_000)
  await apply(hello, namespace)
  await untilCondition('hello', namespace, 'Ready', 'True')
})

test('hand edits are put back, such as apply alone would leave beside ours too', async () => {
  const read = async (): Promise<{ spec: { selector: object, ports: Array<{ port: number, targetPort: string }> } }> =>
    JSON.parse(await kubectl(['get', 'service', 'hello', '-n', namespace, '-o', 'json']))
  const before = await read()
  const edits = [{ ports: [{ name: 'http', port: 81, targetPort: 1 }] }, { selector: { by: 'hand' } }]
  for (const spec of edits) {
    await kubectl(['patch', 'service', 'hello', '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec })])
    await until('the Service as it was', async () => JSON.stringify((await read()).spec) === JSON.stringify(before.spec))
  }
  const managed = JSON.parse(await kubectl(['get', 'service', 'hello', '-n', namespace, '-o', 'json', '--show-managed-fields'])) as
    { metadata: { managedFields: Array<{ manager: string, operation: string }> } }
  assert.deepEqual(managed.metadata.managedFields.map(({ manager, operation }) => [manager, operation]), [['wattapp-operator', 'Apply']])
})

test('a pod that waits for a Secret says for which, and starts when it is there', async () => {
  const env = '\n      env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: not-yet, key: token } } }]'
  await apply(hello.replaceAll('hello', 'waits').replace('path: api.mjs', `path: api.mjs${env}`), namespace)
  await until('its reason', async () => /secret "not-yet" not found/.test(
    await kubectl(['get', 'watt', 'waits', '-n', namespace, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].message}'])), 60_000)
  await kubectl(['create', 'secret', 'generic', 'not-yet', '-n', namespace, '--from-literal=token=x'])
  await kubectl(['delete', 'pod', '-n', namespace, '-l', 'wattapp.dev/app=waits', '--wait=false'])
  await untilCondition('waits', namespace, 'Ready', 'True')
})

test('its metrics carry controller-runtime\'s names and pass promtool', async () => {
  const pods = await list('pods', operatorNamespace, 'app.kubernetes.io/name=wattapp-operator')
  const texts = await Promise.all(pods.map(({ metadata }) =>
    kubectl(['get', '--raw', `/api/v1/namespaces/${operatorNamespace}/pods/${metadata.name}:8080/proxy/metrics`])))
  const text = texts.find((metrics) => /leader_election_master_status\S* 1/.test(metrics)) ?? ''
  for (const name of ['controller_runtime_reconcile_total', 'workqueue_depth', 'rest_client_requests_total']) assert.ok(text.includes(name), name)
  const checked = await run('promtool', ['check', 'metrics'], { input: text })
  assert.equal(checked.code, 0, checked.stdout + checked.stderr)
})

test('kubectl explain tells every field of the spec', async () => {
  const text = await kubectl(['explain', 'wattapp.spec.services', '--recursive=false'])
  for (const field of ['name', 'path', 'routes', 'workers', 'memory', 'dependsOn', 'drainTimeout']) assert.match(text, new RegExp(`\\b${field}\\b`))
  assert.ok(!/no description/i.test(text))
})

test('deleting the namespace of an app takes no finalizer of ours', async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=90s'])
})
