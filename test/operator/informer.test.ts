// A cache that misses nothing, whatever the connection to the API server does.
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { createKube } from '../../src/operator/client/kube.ts'
import { keepWatching } from '../../src/operator/client/watch.ts'
import { lines } from '../../src/operator/client/lines.ts'
import { resources, type KubeObject } from '../../src/operator/client/object.ts'
import { startInformer, type Informer } from '../../src/operator/informer.ts'
import { ApiServer, type Fault } from './api-server.ts'

const pods = '/api/v1/namespaces/store/pods'
const pod = (name: string, note = ''): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'store', labels: { note } } })

interface Bench extends AsyncDisposable {
  api: ApiServer
  informer: Informer<KubeObject>
  changes: Array<{ name: string, fresh: boolean }>
  failures: string[]
  /** Waits until this holds; asks at every change and failure. */
  until: (holds: () => boolean) => Promise<void>
  notes: () => Record<string, string>
}

async function bench (prepare: (api: ApiServer) => void = () => {}): Promise<Bench> {
  const api = await ApiServer.start()
  prepare(api)
  const kube = createKube({ connection: api.connection(), timeoutMs: 2_000 })
  const changes: Bench['changes'] = []
  const failures: string[] = []
  const happened = new EventEmitter()
  const informer = startInformer({
    kube,
    resource: resources.pod,
    namespaces: undefined,
    labelSelector: 'app',
    slim: (object) => object,
    groupOf: ({ metadata }) => metadata.labels?.['note'],
    onChange (object, fresh) {
      changes.push({ name: object.metadata.name, fresh })
      happened.emit('any')
    },
    onFailed (during, why) {
      failures.push(`${during}: ${why}`)
      happened.emit('any')
    },
    random: () => 0,
    backoff: { initialMs: 2, maxMs: 20 }
  })
  informer.synced.then(() => happened.emit('any'), () => {})
  return {
    api,
    informer,
    changes,
    failures,
    async until (holds) { while (!holds()) await once(happened, 'any', { signal: AbortSignal.timeout(10_000) }) },
    notes: () => Object.fromEntries(informer.list().map(({ metadata }) => [metadata.name, metadata.labels?.['note'] ?? '']).toSorted()),
    async [Symbol.asyncDispose] () {
      await informer.close()
      await kube.close()
      await api[Symbol.asyncDispose]()
    }
  }
}

/** A watch is open from the moment that the server has seen its request. */
async function watching ({ api }: Bench): Promise<void> {
  while (api.openWatches === 0) await turn()
}

test('a long list comes in pages, and is synced only when it is whole', async () => {
  await using it = await bench((api) => { for (let i = 0; i < 1201; i++) api.put(pods, pod(`p${i}`)) })
  await it.informer.synced
  assert.equal(it.informer.list().length, 1201)
  assert.deepEqual(it.api.requests.filter(({ query }) => query.get('watch') === null).map(({ query }) => query.get('continue')), [null, '500', '1000'])
  assert.ok(it.changes.every(({ fresh }) => !fresh))
})

test('changes arrive, deletions too, and the group follows the label', async () => {
  await using it = await bench((api) => { api.put(pods, pod('a', 'one')) })
  await it.informer.synced
  it.api.put(pods, pod('b', 'one'))
  it.api.put(pods, pod('a', 'two'))
  await it.until(() => it.changes.length === 3)
  assert.deepEqual(it.informer.group('one').map(({ metadata }) => metadata.name), ['b'])
  assert.deepEqual(it.informer.group('two').map(({ metadata }) => metadata.name), ['a'])
  it.api.remove(pods, 'a')
  await it.until(() => it.changes.length === 4)
  assert.deepEqual(it.notes(), { b: 'one' })
  assert.deepEqual(it.informer.group('two'), [])
})

test('a watch asks for bookmarks, a selector and a timeout of the server', async () => {
  await using it = await bench()
  await it.informer.synced
  await watching(it)
  const query = it.api.requests.find(({ query }) => query.get('watch') === 'true')?.query
  assert.deepEqual([query?.get('allowWatchBookmarks'), query?.get('labelSelector'), query?.get('timeoutSeconds')], ['true', 'app', '300'])
})

const faults: Record<string, { happens: (api: ApiServer) => void, lists: number }> = {
  'a connection that is reset is resumed where it was, without a new list': { happens: (api) => api.cut(), lists: 1 },
  'a watch that the server ends is opened again': { happens: (api) => api.endWatches(), lists: 1 },
  'a line that is no JSON loses nothing': { happens: (api) => api.garble(), lists: 1 },
  'a version that is too old leads to a new list': { happens: (api) => api.expireWatches(), lists: 2 }
}

for (const [name, { happens, lists }] of Object.entries(faults)) {
  test(name, async () => {
    await using it = await bench((api) => {
      api.put(pods, pod('stays', 'old'))
      api.put(pods, pod('goes'))
    })
    await it.informer.synced
    await watching(it)
    happens(it.api)
    // While nobody listens.
    it.api.put(pods, pod('stays', 'new'))
    it.api.remove(pods, 'goes')
    it.api.put(pods, pod('comes'))
    if (lists === 2) it.api.forgetHistory()
    await it.until(() => it.changes.filter(({ fresh }) => fresh).length === 3)
    assert.deepEqual(it.notes(), { comes: '', stays: 'new' })
    assert.equal(it.api.requests.filter(({ query }) => query.get('watch') === null).length, lists)
  })
}

test('a bookmark lets a quiet watch be resumed after the history is gone', async () => {
  await using it = await bench((api) => { api.put(pods, pod('a')) })
  await it.informer.synced
  await watching(it)
  it.api.put('/api/v1/namespaces/store/services', { ...pod('elsewhere'), kind: 'Service' })
  it.api.bookmark()
  it.api.put(pods, pod('b'))
  await it.until(() => it.changes.length === 2)
  it.api.forgetHistory()
  it.api.cut()
  await it.until(() => it.failures.length === 1)
  it.api.put(pods, pod('c'))
  await it.until(() => it.changes.length === 3)
  assert.equal(it.api.requests.filter(({ query }) => query.get('watch') === null).length, 1)
})

test('500 and 429 while listing are waited out', async () => {
  const answers: Fault[] = [{ status: 500, message: 'etcd is away' }, { status: 429, retryAfter: '0' }, 'cut']
  await using it = await bench((api) => {
    api.put(pods, pod('a'))
    api.fault = () => answers.shift()
  })
  await it.informer.synced
  assert.deepEqual(it.notes(), { a: '' })
  assert.match(it.failures[0] ?? '', /^list: etcd is away/)
})

test('our own write is read back at once, and an older word does not undo it', async () => {
  await using it = await bench((api) => { api.put(pods, pod('a', 'old')) })
  await it.informer.synced
  const old = it.informer.get('store', 'a')
  assert.ok(old !== undefined)
  const written = it.api.put(pods, pod('a', 'new'))
  it.informer.note(written)
  assert.deepEqual(it.notes(), { a: 'new' })
  it.informer.note(old)
  assert.deepEqual(it.notes(), { a: 'new' })
})

test('managedFields are not kept', async () => {
  await using it = await bench((api) => {
    const object = pod('a')
    api.put(pods, { ...object, metadata: { ...object.metadata, managedFields: [{ manager: 'kubectl' }] } })
  })
  await it.informer.synced
  assert.equal(it.informer.get('store', 'a')?.metadata.managedFields, undefined)
})

test('watching changes alone fetches no collection', async () => {
  await using api = await ApiServer.start()
  for (let i = 0; i < 10; i++) api.put(pods, pod(`p${i}`))
  const kube = createKube({ connection: api.connection() })
  const stop = new AbortController()
  const heard = Promise.withResolvers<string>()
  let listed = -1
  const loop = keepWatching({
    kube,
    path: '/api/v1/pods',
    changesOnly: true,
    metadataOnly: true,
    random: () => 0,
    signal: stop.signal,
    on: {
      listed (objects) {
        listed = objects.length
        setImmediate(() => api.put(pods, pod('p3', 'changed')))
      },
      changed: (type, { metadata }) => heard.resolve(`${type} ${metadata.name}`)
    }
  })
  assert.equal(await heard.promise, 'MODIFIED p3')
  assert.equal(listed, 0)
  assert.deepEqual(api.requests.map(({ query }) => query.get('limit')), ['1', null])
  stop.abort()
  await loop
  await kube.close()
})

test('whatever happens, and in whatever order, the cache ends as the server is', async () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name, note: fc.constantFrom('1', '2', '3') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('watching' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'endWatches' as const, 'garble' as const, 'expireWatches' as const, 'forgetHistory' as const, 'bookmark' as const) }) }
  )
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    await using it = await bench()
    await it.informer.synced
    for (const step of steps) {
      if (step.do === 'put') it.api.put(pods, pod(step.name, step.note))
      else if (step.do === 'remove') it.api.remove(pods, step.name)
      else if (step.do === 'watching') await watching(it)
      else it.api[step.do]()
      await turn()
    }
    it.api.put(pods, pod('last', 'mark'))
    await it.until(() => it.notes()['last'] === 'mark')
    assert.deepEqual(Object.keys(it.notes()), it.api.names(pods))
    for (const [name, note] of Object.entries(it.notes())) assert.equal(it.api.get(`${pods}/${name}`)?.metadata.labels?.['note'], note)
  }), { numRuns: 25 })
})

test('lines are the same however the bytes are cut, and half a line at the end is none', async () => {
  const text = '{"ä":1}\n\n{"💡":"x"}\nhalf'
  const bytes = new TextEncoder().encode(text)
  async function read (chunks: Uint8Array[]): Promise<string[]> {
    const found: string[] = []
    for await (const line of lines((async function * () { yield * chunks })())) found.push(line)
    return found
  }
  const whole = ['{"ä":1}', '', '{"💡":"x"}']
  assert.deepEqual(await read([bytes]), whole)
  assert.deepEqual(await read(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole)
})
