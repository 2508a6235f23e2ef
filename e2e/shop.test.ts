// The shop on a real cluster: one apply, an order, a crash, drift, a removed service, a clean end.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inClient, request, startClient, untilReached } from './support/client.ts'
import { apply, get, kubectl, list } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { shopManifest } from './support/shop.ts'
import { until } from './support/wait.ts'
import { admin, conditionOf, isReady, podsOf, serviceOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-shop'

/** What a cluster with a storage provisioner does by itself. */
const volume = JSON.stringify({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'wattapp-e2e-shop' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: '',
    local: { path: process.env['WATTAPP_E2E_VOLUME'] ?? '/tmp' },
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }] } }
  }
})

before(async () => {
  await createNamespace(namespace)
  if (process.env['WATTAPP_E2E_VOLUME'] !== undefined) {
    await kubectl(['delete', 'pv', 'wattapp-e2e-shop', '--ignore-not-found', '--wait=true'])
    await apply(volume, namespace)
  }
  await startClient(namespace)
  await apply(shopManifest({ storage: 'claim' }), namespace)
})
after(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=120s'])
  await kubectl(['delete', 'pv', 'wattapp-e2e-shop', '--ignore-not-found', '--wait=false'])
})

test('the shop becomes Ready, and kubectl get wattapps prints its columns', async () => {
  await untilCondition('shop', namespace, 'Ready', 'True')
  await untilReached(namespace, 'http://shop/')
  const table = await kubectl(['get', 'wattapps', '-n', namespace])
  const [header = '', row = ''] = table.trim().split('\n')
  assert.deepEqual(header.split(/\s+/), ['NAME', 'READY', 'SERVICES', 'REPLICAS', 'REVISION', 'URL', 'AGE'])
  const revision = String((await get('wattapp', 'shop', namespace)).status?.['revision'])
  assert.match(row, new RegExp(`^shop\\s+True\\s+6/6\\s+1\\s+${revision}\\s+http://shop\\.${namespace}\\.svc\\s+\\S+$`))
})

test('all known conditions are told, each for the newest generation', async () => {
  const app = await get('wattapp', 'shop', namespace)
  for (const [type, status] of [['Accepted', 'True'], ['Ready', 'True'], ['Degraded', 'False'], ['Progressing', 'False']] as const) {
    const condition = conditionOf(app, type)
    assert.equal(condition?.status, status, `${type}: ${JSON.stringify(condition)}`)
    assert.equal(condition.observedGeneration, app.metadata.generation)
  }
})

test('an order goes through gateway, orders, products and payments, and its event arrives on the WebSocket', async () => {
  const output = await inClient(namespace, `
    const base = 'http://shop'
    const page = await fetch(base + '/')
    const products = await (await fetch(base + '/api/products')).json()
    const feed = new WebSocket('ws://shop/api/orders/feed')
    await new Promise((resolve, reject) => { feed.onopen = resolve; feed.onerror = () => reject(new Error('the feed did not open')) })
    const event = new Promise((resolve) => { feed.onmessage = (message) => resolve(JSON.parse(message.data)) })
    const post = (order) => fetch(base + '/api/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) })
    const items = [{ sku: products[0].sku, quantity: 2 }]
    const answer = await post({ customer: '1', items })
    const order = await answer.json()
    const read = await (await fetch(base + '/api/orders/' + order.id)).json()
    const tooMany = await post({ customer: '1', items: [{ sku: products[0].sku, quantity: 1_000_000 }] })
    const bad = await post({ customer: '1', items: [] })
    const mesh = await fetch(base + '/', { headers: { host: 'payments.internal' } })
    console.log(JSON.stringify({
      page: page.status, type: page.headers.get('content-type'), html: await page.text(), price: products[0].priceCents,
      status: answer.status, order, read, event: await event, tooMany: tooMany.status, bad: bad.status, reason: await bad.text(), customer: (await fetch(base + '/api/customers/1')).status
    }))
    process.exit(0)`)
  const seen = JSON.parse(output)
  assert.equal(seen.page, 200)
  assert.match(seen.type, /^text\/html/)
  assert.match(seen.html, /<html/i)
  assert.equal(seen.status, 201)
  assert.equal(seen.order.status, 'paid')
  assert.equal(seen.order.totalCents, 2 * seen.price)
  assert.equal(seen.read.id, seen.order.id)
  assert.equal(seen.event.id, seen.order.id)
  assert.equal(seen.tooMany, 409)
  assert.equal(seen.bad, 400)
  assert.ok(seen.reason.length > 10)
  assert.equal(seen.customer, 200)
})

test('a worker that dies is a restart in status and metrics; the pod stays ready and no other service is touched', async () => {
  const [pod] = await podsOf('shop', namespace)
  assert.ok(pod !== undefined)
  const restartsOf = async (): Promise<Record<string, number>> => {
    const { services } = JSON.parse(await admin(pod, '/api/v1/status'))
    return Object.fromEntries(services.map(({ name, restarts }: { name: string, restarts: number }) => [name, restarts]))
  }
  const before = await restartsOf()
  await request(namespace, 'http://shop/api/products/crash', { method: 'POST' })
  const after = await until('products has restarted', async () => {
    const now = await restartsOf()
    assert.ok(isReady((await get('pod', pod.metadata.name, namespace))), 'the pod went unready')
    return now['products'] === (before['products'] ?? 0) + 1 && now
  })
  assert.deepEqual({ ...after, products: 0 }, { ...before, products: 0 })
  assert.equal((await request(namespace, 'http://shop/api/products')).status, 200)
  assert.match(await admin(pod, '/metrics'), /wattapp_worker_restarts_total\{[^}]*service="products"[^}]*\} 1/)
  await until('the WattApp tells the restart', async () => serviceOf(await get('wattapp', 'shop', namespace), 'products')?.restarts === 1)
  const pods = await podsOf('shop', namespace)
  assert.deepEqual(pods.map(({ metadata }) => metadata.name), [pod.metadata.name])
})

test('a deleted Deployment and a hand edit are put back', async () => {
  const old = await get('deployment', 'shop', namespace)
  await kubectl(['delete', 'deployment', 'shop', '-n', namespace])
  await until('a new Deployment', async () => (await get('deployment', 'shop', namespace)).metadata.uid !== old.metadata.uid)
  await untilCondition('shop', namespace, 'Ready', 'True')
  await kubectl(['patch', 'service', 'shop', '-n', namespace, '--type=merge', '-p', '{"spec":{"selector":{"wattapp.dev/app":"stolen"}}}'])
  await until('the selector is ours again', async () =>
    (await get('service', 'shop', namespace)).spec['selector'] instanceof Object &&
    JSON.stringify((await get('service', 'shop', namespace)).spec['selector']) === '{"wattapp.dev/app":"shop"}')
})

test('a reconcile with nothing to do writes nothing', async () => {
  const versions = async (): Promise<string[]> => {
    const objects = await Promise.all(['deployment/shop', 'service/shop', 'serviceaccount/shop', 'wattapp/shop'].map((name) => {
      const [kind = '', id = ''] = name.split('/')
      return get(kind, id, namespace)
    }))
    return objects.map(({ kind, metadata }) => `${kind} ${metadata.resourceVersion}`)
  }
  await untilCondition('shop', namespace, 'Ready', 'True')
  const before = await until('a quiet app', async () => {
    const first = await versions()
    await new Promise((resolve) => setTimeout(resolve, 3000))
    return JSON.stringify(first) === JSON.stringify(await versions()) && first
  })
  // A label of somebody else makes the operator look again; only that write may show.
  await kubectl(['label', 'service/shop', '-n', namespace, 'example.com/seen=yes'])
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const after = await versions()
  assert.deepEqual(after.filter((version) => !version.startsWith('Service ')), before.filter((version) => !version.startsWith('Service ')))
})

test('removing a service rolls, and the old revision\'s ConfigMap goes with its last pod', async () => {
  const before = await get('wattapp', 'shop', namespace)
  const old = `${String(before.status?.['revision'])}`
  assert.ok((await list('configmaps', namespace, 'wattapp.dev/app=shop')).some(({ metadata }) => metadata.name === old))
  const index = (before.spec['services'] as Array<{ name: string }>).findIndex(({ name }) => name === 'admin')
  await kubectl(['patch', 'wattapp/shop', '-n', namespace, '--type=json', '-p', JSON.stringify([{ op: 'remove', path: `/spec/services/${index}` }])])
  const app = await until('five of five services of a new revision', async () => {
    const seen = await untilCondition('shop', namespace, 'Ready', 'True')
    return seen.status?.['servicesReady'] === '5/5' && seen.status['revision'] !== old && seen
  })
  await until('only the new revision\'s ConfigMap is left', async () => {
    const names = (await list('configmaps', namespace, 'wattapp.dev/app=shop')).map(({ metadata }) => metadata.name)
    return names.length === 1 && names[0] === app.status?.['revision']
  })
})

test('kubectl delete watt leaves nothing that the operator made', async () => {
  await kubectl(['delete', 'watt', 'shop', '-n', namespace])
  await until('nothing is left', async () => {
    const kinds = ['deployments', 'replicasets', 'pods', 'services', 'configmaps', 'serviceaccounts', 'wattapps']
    const left = (await Promise.all(kinds.map((kind) => list(kind, namespace, kind === 'wattapps' ? undefined : 'wattapp.dev/app=shop')))).flat()
    if (left.length > 0) throw new Error(left.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', '))
    return true
  })
})
