// The first minute of a new user, and the promise behind it: rolling updates and lost pods cost no request.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { request, startClient, startLoad, untilReached } from './support/client.ts'
import { apply, get, kubectl, list } from './support/kubectl.ts'
import { until } from './support/wait.ts'
import { createNamespace } from './support/namespace.ts'
import { admin, isReady, podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-hello'
const hello = readFileSync(new URL('../examples/hello/hello.yaml', import.meta.url), 'utf8')

before(async () => {
  await createNamespace(namespace)
  await startClient(namespace)
  await apply(hello, namespace)
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

test('kubectl apply of the hello example answers through its Service', async () => {
  await untilCondition('hello', namespace, 'Ready', 'True')
  const answer = await untilReached(namespace, 'http://hello/')
  assert.equal(answer.status, 200)
  assert.match(answer.body, /hello/i)
})

test('kubectl scale of the WattApp adds a pod', async () => {
  await kubectl(['scale', 'wattapp/hello', '-n', namespace, '--replicas=2'])
  const app = await until('two ready replicas', async () => {
    const seen = await get('wattapp', 'hello', namespace)
    return seen.status?.['readyReplicas'] === 2 && seen
  })
  assert.equal(app.status?.['servicesReady'], '2/2')
})

test('a rolling update under constant load loses no request', async () => {
  const old = new Set((await podsOf('hello', namespace)).map((pod) => pod.metadata.name))
  const load = await startLoad(namespace, 'http://hello/')
  await kubectl(['patch', 'wattapp/hello', '-n', namespace, '--type=merge', '-p', '{"spec":{"podTemplate":{"metadata":{"annotations":{"example.com/roll":"1"}}}}}'])
  await until('two new ready pods and no old one', async () => {
    const pods = await list('pods', namespace, 'wattapp.dev/app=hello')
    return pods.length === 2 && pods.every((pod) => isReady(pod) && !old.has(pod.metadata.name))
  }, 180_000)
  assert.deepEqual(await load.stop(), [])
})

test('a deleted pod under constant load loses no request', async () => {
  const [victim] = await podsOf('hello', namespace)
  assert.ok(victim !== undefined)
  const load = await startLoad(namespace, 'http://hello/')
  await kubectl(['delete', 'pod', victim.metadata.name, '-n', namespace])
  await until('two ready pods again', async () => {
    const pods = await list('pods', namespace, 'wattapp.dev/app=hello')
    return pods.length === 2 && pods.every(isReady)
  })
  assert.deepEqual(await load.stop(), [])
})

test('routes, worker counts and log level reach running pods within 10 s, without a roll and without a lost request', async () => {
  const before = (await podsOf('hello', namespace)).map((pod) => pod.metadata.name).sort()
  const load = await startLoad(namespace, 'http://hello/')
  const patch = [
    { op: 'add', path: '/spec/services/0/routes/-', value: { pathPrefix: '/again', rewrite: '/' } },
    { op: 'add', path: '/spec/services/0/workers', value: { min: 2 } },
    { op: 'add', path: '/spec/observability', value: { logs: { level: 'warn' } } }
  ]
  await kubectl(['patch', 'wattapp/hello', '-n', namespace, '--type=json', '-p', JSON.stringify(patch)])
  await until('every pod runs two workers of the first service', async () => {
    const pods = await podsOf('hello', namespace)
    const statuses = await Promise.all(pods.map(async (pod) => JSON.parse(await admin(pod, '/api/v1/status'))))
    return statuses.every((status) => status.services.some((service: { desired: number, ready: number }) => service.desired === 2 && service.ready === 2))
  }, 10_000)
  const answer = await request(namespace, 'http://hello/again')
  assert.equal(answer.status, 200)
  assert.deepEqual(await load.stop(), [])
  assert.deepEqual((await podsOf('hello', namespace)).map((pod) => pod.metadata.name).sort(), before)
})
