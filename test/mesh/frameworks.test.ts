// Real frameworks behind the mesh, unmodified.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { installClient } from '../../src/mesh/client/index.ts'
import { Cluster } from './cluster.ts'

const frameworks = ['express', 'koa', 'fastify']
let cluster: Cluster
let undo: () => void

before(async () => {
  cluster = new Cluster(frameworks)
  await Promise.all(frameworks.map((framework) => cluster.start(framework, 'frameworks.ts')))
  undo = installClient(cluster.join())
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
})

for (const framework of frameworks) {
  test(`${framework} answers a GET`, async () => {
    const response = await fetch(`http://${framework}.internal/items/7`)
    assert.deepEqual([response.status, await response.json()], [200, { id: '7', ip: '127.0.0.1' }])
  })

  test(`${framework} reads a POST`, async () => {
    const response = await fetch(`http://${framework}.internal/items`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":[1,"ü"]}' })
    assert.deepEqual([response.status, await response.json()], [201, { a: [1, 'ü'] }])
  })

  test(`${framework} reads a POST that streams`, async () => {
    const body = new Blob(['{"a":', '1}']).stream()
    const response = await fetch(`http://${framework}.internal/items`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as RequestInit)
    assert.deepEqual([response.status, await response.json()], [201, { a: 1 }])
  })

  test(`${framework} answers for a handler that throws`, async () => {
    const response = await fetch(`http://${framework}.internal/fail`)
    assert.equal(response.status, 500)
    await response.text()
  })

  test(`${framework} sends a file`, async () => {
    const response = await fetch(`http://${framework}.internal/file`)
    assert.equal(await response.text(), readFileSync(new URL('fixtures/frameworks.ts', import.meta.url), 'utf8'))
  })

  test(`${framework} answers HEAD`, async () => {
    const response = await fetch(`http://${framework}.internal/items/7`, { method: 'HEAD' })
    assert.deepEqual([response.status, await response.text()], [200, ''])
    assert.ok(Number(response.headers.get('content-length')) > 0)
  })
}
