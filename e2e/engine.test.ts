// The engine in a real pod: a process and a shared thread beside plain threads, live changes under load, a resize in place.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { request, startClient, startLoad, untilReached } from './support/client.ts'
import { apply, kubectl } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { until } from './support/wait.ts'
import { admin, podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-engine'

const where = `
  import { createServer } from 'node:http'
  import { isMainThread, threadId } from 'node:worker_threads'
  const version = 1
  createServer(async (request, response) => {
    if (request.url === '/abort') process.abort()
    const other = request.url === '/over' ? await (await fetch('http://' + process.env.OTHER + '.internal/')).text() : ''
    response.end(JSON.stringify({ version, pid: process.pid, threadId, isMainThread, greeting: process.env.GREETING ?? '', other }))
  }).listen(3000)`

interface Where { version: number, pid: number, threadId: number, isMainThread: boolean, greeting: string, other: string }

const source = (code: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'engine-code' }, data: { 'where.mjs': code, 'two.mjs': code } })

const app = {
  apiVersion: 'wattapp.dev/v1alpha1',
  kind: 'WattApp',
  metadata: { name: 'engine' },
  spec: {
    source: { configMap: { name: 'engine-code' } },
    drainDelay: '1s',
    podTemplate: { resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } } },
    services: [
      { name: 'plain', path: 'where.mjs', memory: '96Mi', routes: [{ pathPrefix: '/plain', rewrite: '/' }], env: [{ name: 'OTHER', value: 'apart' }] },
      { name: 'apart', path: 'where.mjs', memory: '128Mi', isolation: 'process', routes: [{ pathPrefix: '/apart', rewrite: '/' }], env: [{ name: 'OTHER', value: 'one' }] },
      { name: 'one', path: 'where.mjs', memory: '96Mi', thread: 'both', routes: [{ pathPrefix: '/one', rewrite: '/' }], env: [{ name: 'OTHER', value: 'two' }] },
      { name: 'two', path: 'two.mjs', memory: '96Mi', thread: 'both', routes: [{ pathPrefix: '/two', rewrite: '/' }] }
    ]
  }
}

interface ServiceStatus { name: string, ready: number, restarts: number, isolation: string, thread?: string, memoryBytes: number, lastExit?: { reason: string, message: string }, workers: Array<{ id: number }> }
interface Status { configError?: { code: string, message: string }, services: ServiceStatus[] }

async function thePod (): Promise<Awaited<ReturnType<typeof podsOf>>[number]> {
  const [pod] = await podsOf('engine', namespace)
  assert.ok(pod !== undefined)
  return pod
}

async function status (): Promise<Status> {
  return JSON.parse(await admin(await thePod(), '/api/v1/status'))
}

async function service (name: string): Promise<ServiceStatus> {
  const found = (await status()).services.find((service) => service.name === name)
  assert.ok(found !== undefined)
  return found
}

async function ask (path: string): Promise<Where> {
  const { status, body } = await request(namespace, `http://engine${path}`)
  assert.equal(status, 200, body)
  return JSON.parse(body)
}

before(async () => {
  await createNamespace(namespace)
  await startClient(namespace)
  await apply(source(where), namespace)
  await apply(JSON.stringify(app), namespace)
  await untilCondition('engine', namespace, 'Ready', 'True')
  await untilReached(namespace, 'http://engine/plain')
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

test('one file runs as a thread, as a process and in a shared thread, and each calls the next by its name', async () => {
  const [plain, apart, one, two] = [await ask('/plain/over'), await ask('/apart/over'), await ask('/one/over'), await ask('/two')]
  assert.deepEqual([plain.isMainThread, apart.isMainThread, one.isMainThread], [false, true, false])
  assert.notEqual(apart.pid, plain.pid)
  assert.equal(one.threadId, two.threadId)
  assert.notEqual(one.threadId, plain.threadId)
  assert.equal(JSON.parse(plain.other).pid, apart.pid)
  assert.equal(JSON.parse(apart.other).threadId, two.threadId)
  assert.equal(JSON.parse(one.other).threadId, two.threadId)
  assert.equal((await service('apart')).isolation, 'process')
  assert.equal((await service('two')).thread, 'both')
})

test('a process that aborts takes nothing else down, and its end is told', async () => {
  const before = await service('apart')
  const load = await startLoad(namespace, 'http://engine/plain/')
  await request(namespace, 'http://engine/apart/abort')
  const now = await until('the process is back', async () => {
    const seen = await service('apart')
    return seen.ready === 1 && seen.restarts > before.restarts && seen
  })
  assert.equal(now.lastExit?.reason, 'signal')
  assert.match(now.lastExit?.message ?? '', /SIGABRT/)
  assert.deepEqual(await load.stop(), [])
})

test('env of one service and the code of the ConfigMap reach the running pod, without a roll and without a lost request', async () => {
  const pod = (await thePod()).metadata.name
  const load = await startLoad(namespace, 'http://engine/one/')
  const spec = structuredClone(app.spec)
  spec.services[0]?.env?.push({ name: 'GREETING', value: 'hello' })
  await apply(JSON.stringify({ ...app, spec }), namespace)
  await until('the new variable', async () => (await ask('/plain')).greeting === 'hello')
  await apply(source(where.replace('const version = 1', 'const version = 2')), namespace)
  await until('the new code in every service', async () => {
    const answers = await Promise.all(['/plain', '/apart', '/one', '/two'].map(ask))
    return answers.every(({ version }) => version === 2)
  }, 120_000)
  assert.deepEqual(await load.stop(), [])
  assert.equal((await thePod()).metadata.name, pod)
})

test('code that does not start is rolled back in the pod, which goes on with the old, and the WattApp says so', async () => {
  const pod = (await thePod()).metadata.name
  const load = await startLoad(namespace, 'http://engine/plain/')
  await apply(source('throw new Error("this code is broken")'), namespace)
  await until('the reason in the pod\'s status', async () => /this code is broken/.test((await status()).configError?.message ?? ''), 120_000)
  await untilCondition('engine', namespace, 'Degraded', 'True')
  assert.equal((await ask('/plain')).version, 2)
  await apply(source(where.replace('const version = 1', 'const version = 3')), namespace)
  await until('the mended code', async () => (await ask('/plain')).version === 3, 120_000)
  assert.deepEqual(await load.stop(), [])
  assert.equal((await thePod()).metadata.name, pod)
})

test('a pod resized in place gives its workers other ceilings, without a restart and without a lost request', async () => {
  const pod = await thePod()
  const before = await service('plain')
  const load = await startLoad(namespace, 'http://engine/plain/')
  const patch = { spec: { containers: [{ name: 'app', resources: { limits: { memory: '2Gi' } } }] } }
  await kubectl(['patch', 'pod', pod.metadata.name, '-n', namespace, '--subresource', 'resize', '--patch', JSON.stringify(patch)])
  await until('a higher ceiling', async () => (await service('plain')).memoryBytes > before.memoryBytes, 150_000)
  assert.deepEqual(await load.stop(), [])
  const now = await thePod()
  assert.equal(now.metadata.name, pod.metadata.name)
  const containers = now.status?.['containerStatuses'] as Array<{ restartCount: number }>
  assert.equal(containers[0]?.restartCount, 0)
})

test('a plan of memory that cannot fit is refused with its sum', async () => {
  const spec = structuredClone(app.spec)
  spec.podTemplate.resources.limits.memory = '512Mi'
  await apply(JSON.stringify({ ...app, metadata: { name: 'tight' }, spec }), namespace)
  const refused = await untilCondition('tight', namespace, 'Accepted', 'False')
  const conditions = refused.status?.['conditions'] as Array<{ type: string, reason: string, message: string }>
  const accepted = conditions.find(({ type }) => type === 'Accepted')
  assert.equal(accepted?.reason, 'MemoryDoesNotFit')
  assert.match(accepted?.message ?? '', /plain: .*apart: .*both: .*sum: /s)
})
