// The whole operator against an API server on a real socket: what it writes, and what it leaves alone.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import type { WorkerState } from '../../src/api/app-status.ts'
import type { WattApp, WattAppManifest } from '../../src/api/wattapp.ts'
import type { KubeObject } from '../../src/operator/client/object.ts'
import { startOperator, type Operator, type OperatorOptions } from '../../src/operator/operator.ts'
import { label, managedBy } from '../../src/operator/render/metadata.ts'
import { ApiServer } from './api-server.ts'

const at = {
  apps: '/apis/wattapp.dev/v1alpha1/namespaces/store/wattapps',
  deployments: '/apis/apps/v1/namespaces/store/deployments',
  services: '/api/v1/namespaces/store/services',
  configMaps: '/api/v1/namespaces/store/configmaps',
  serviceAccounts: '/api/v1/namespaces/store/serviceaccounts',
  pods: '/api/v1/namespaces/store/pods',
  events: '/apis/events.k8s.io/v1/namespaces/store/events'
}

const shop: WattAppManifest = {
  apiVersion: 'wattapp.dev/v1alpha1',
  kind: 'WattApp',
  metadata: { name: 'shop', namespace: 'store' },
  spec: { image: 'shop:1', services: [{ name: 'web', path: 'web', routes: [{}] }] }
}

const silent = { debug () {}, info () {}, warn () {}, error () {} }

async function start (api: ApiServer, more: Partial<OperatorOptions>): Promise<Operator> {
  return await startOperator({
    connection: api.connection(),
    namespaces: ['store'],
    runtimeImage: 'runtime:1',
    lease: undefined,
    identity: 'operator-1',
    admin: { host: '127.0.0.1', port: 0 },
    concurrency: 4,
    settledMs: 60_000,
    version: '0.0.0',
    log: silent,
    random: () => 0,
    poller: { port: 1, timeoutMs: 500 },
    ...more
  })
}

interface Bench extends AsyncDisposable { api: ApiServer, operator: Operator, logged: string[], until: <Value>(look: () => Value | undefined | false) => Promise<Value> }

async function bench (prepare: (api: ApiServer) => void, { pollPort = 1, lease = false } = {}): Promise<Bench> {
  const api = await ApiServer.start()
  prepare(api)
  const logged: string[] = []
  const log = (fields: object, message: string): void => { logged.push(`${message} ${JSON.stringify(fields)}`) }
  const operator = await start(api, {
    lease: lease ? { namespace: 'store' } : undefined,
    log: { debug: () => {}, info: log, warn: log, error: log },
    poller: { port: pollPort, timeoutMs: 500 }
  })
  return {
    api,
    operator,
    logged,
    async until (look) {
      const deadline = AbortSignal.timeout(10_000)
      for (let found = look(); ; found = look()) {
        if (found !== undefined && found !== false) return found
        if (deadline.aborted) throw new Error(`never came; ${look.toString()}\n${logged.join('\n')}\n${JSON.stringify(api.get(`${at.apps}/shop`), null, 1)}`)
        await turn()
      }
    },
    async [Symbol.asyncDispose] () {
      await operator.close()
      await api[Symbol.asyncDispose]()
    }
  }
}

const put = (api: ApiServer, app: object): WattApp => api.put(at.apps, app as KubeObject) as unknown as WattApp
const read = (api: ApiServer, name = 'shop'): WattApp => api.get(`${at.apps}/${name}`) as unknown as WattApp
const told = (app: WattApp | undefined, type: string): string => {
  const condition = app?.status?.conditions?.find((condition) => condition.type === type)
  return `${condition?.status}/${condition?.reason}`
}
const isTold = (api: ApiServer, type: string, what: string) => (): boolean => told(read(api), type) === what

/** What the Deployment's controller would say once all pods are new and ready. */
function rollOut (api: ApiServer, ready = 1): void {
  const deployment = api.get(`${at.deployments}/shop`)
  assert.ok(deployment !== undefined)
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready }
  api.put(at.deployments, { ...deployment, ...{ status: { observedGeneration: deployment.metadata.generation, ...counts } } })
}

function putPod (api: ApiServer, name: string, revision: string): KubeObject {
  return api.put(at.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'store', labels: { [label.app]: 'shop', [label.managedBy]: managedBy, [label.revision]: revision } },
    ...{ status: { phase: 'Running', podIP: '127.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] } }
  })
}

/** Nothing is under way: a message sent now to the operator's own port is answered after all that it had to do. */
async function idle ({ operator }: Bench): Promise<void> {
  for (let depth = 1; depth > 0;) {
    const text = await (await fetch(`http://127.0.0.1:${operator.adminPort}/metrics`)).text()
    depth = Number(/^workqueue_depth\S* (\d+)$/m.exec(text)?.[1]) + Number(/^controller_runtime_active_workers\S* (\d+)$/m.exec(text)?.[1])
  }
}

test('an app becomes its objects, in an order that a pod can start in, and says so', async () => {
  await using it = await bench((api) => { put(api, shop) })
  await it.until(isTold(it.api, 'Progressing', 'True/RollingOut'))
  const made = it.api.writes().filter((write) => !write.includes('/events') && !write.includes('/status')).map((write) => write.replace(/-[a-z0-9]{10}$/, '-HASH'))
  assert.deepEqual(made, [
    `PATCH ${at.serviceAccounts}/shop`, `PATCH ${at.configMaps}/shop-HASH`, `PATCH ${at.services}/shop`, `PATCH ${at.deployments}/shop`
  ])
  for (const { query, contentType } of it.api.requests.filter(({ method }) => method === 'PATCH')) {
    assert.equal(contentType, 'application/apply-patch+yaml')
    assert.equal(query.get('fieldManager'), 'wattapp-operator')
  }
  rollOut(it.api)
  await it.until(isTold(it.api, 'Ready', 'True/Ready'))
  const { status } = read(it.api)
  assert.equal(status?.url, 'http://shop.store.svc')
  assert.equal(status?.selector, 'wattapp.dev/app=shop')
  assert.match(status?.revision ?? '', /^shop-[a-z0-9]{10}$/)
})

test('the first status has every condition, as Unknown', async () => {
  await using it = await bench((api) => { put(api, shop) })
  const first = await it.until(() => it.api.requests.find(({ path }) => path === `${at.apps}/shop/status`))
  const { status } = first.body as unknown as WattApp
  assert.deepEqual(status?.conditions?.map(({ type, status }) => `${type} ${status}`), ['Accepted Unknown', 'Progressing Unknown', 'Ready Unknown', 'Degraded Unknown'])
})

test('looking again at an app at rest writes nothing; nor does a new operator', async () => {
  await using first = await bench((api) => { put(api, shop) })
  await first.until(() => first.api.get(`${at.deployments}/shop`))
  rollOut(first.api)
  await first.until(isTold(first.api, 'Ready', 'True/Ready'))
  await idle(first)
  const writes = first.api.writes().length
  // An annotation of another: an event, and a look, and no write.
  const app = first.api.get(`${at.apps}/shop`)
  assert.ok(app !== undefined)
  first.api.put(at.apps, { ...app, metadata: { ...app.metadata, annotations: { note: 'by a person' } } })
  rollOut(first.api)
  await idle(first)
  assert.deepEqual(first.api.writes().slice(writes), [])
  await first.operator.close()

  await using second = await start(first.api, { identity: 'operator-2', runtimeImage: 'runtime:2', version: '0.0.1' })
  const looked = async (): Promise<boolean> => /result="requeue_after"} [1-9]/.test(await (await fetch(`http://127.0.0.1:${second.adminPort}/metrics`)).text())
  while (!await looked()) await turn()
  assert.deepEqual(first.api.writes().slice(writes), [])
})

test('what a person changes by hand is put back, and what is deleted comes again', async () => {
  await using it = await bench((api) => { put(api, shop) })
  const deployment = await it.until(() => it.api.get(`${at.deployments}/shop`) as KubeObject & { spec: { replicas: number } } | undefined)
  it.api.put(at.deployments, { ...deployment, ...{ spec: { ...deployment.spec, replicas: 9 } } })
  await it.until(() => (it.api.get(`${at.deployments}/shop`) as KubeObject & { spec: { replicas: number } }).spec.replicas === 1)
  it.api.remove(at.services, 'shop')
  await it.until(() => it.api.get(`${at.services}/shop`))
  const notes = await it.until(() => it.api.requests.filter(({ path }) => path === at.events).map(({ body }) => body as KubeObject & { reason?: string, note?: string }).find(({ reason }) => reason === 'PutBack'))
  assert.match(notes.note ?? '', /Deployment shop was changed by another \(spec\.replicas\)/)
})

test('what cannot be put back beside a hand edit takes its place', async () => {
  await using it = await bench((api) => { put(api, shop) })
  type Ported = KubeObject & { spec: { ports: Array<{ name: string, port: number }> } }
  const service = await it.until(() => it.api.get(`${at.services}/shop`) as Ported | undefined)
  // As the real one does: apply merges ports by their number, and two of one name are invalid.
  it.api.fault = ({ path, contentType }) => {
    const ports = (it.api.get(`${at.services}/shop`) as Ported).spec.ports
    return path === `${at.services}/shop` && contentType?.includes('apply') === true && ports.some(({ port }) => port !== 80)
      ? { status: 422, reason: 'Invalid', message: 'spec.ports[1].name: Duplicate value: "http"' }
      : undefined
  }
  it.api.put(at.services, { ...service, ...{ spec: { ...service.spec, ports: [{ name: 'http', port: 81 }] } } })
  await it.until(() => (it.api.get(`${at.services}/shop`) as Ported).spec.ports[0]?.port === 80)
  await idle(it)
  const sent = it.api.requests.filter(({ method, path }) => method === 'PATCH' && path === `${at.services}/shop`).slice(1)
  assert.deepEqual(sent.map(({ contentType, query }) => [contentType?.split(/[/+]/)[1], query.get('fieldManager')]), [
    ['apply-patch', 'wattapp-operator'], ['merge-patch', 'wattapp-operator-repair'], ['merge-patch', null], ['apply-patch', 'wattapp-operator']
  ])
  assert.ok(sent.every(({ body }) => body?.metadata.uid === service.metadata.uid))
})

test('a pod whose container is not made for long is asked after in the events, and its reason is in the status', async () => {
  await using it = await bench((api) => { put(api, shop) })
  await it.until(() => it.api.get(`${at.deployments}/shop`))
  const revision = it.api.names(at.configMaps)[0]?.replace('shop-', '') ?? ''
  it.api.put(at.events, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e1', namespace: 'store' },
    ...{ type: 'Warning', reason: 'FailedMount', note: 'MountVolume.SetUp failed: secret "db" not found', deprecatedLastTimestamp: '2999-01-01T00:00:01Z' }
  })
  const { uid: _, ...pod } = putPod(it.api, 'shop-1', revision).metadata
  it.api.put(at.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod, creationTimestamp: '2026-01-01T00:00:00Z' },
    ...{ status: { phase: 'Pending', containerStatuses: [{ restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }] } }
  })
  await it.until(() => read(it.api).status?.conditions?.find(({ type }) => type === 'Ready')?.message.includes(
    'pod shop-1: ContainerCreating, FailedMount: MountVolume.SetUp failed: secret "db" not found'))
  const asked = it.api.requests.find(({ method, path }) => method === 'GET' && path === at.events)
  assert.equal(asked?.query.get('fieldSelector'), `regarding.uid=${it.api.get(`${at.pods}/shop-1`)?.metadata.uid}`)
})

test('an object of our name that is not ours is never written to, and is named', async () => {
  const theirs: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'store', labels: { by: 'hand' } } }
  await using it = await bench((api) => {
    api.put(at.services, theirs)
    put(api, shop)
  })
  await it.until(isTold(it.api, 'Accepted', 'False/NameConflict'))
  assert.match(read(it.api).status?.conditions?.[0]?.message ?? '', /Service "shop" exists and is not this app's/)
  assert.deepEqual(it.api.writes().filter((write) => !write.includes('/status') && !write.includes('/events')), [])
  assert.deepEqual(it.api.get(`${at.services}/shop`)?.metadata.labels, { by: 'hand' })
})

test('an object of an app that was deleted, of the same name, is not taken over', async () => {
  const ownerReferences = [{ apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', name: 'shop', uid: 'the-old-app', controller: true }]
  await using it = await bench((api) => {
    api.put(at.deployments, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop', namespace: 'store', labels: { [label.app]: 'shop', [label.managedBy]: managedBy }, ownerReferences }, ...{ spec: {}, status: {} } })
    put(api, shop)
  })
  await it.until(isTold(it.api, 'Accepted', 'False/NameConflict'))
  // The garbage collector takes it at last: its going is heard, and the new app begins.
  it.api.remove(at.deployments, 'shop')
  await it.until(isTold(it.api, 'Accepted', 'True/Accepted'))
})

test('a refused spec leaves what runs as it is', async () => {
  await using it = await bench((api) => { put(api, shop) })
  await it.until(isTold(it.api, 'Accepted', 'True/Accepted'))
  await idle(it)
  const before = it.api.get(`${at.deployments}/shop`)
  const app = read(it.api)
  put(it.api, { ...app, spec: { ...app.spec, services: [{ name: 'web', path: 'web', dependsOn: ['pay'] }, { name: 'pay', path: 'pay', dependsOn: ['web'] }] } })
  await it.until(isTold(it.api, 'Accepted', 'False/DependencyCycle'))
  assert.deepEqual(it.api.get(`${at.deployments}/shop`), before)
  assert.equal(read(it.api).status?.observedGeneration, read(it.api).metadata.generation)
})

test('a live change edits the ConfigMap and wakes the pods that hold the old one; a roll makes a new one and prunes the old with its last pod', async () => {
  await using it = await bench((api) => { put(api, shop) })
  await it.until(() => it.api.get(`${at.deployments}/shop`))
  const [first = ''] = it.api.names(at.configMaps)
  putPod(it.api, 'shop-1', first.replace('shop-', ''))
  rollOut(it.api)
  await it.until(isTold(it.api, 'Ready', 'True/Ready'))
  await idle(it)
  assert.equal(it.api.get(`${at.pods}/shop-1`)?.metadata.annotations, undefined, 'a pod that began with this config is left alone')

  const app = read(it.api)
  put(it.api, { ...app, spec: { ...app.spec, services: [{ name: 'web', path: 'web', routes: [{ pathPrefix: '/shop' }] }] } })
  await it.until(() => it.api.get(`${at.pods}/shop-1`)?.metadata.annotations?.['wattapp.dev/config-hash'])
  assert.deepEqual(it.api.names(at.configMaps), [first])
  const { data } = it.api.get(`${at.configMaps}/${first}`) as KubeObject & { data: Record<string, string> }
  assert.match(data['app.json'] ?? '', /"pathPrefix": "\/shop"/)
  const patches = () => it.api.writes().filter((write) => write === `PATCH ${at.pods}/shop-1`).length
  await idle(it)
  assert.equal(patches(), 1)

  put(it.api, { ...read(it.api), spec: { ...app.spec, image: 'shop:2' } })
  await it.until(() => it.api.names(at.configMaps).length === 2)
  const second = it.api.names(at.configMaps).find((name) => name !== first) ?? ''
  await it.until(() => it.api.get(`${at.deployments}/shop`)?.metadata.labels?.[label.revision] === second.replace('shop-', ''))
  putPod(it.api, 'shop-2', second.replace('shop-', ''))
  rollOut(it.api)
  await idle(it)
  assert.equal(it.api.names(at.configMaps).length, 2, 'the old pod is still there')
  it.api.remove(at.pods, 'shop-1')
  await it.until(() => it.api.names(at.configMaps).length === 1)
  assert.deepEqual(it.api.names(at.configMaps), [second])
})

test('code in a ConfigMap: what is missing is said, and new code reaches running pods, which stay', async () => {
  const stock = { ...shop, spec: { source: { configMap: { name: 'code' } }, services: [{ name: 'web', path: 'web.mjs' }] } }
  const code = (text: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'code', namespace: 'store' }, ...{ data: { 'web.mjs': text } } })
  await using it = await bench((api) => { put(api, stock) })
  await it.until(isTold(it.api, 'Accepted', 'False/SourceNotFound'))
  it.api.put(at.configMaps, code('1'))
  await it.until(isTold(it.api, 'Accepted', 'True/Accepted'))
  const revision = read(it.api).status?.revision ?? ''
  const config = (): string => (it.api.get(`${at.configMaps}/${revision}`) as { data?: Record<string, string> } | undefined)?.data?.['app.json'] ?? ''
  await it.until(() => config().includes('sourceHash'))
  const before = config()
  it.api.put(at.configMaps, code('2'))
  await it.until(() => config() !== before)
  assert.equal(read(it.api).status?.revision, revision)
})

test('what the API server refuses is told in its words, and what came before it stays', async () => {
  await using it = await bench((api) => {
    api.fault = ({ method, path }) => method === 'PATCH' && path.includes('/deployments/') ? { status: 403, reason: 'Forbidden', message: 'exceeded quota: pods' } : undefined
    put(api, shop)
  })
  await it.until(isTold(it.api, 'Progressing', 'False/ApplyFailed'))
  assert.match(read(it.api).status?.conditions?.[1]?.message ?? '', /exceeded quota: pods/)
  it.api.fault = () => undefined
  await it.until(isTold(it.api, 'Progressing', 'True/RollingOut'))
})

test('a paused app is looked at and not touched', async () => {
  await using it = await bench((api) => { put(api, { ...shop, metadata: { ...shop.metadata, annotations: { 'wattapp.dev/paused': 'true' } } }) })
  await it.until(isTold(it.api, 'Progressing', 'Unknown/Paused'))
  assert.equal(it.api.get(`${at.deployments}/shop`), undefined)
  put(it.api, { ...read(it.api), metadata: shop.metadata })
  await it.until(() => it.api.get(`${at.deployments}/shop`))
})

test('what a pod says of its services is in the status; a pod that cannot be asked is a reason, and Ready follows the Deployment', async () => {
  let isLooping = false
  let isAway = false
  const answer = (): object => {
    const state: WorkerState = isLooping ? 'crashLoop' : 'ready'
    const service = { name: 'web', desired: 1, ready: isLooping ? 0 : 1, restarts: 6, message: isLooping ? 'exit code 1' : '', workers: [{ id: 1, state, restarts: 6 }] }
    return { app: 'shop', ready: true, notReady: [], services: [service] }
  }
  await using pod = createServer((_, response) => { response.writeHead(isAway ? 503 : 200).end(JSON.stringify(answer())) }).listen(0, '127.0.0.1')
  await once(pod, 'listening')
  await using it = await bench((api) => { put(api, shop) }, { pollPort: (pod.address() as AddressInfo).port })
  await it.until(() => it.api.get(`${at.deployments}/shop`))
  putPod(it.api, 'shop-1', it.api.names(at.configMaps)[0]?.replace('shop-', '') ?? '')
  rollOut(it.api)
  await it.until(isTold(it.api, 'Degraded', 'False/AsExpected'))
  assert.equal(read(it.api).status?.servicesReady, '1/1')
  assert.deepEqual(read(it.api).status?.services, [{ name: 'web', ready: 1, workers: 1, restarts: 6, message: '' }])

  const look = (): void => { put(it.api, { ...read(it.api), metadata: { ...read(it.api).metadata, annotations: { look: String(Math.random()) } } }) }
  isLooping = true
  look()
  await it.until(isTold(it.api, 'Degraded', 'True/ServiceCrashLoop'))
  assert.equal(told(read(it.api), 'Ready'), 'True/Ready')
  isAway = true
  look()
  await it.until(isTold(it.api, 'Degraded', 'Unknown/PodsUnreachable'))
  assert.equal(told(read(it.api), 'Ready'), 'True/Ready')
})

test('only who holds the lease writes; its port tells health, readiness and metrics', async () => {
  await using it = await bench((api) => { put(api, shop) }, { lease: true })
  await it.until(() => it.api.get(`${at.deployments}/shop`))
  const get = async (path: string): Promise<Response> => await fetch(`http://127.0.0.1:${it.operator.adminPort}${path}`)
  assert.deepEqual(await Promise.all(['/healthz', '/readyz', '/nowhere'].map(async (path) => (await get(path)).status)), [200, 200, 404])
  const metrics = await (await get('/metrics')).text()
  for (const series of [
    /^controller_runtime_reconcile_total\{controller="wattapp",result="error"\} 0$/m, /^workqueue_depth\{/m, /^rest_client_requests_total\{code="201",method="PATCH",host="127\.0\.0\.1:\d+"\} 4$/m,
    /^leader_election_master_status\{name="wattapp-operator"\} 1$/m, /^wattapp_operator_apps\{ready="False"\} 1$/m
  ]) assert.match(metrics, series)
})
