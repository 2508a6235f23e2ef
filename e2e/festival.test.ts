// examples/frameworks in one pod of 1 GiB: nine services of nine frameworks, unmodified, behind one Service.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { images } from './support/images.ts'
import { inClient, startClient, untilReached } from './support/client.ts'
import { apply, kubectl } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { admin, podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-festival'

before(async () => {
  await createNamespace(namespace)
  await startClient(namespace)
  const app = parse(readFileSync(new URL('../examples/frameworks/wattapp.yaml', import.meta.url), 'utf8'))
  app.spec.image = images.festival
  await apply(stringify(app), namespace)
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=120s']))

test('nine frameworks become Ready in one container of 1 GiB', async () => {
  const app = await untilCondition('lantern', namespace, 'Ready', 'True', 240_000)
  await untilReached(namespace, 'http://lantern/')
  assert.equal(app.status?.['servicesReady'], '9/9')
  const pods = await podsOf('lantern', namespace)
  const containers = pods.flatMap(({ spec }) => spec['containers'] as Array<{ resources: { limits: { memory: string } } }>)
  assert.deepEqual(containers.map(({ resources }) => resources.limits.memory), ['1Gi'])
})

test('every page answers, and each calls others over the mesh', async () => {
  const seen: Record<string, [number, string]> = JSON.parse(await inClient(namespace, `
    const paths = ['/', '/programme/', '/programme/films/night-ferry', '/tickets', '/journal', '/desk/', '/desk/screenings/any', '/api/films/night-ferry', '/api/orders', '/api/chat/messages', '/api/ratings/night-ferry']
    const seen = {}
    for (const path of paths) {
      const answer = await fetch('http://lantern' + path)
      seen[path] = [answer.status, await answer.text()]
    }
    console.log(JSON.stringify(seen))`))
  const expected = {
    '/': /Night Ferry/,
    '/programme/': /Night Ferry/,
    '/programme/films/night-ferry': /I did not breathe until the quay/,
    '/tickets': /Night Ferry/,
    '/journal': /Notes from behind the projector/,
    '/desk/': /<div id="root">/,
    '/desk/screenings/any': /<div id="root">/,
    '/api/films/night-ferry': /"average":4\.5/,
    '/api/orders': /^\[/,
    '/api/chat/messages': /Upper meadow/,
    '/api/ratings/night-ferry': /"notes"/
  }
  for (const [path, text] of Object.entries(expected)) {
    assert.equal(seen[path]?.[0], 200, path)
    assert.match(seen[path]?.[1] ?? '', text, path)
  }
})

test('seats are bought by Nest from Fastify, and their subscription by WebSocket hears of it', async () => {
  const seen = JSON.parse(await inClient(namespace, `
    const [{ id, left }] = await (await fetch('http://lantern/api/screenings')).json()
    const socket = new WebSocket('ws://lantern/api/films/graphql', 'graphql-transport-ws')
    const heard = new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error('the subscription did not open'))
      socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }))
      socket.onmessage = ({ data }) => {
        const { type, payload } = JSON.parse(data)
        if (type === 'connection_ack') {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { seats { screening left } }' } }))
          // The subscription is under way when what follows it on the same connection has been answered.
          socket.send(JSON.stringify({ type: 'ping' }))
        }
        if (type === 'pong') fetch('http://lantern/api/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ screening: id, name: 'Ada', count: 2 }) }).catch(reject)
        if (type === 'next') resolve(payload.data.seats)
      }
    })
    console.log(JSON.stringify({ id, left, heard: await heard }))
    process.exit(0)`))
  assert.deepEqual(seen.heard, { screening: seen.id, left: seen.left - 2 })
})

test('a poster comes from Fastify through Next\'s image optimiser, on a read-only root', async () => {
  const [status, type, bytes] = JSON.parse(await inClient(namespace, `
    const answer = await fetch('http://lantern/tickets/_next/image?q=75&w=640&url=' + encodeURIComponent('http://films.internal/api/films/night-ferry/poster'), { headers: { accept: 'image/webp' } })
    console.log(JSON.stringify([answer.status, answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength]))`)) as [number, string, number]
  assert.deepEqual([status, type], [200, 'image/webp'])
  assert.ok(bytes > 1000)
})

test('after all of it no worker was replaced, and the pod is within its memory', async () => {
  const [pod] = await podsOf('lantern', namespace)
  assert.ok(pod !== undefined)
  const { services, memory } = JSON.parse(await admin(pod, '/api/v1/status')) as { services: Array<{ name: string, restarts: number, ready: number }>, memory: { residentBytes: number } }
  assert.deepEqual(services.filter(({ restarts, ready }) => restarts !== 0 || ready !== 1), [])
  assert.ok(memory.residentBytes > 0 && memory.residentBytes < 2 ** 30, `${memory.residentBytes}`)
  const [container] = pod.status?.['containerStatuses'] as Array<{ restartCount: number }>
  assert.equal(container?.restartCount, 0)
})
