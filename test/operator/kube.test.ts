// Requests to an API server that is far away, busy, restarted or somebody else.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { fromKubeconfig, fromServiceAccount } from '../../src/operator/client/connection.ts'
import { KubeError } from '../../src/operator/client/errors.ts'
import { createKube, fenced, get, remove } from '../../src/operator/client/kube.ts'
import { objectPath, resources } from '../../src/operator/client/object.ts'
import { ApiServer } from './api-server.ts'

const pem = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures/tls', name), 'utf8')
const shop = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'store' } }
const services = '/api/v1/namespaces/store/services'

test('two hundred requests need a connection or two, checked against the service account\'s CA', async () => {
  await using api = await ApiServer.start({ key: pem('key.pem'), cert: pem('cert.pem') })
  const dir = mkdtempSync(join(tmpdir(), 'wattapp-sa-'))
  for (const [name, text] of Object.entries({ 'ca.crt': pem('cert.pem'), token: 'first\n', namespace: 'store' })) writeFileSync(join(dir, name), text)
  const connection = await fromServiceAccount(`https://127.0.0.1:${api.port}`, dir, systemClock)
  assert.equal(connection.namespace, 'store')
  const kube = createKube({ connection })
  api.put(services, shop)
  for (let i = 0; i < 200; i++) assert.equal((await get(kube, resources.service, 'store', 'shop'))?.metadata.name, 'shop')
  // undici opens a second one when the first has not quite read its answer's end.
  assert.ok(api.connections <= 2, `${api.connections} connections`)
  assert.equal(api.requests[0]?.authorization, 'Bearer first')

  // The kubelet has renewed the token; the old one is refused before we look at the file again.
  writeFileSync(join(dir, 'token'), 'second')
  api.fault = ({ authorization }) => authorization === 'Bearer first' ? { status: 401, reason: 'Unauthorized' } : undefined
  assert.ok(await get(kube, resources.service, 'store', 'shop'))
  await kube.close()
})

test('a server with another CA is not spoken to', async () => {
  await using api = await ApiServer.start({ key: pem('key.pem'), cert: pem('cert.pem') })
  const kube = createKube({ connection: api.connection({ server: `https://127.0.0.1:${api.port}` }) })
  await assert.rejects(kube.request('GET', '/api/v1/pods'), { code: 'WATT_KUBE_UNREACHABLE', message: /self-signed certificate/ })
  assert.deepEqual(api.requests, [])
  await kube.close()
})

test('a kubeconfig gives server, CA, token and namespace', async () => {
  await using api = await ApiServer.start({ key: pem('key.pem'), cert: pem('cert.pem') })
  const file = join(mkdtempSync(join(tmpdir(), 'wattapp-kubeconfig-')), 'config')
  writeFileSync(file, JSON.stringify({
    'current-context': 'other',
    contexts: [{ name: 'mine', context: { cluster: 'c', user: 'u', namespace: 'store' } }],
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${api.port}`, 'certificate-authority-data': Buffer.from(pem('cert.pem')).toString('base64') } }],
    users: [{ name: 'u', user: { token: 'from-kubeconfig' } }]
  }))
  const connection = await fromKubeconfig({ file, context: 'mine' }, systemClock)
  assert.equal(connection.namespace, 'store')
  const kube = createKube({ connection })
  await kube.request('GET', '/api/v1/pods')
  assert.equal(api.requests[0]?.authorization, 'Bearer from-kubeconfig')
  await kube.close()
  await assert.rejects(fromKubeconfig({ file, context: 'nobody' }, systemClock), { code: 'WATT_KUBE_NO_CLUSTER', message: /nobody/ })
})

test('a refusal carries the server\'s own status, reason and words', async () => {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection() })
  api.fault = () => ({ status: 403, reason: 'Forbidden', message: 'services is forbidden' })
  await assert.rejects(kube.request('GET', services), (thrown) => {
    assert.ok(thrown instanceof KubeError)
    assert.deepEqual([thrown.status, thrown.reason, thrown.message], [403, 'Forbidden', 'services is forbidden'])
    return true
  })
  await kube.close()
})

test('what was put off with 429 is sent again, a write too; what would wait long is left to the queue', async () => {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection() })
  api.fault = () => api.requests.length === 1 ? { status: 429, retryAfter: '0' } : undefined
  await kube.request('POST', services, { body: shop })
  assert.equal(api.requests.length, 2)
  api.fault = () => ({ status: 429, retryAfter: '60' })
  await assert.rejects(kube.request('POST', services, { body: shop }), { status: 429, retryAfterMs: 60_000 })
  assert.equal(api.requests.length, 3)
  await kube.close()
})

test('an answer that never comes, is cut off, or is no JSON is an error that says so', async () => {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection(), timeoutMs: 50 })
  api.fault = () => 'cut'
  await assert.rejects(kube.request('GET', services), { code: 'WATT_KUBE_UNREACHABLE' })
  const gone = api.connection({ server: 'http://127.0.0.1:1' })
  const nobody = createKube({ connection: gone })
  await assert.rejects(nobody.request('GET', services), { code: 'WATT_KUBE_UNREACHABLE', status: 503 })
  await Promise.all([kube.close(), nobody.close()])
})

test('behind the fence reads go through and writes do not', async () => {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection() })
  const behind = fenced(kube, () => false)
  await behind.request('GET', services)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) await assert.rejects(behind.request(method, services, { body: shop }), { code: 'WATT_KUBE_FENCED' })
  assert.deepEqual(api.writes(), [])
  await kube.close()
})

test('deleting names the uid, and what is gone already is fine', async () => {
  await using api = await ApiServer.start()
  const kube = createKube({ connection: api.connection() })
  const made = api.put(services, shop)
  await remove(kube, resources.service, made)
  assert.deepEqual(api.requests[0]?.body, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: made.metadata.uid } })
  api.fault = () => ({ status: 404, reason: 'NotFound' })
  await remove(kube, resources.service, made)
  assert.equal(objectPath(resources.service, 'store', 'a/../b'), '/api/v1/namespaces/store/services/a%2F..%2Fb')
  await kube.close()
})
