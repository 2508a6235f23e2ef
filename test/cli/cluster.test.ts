// `status` and `logs` against a server that answers as an API server does; e2e/cli.test.ts has the real one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { running, temporaryFolder, wattapp } from './support.ts'

const worker = (id: number, state: string) => ({ id, state, restarts: 1, eventLoopUtilization: 0.421, heapUsedBytes: 30 * 2 ** 20, externalBytes: 2 ** 20 })
const condition = (type: string, status: string, reason: string, message: string) => ({ type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' })
const app = {
  apiVersion: 'wattapp.dev/v1alpha1',
  kind: 'WattApp',
  metadata: { name: 'shop', namespace: 'store' },
  spec: { replicas: 2, services: [{ name: 'web', path: 'web' }, { name: 'orders', path: 'orders' }] },
  status: {
    servicesReady: '1/2',
    readyReplicas: 2,
    revision: 'shop-abc',
    url: 'http://shop.store.svc',
    conditions: [condition('Ready', 'True', 'Ready', ''), condition('Degraded', 'True', 'CrashLoop', 'orders: \u001b[2Jboom')],
    services: [{ name: 'web', ready: 2, workers: 2, restarts: 1, message: '' }, { name: 'orders', ready: 0, workers: 2, restarts: 7, message: 'crash loop' }]
  }
}
const pod = (name: string) => ({ metadata: { name, uid: name }, status: { phase: 'Running', containerStatuses: [{ restartCount: 0, state: name === 'shop-c' ? { waiting: { reason: 'ImagePullBackOff' } } : {} }] } })
const record = (service: string, level: string, msg: string) => JSON.stringify({ time: '2026-01-01T10:00:00.000Z', level, msg, app: 'shop', service, worker: 1 })
const log = [record('web', 'info', 'hello'), record('orders', 'warn', 'low'), 'FATAL ERROR: a native crash', record('orders', 'error', 'boom'), ''].join('\n')

const base = '/api/v1/namespaces/store/pods'
const answers: Record<string, unknown> = {
  '/apis/wattapp.dev/v1alpha1/namespaces/store/wattapps/shop': app,
  [base]: { items: [pod('shop-c'), pod('shop-b'), pod('shop-a')] },
  [`${base}/shop-a:9464/proxy/api/v1/status`]: { services: [{ name: 'web', memoryBytes: 192 * 2 ** 20, workers: [worker(3, 'ready')] }] }
}

/** A kubeconfig for it, in a folder that goes with the test; `follow` gets the open log of shop-a. */
async function cluster (follow: (response: ServerResponse) => void = (response) => response.end()) {
  const queries: string[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://api')
    // A pod's name and port are one segment of the path.
    const path = decodeURIComponent(pathname)
    queries.push(path + search)
    if (path === `${base}/shop-a/log`) {
      response.write(log)
      if (search.includes('follow=true')) follow(response)
      else response.end()
    } else if (path === `${base}/shop-b/log`) response.end(record('web', 'debug', 'from b') + '\n')
    else if (path === `${base}/shop-c/log`) response.end()
    else if (answers[path] !== undefined) response.end(JSON.stringify(answers[path]))
    else response.writeHead(404).end(JSON.stringify({ kind: 'Status', reason: 'NotFound', message: `no ${path}` }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await temporaryFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'store' } }],
    'current-context': 'x'
  }))
  return {
    options: { env: { KUBECONFIG: kubeconfig } },
    queries,
    async [Symbol.asyncDispose] () {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    }
  }
}

test('status shows what the operator wrote, and each worker of the pods that answer', async () => {
  await using api = await cluster()
  const { code, stdout, stderr } = await wattapp(['status', 'shop'], api.options)
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, `NAME  NAMESPACE  SERVICES  REPLICAS  REVISION  URL
shop  store      1/2       2/2       shop-abc  http://shop.store.svc

Ready        True     Ready
Degraded     True     CrashLoop: orders:  [2Jboom

SERVICE  READY  RESTARTS  MESSAGE
web      2/2    1
orders   0/2    7         crash loop

POD     SERVICE  WORKER  STATE                          RESTARTS  LOOP  MEMORY
shop-a  web      3       ready                          1         42%   31Mi of 192Mi
shop-b                   no answer from its admin port
shop-c                   ImagePullBackOff
`)
})

test('status for programs has the app\'s status and the pods\' own', async () => {
  await using api = await cluster()
  const { stdout } = await wattapp(['status', 'shop', '-o', 'json'], api.options)
  const { status, pods } = JSON.parse(stdout) as { status: { revision: string }, pods: Array<{ name: string, status?: { services: unknown[] } }> }
  assert.equal(status.revision, 'shop-abc')
  assert.deepEqual(pods.map(({ name, status }) => [name, status?.services.length]), [['shop-a', 1], ['shop-b', undefined], ['shop-c', undefined]])
})

test('an app that is not there is code 1, and the namespace is the one that was asked for', async () => {
  await using api = await cluster()
  const { code, stdout, stderr } = await wattapp(['status', 'shop', '-n', 'elsewhere'], api.options)
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /there is no WattApp "shop" in namespace "elsewhere" \(WATT_APP_NOT_FOUND\)\n {2}remedy: /)
})

test('logs are of every pod, as they were written', async () => {
  await using api = await cluster()
  const { code, stdout } = await wattapp(['logs', 'shop', '--tail', '9', '--since', '60'], api.options)
  assert.equal(code, 0)
  assert.deepEqual(stdout.trim().split('\n').toSorted(), [...log.trim().split('\n'), record('web', 'debug', 'from b')].toSorted())
  assert.ok(api.queries.includes(`${base}/shop-a/log?container=app&follow=false&tailLines=9&sinceSeconds=60`), api.queries.join('\n'))
})

test('logs of one service, of one level and above', async () => {
  await using api = await cluster()
  assert.equal((await wattapp(['logs', 'shop', '--service', 'orders'], api.options)).stdout, `${record('orders', 'warn', 'low')}\n${record('orders', 'error', 'boom')}\n`)
  assert.equal((await wattapp(['logs', 'shop', '-s', 'orders', '-l', 'error'], api.options)).stdout, `${record('orders', 'error', 'boom')}\n`)
  assert.match((await wattapp(['logs', 'shop', '-s', 'paymets'], api.options)).stderr, /no service "paymets", only web, orders \(WATT_SERVICE_NOT_IN_APP\)/)
})

test('a followed log goes on as lines come', async () => {
  let open: ServerResponse | undefined
  await using api = await cluster((response) => { open = response })
  await using child = running(['logs', 'shop', '-s', 'orders', '-f'], api.options)
  await child.line(/"boom"/)
  open?.write(`${record('web', 'info', 'not this')}\n${record('orders', 'info', 'later')}\n`)
  await child.line(/"later"/)
  assert.ok(!child.lines.some((line) => line.includes('not this')))
})

test('no cluster is told with a remedy', async () => {
  const { code, stderr } = await wattapp(['status', 'shop', '--kubeconfig', '/nowhere'])
  assert.equal(code, 1)
  assert.match(stderr, /WATT_KUBE_NO_CLUSTER\)\n {2}remedy: /)
})
