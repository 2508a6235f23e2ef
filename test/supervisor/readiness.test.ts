// When a pod is ready, alive and started, and what a person reads when it is not.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { AppStatus } from '../../src/api/app-status.ts'
import { createAdminServer } from '../../src/supervisor/admin/server.ts'
import { readinessChecks, startupChecks, type PodState } from '../../src/supervisor/readiness-state.ts'
import { serviceMessage, type ServiceHealth } from '../../src/supervisor/service-message.ts'

type PodService = PodState['services'][number]
const well: PodService = { name: 'web', required: true, hasBeenReady: true, isSettled: true, message: '' }
const pod: PodState = { isDraining: false, isGatewayListening: true, hasGatewayListened: true, services: [well] }

const rows: Record<string, { pod: PodState, ready: boolean, started: boolean }> = {
  'a pod whose required services have been ready is ready': { pod, ready: true, started: true },
  'a required service that is still starting keeps the pod out': { pod: { ...pod, services: [{ ...well, hasBeenReady: false, isSettled: false }] }, ready: false, started: false },
  'a service that is not required does not': { pod: { ...pod, services: [{ ...well, required: false, hasBeenReady: false, isSettled: false }] }, ready: true, started: true },
  'a required service that crashes from the start is no reason to restart the pod': { pod: { ...pod, services: [{ ...well, hasBeenReady: false }] }, ready: false, started: true },
  'a service that crashes later does not make the pod unready': { pod: { ...pod, services: [{ ...well, message: 'in crash loop' }] }, ready: true, started: true },
  'a draining pod is not ready': { pod: { ...pod, isDraining: true }, ready: false, started: true },
  'a pod without a gateway is not ready': { pod: { ...pod, isGatewayListening: false }, ready: false, started: true },
  'a pod whose gateway never listened has not started': { pod: { ...pod, isGatewayListening: false, hasGatewayListened: false }, ready: false, started: false }
}
for (const [name, { pod, ready, started }] of Object.entries(rows)) {
  test(name, () => {
    assert.equal(readinessChecks(pod).every(({ isOk }) => isOk), ready)
    assert.equal(startupChecks(pod).every(({ isOk }) => isOk), started)
  })
}

const health: ServiceHealth = { dependsOn: [], states: ['ready'], desired: 1, isInCrashLoop: false, isLeaving: false, lastExit: undefined, abandoned: 0, flooding: undefined }
const lastExit = { reason: 'error' as const, message: 'no database' }
const messages: Record<string, [Partial<ServiceHealth>, string]> = {
  'nothing is said while all is well': [{}, ''],
  'an end that is over is not said': [{ lastExit }, ''],
  'a service that waits says for whom': [{ states: [], dependsOn: ['api'] }, 'waits for api to start'],
  'a service that starts says so': [{ states: ['starting'] }, 'starting'],
  'a service that restarts says why': [{ states: ['backoff'], lastExit }, 'restarting: last end by error: no database'],
  'a crash loop is called by its name': [{ states: ['crashLoop'], isInCrashLoop: true, lastExit }, 'in crash loop: last end by error: no database'],
  'missing workers are counted': [{ states: ['ready', 'backoff'], desired: 2, lastExit }, '1 of 2 workers ready; last end by error: no database'],
  'a service that floods the pool is named': [{ flooding: 'floods the pool' }, 'floods the pool'],
  'a thread that could not be ended is graver than all': [{ abandoned: 1, isInCrashLoop: true }, '1 of its threads hangs in a native call and could not be ended; only a new pod frees it']
}
for (const [name, [some, message]] of Object.entries(messages)) test(name, () => assert.equal(serviceMessage({ ...health, ...some }), message))

async function admin (state: PodState): Promise<{ ask: (path: string, method?: string) => Promise<Response>, [Symbol.asyncDispose]: () => Promise<void> }> {
  const status: AppStatus = { app: 'shop', version: '1', configHash: '', ready: true, notReady: [], draining: false, startedAt: '', services: [] }
  const server = createAdminServer({ pod: () => state, status: () => status, metrics: async () => ({ contentType: 'text/plain', body: 'up 1\n' }) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ask: (path, method = 'GET') => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method }),
    async [Symbol.asyncDispose] () {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

test('probes answer as Kubernetes\' own do', async () => {
  await using well = await admin(pod)
  assert.deepEqual([await well.ask('/readyz').then(textOf), await well.ask('/livez').then(textOf), await well.ask('/startupz').then(textOf)], ['200 ok', '200 ok', '200 ok'])
  assert.equal(await well.ask('/readyz?verbose').then(textOf), '200 [+]shutdown ok\n[+]gateway ok\n[+]service/web ok\nreadyz check passed\n')

  await using draining = await admin({ ...pod, isDraining: true })
  assert.equal(await draining.ask('/readyz').then(textOf), '503 [-]shutdown failed: the pod is draining\n[+]gateway ok\n[+]service/web ok\nreadyz check failed\n')
  assert.equal(await draining.ask('/livez').then(textOf), '200 ok')
})

test('the admin port answers reads of what there is, and nothing else', async () => {
  await using server = await admin(pod)
  assert.equal(await server.ask('/metrics').then(textOf), '200 up 1\n')
  assert.equal((await (await server.ask('/api/v1/status')).json() as AppStatus).app, 'shop')
  assert.equal(await server.ask('/readyz', 'HEAD').then(textOf), '200 ')
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const refused = await server.ask('/api/v1/status', method)
    assert.equal(refused.status, 405)
    assert.equal(refused.headers.get('allow'), 'GET, HEAD')
  }
  for (const path of ['/', '//', '/api/v1/status/', '/metrics2', '/__proto__', '/%2fmetrics']) {
    const missing = await server.ask(path)
    assert.equal(missing.status, 404)
    assert.equal((await missing.json() as { code: string }).code, 'WATT_ADMIN_NOT_FOUND')
  }
})

async function textOf (response: Response): Promise<string> {
  return `${response.status} ${await response.text()}`
}
