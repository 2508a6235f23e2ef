// What the operator sends to a real API server: nothing at rest, a removed field really removed, new code rolled, a pause kept.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { operatorNamespace } from './support/images.ts'
import { apply, get, kubectl, list } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { until } from './support/wait.ts'
import { podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-writes'
const hello = readFileSync(new URL('../examples/hello/hello.yaml', import.meta.url), 'utf8')

before(async () => {
  await createNamespace(namespace)
  await apply(hello, namespace)
  await untilCondition('hello', namespace, 'Ready', 'True')
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

/** Sums over the operator's pods: requests that write (leases aside: they are PUT), and looks at apps. */
async function figures (): Promise<{ writes: number, looks: number }> {
  const pods = await list('pods', operatorNamespace, 'app.kubernetes.io/name=wattapp-operator')
  const texts = await Promise.all(pods.map(({ metadata }) => kubectl(['get', '--raw', `/api/v1/namespaces/${operatorNamespace}/pods/${metadata.name}:8080/proxy/metrics`])))
  const sum = (pattern: RegExp): number => texts.flatMap((text) => [...text.matchAll(pattern)]).reduce((total, [, value]) => total + Number(value), 0)
  return {
    writes: sum(/^rest_client_requests_total\{code="\d+",method="(?:PATCH|POST|DELETE)"[^}]*\} (\d+)$/gm),
    looks: sum(/^controller_runtime_reconcile_total\{[^}]*\} (\d+)$/gm)
  }
}

test('an app at rest is looked at and not written to', async () => {
  const quiet = await until('a look without a write', async () => {
    const first = await figures()
    return await until('another look', async () => {
      const now = await figures()
      return now.looks > first.looks && now
    }).then((now) => now.writes === first.writes && now)
  })
  const later = await until('another look', async () => {
    const now = await figures()
    return now.looks > quiet.looks && now
  })
  assert.equal(later.writes, quiet.writes)
})

interface Template { spec: { template: { spec: { nodeSelector?: object, containers: Array<{ image: string }> } }, replicas: number } }

test('a field that the app no longer has is removed from the Deployment; what another added stays', async () => {
  await kubectl(['patch', 'wattapp/hello', '-n', namespace, '--type=merge', '-p', '{"spec":{"podTemplate":{"nodeSelector":{"kubernetes.io/os":"linux"}}}}'])
  const template = async (): Promise<Template['spec']> => (await get('deployment', 'hello', namespace) as unknown as Template).spec
  await until('the nodeSelector', async () => (await template()).template.spec.nodeSelector !== undefined)
  await kubectl(['label', 'deployment/hello', '-n', namespace, 'team=shop'])
  await kubectl(['patch', 'wattapp/hello', '-n', namespace, '--type=json', '-p', '[{"op":"remove","path":"/spec/podTemplate"}]'])
  await until('no nodeSelector', async () => (await template()).template.spec.nodeSelector === undefined)
  assert.equal((await get('deployment', 'hello', namespace)).metadata.labels?.['team'], 'shop')
  await untilCondition('hello', namespace, 'Ready', 'True')
})

test('kubectl rollout restart replaces the pods and is not undone', async () => {
  const [old] = await podsOf('hello', namespace)
  await kubectl(['rollout', 'restart', 'deployment/hello', '-n', namespace])
  await kubectl(['rollout', 'status', 'deployment/hello', '-n', namespace, '--timeout=120s'])
  const [now] = await podsOf('hello', namespace)
  assert.notEqual(now?.metadata.uid, old?.metadata.uid)
  assert.ok(now?.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'])
})

test('a change of the pods makes another revision, and the old one\'s config goes with its last pod', async () => {
  const before = await untilCondition('hello', namespace, 'Ready', 'True')
  await kubectl(['patch', 'wattapp/hello', '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec: { podTemplate: { metadata: { annotations: { 'example.com/changed': 'yes' } } } } })])
  await until('another revision', async () => {
    const app = await get('wattapp', 'hello', namespace)
    return app.status?.['revision'] !== before.status?.['revision']
  })
  await untilCondition('hello', namespace, 'Ready', 'True')
  await until('one config', async () => (await list('configmaps', namespace, 'wattapp.dev/app=hello')).length === 1)
})

test('a paused app is left as a person made it, until it goes on', async () => {
  await kubectl(['annotate', 'wattapp/hello', '-n', namespace, 'wattapp.dev/paused=true'])
  await until('Paused', async () => JSON.stringify((await get('wattapp', 'hello', namespace)).status).includes('"Paused"'))
  const before = await figures()
  await kubectl(['scale', 'deployment/hello', '-n', namespace, '--replicas=2'])
  await until('a look', async () => (await figures()).looks > before.looks)
  assert.equal((await get('deployment', 'hello', namespace) as unknown as Template).spec.replicas, 2)
  await kubectl(['annotate', 'wattapp/hello', '-n', namespace, 'wattapp.dev/paused-'])
  await until('one replica', async () => (await get('deployment', 'hello', namespace) as unknown as Template).spec.replicas === 1)
})
