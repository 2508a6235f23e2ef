// HTTP through the mesh is HTTP over a connection: one table of requests, against a plain server and through the mesh by
// each kind of client, to another thread and within one, and the results must be equal.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { installClient } from '../../src/mesh/client/index.ts'
import { Neighbours } from '../../src/mesh/neighbours.ts'
import { byHttp, byUndici, cases } from './cases.ts'
import { Cluster } from './cluster.ts'
import { makeServer } from './fixtures/http.ts'

const plain = makeServer(() => {})
let cluster: Cluster
let undo: () => void
let direct = ''

before(async () => {
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  direct = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`
  cluster = new Cluster(['shop', 'neighbour'])
  await cluster.start('shop', 'http-service.ts')
  const neighbours = new Neighbours()
  cluster.join({ service: 'neighbour', neighbours }).serve(makeServer(() => {}))
  undo = installClient(cluster.join({ neighbours }))
})

after(async () => {
  undo()
  await cluster[Symbol.asyncDispose]()
  plain.close()
})

for (const [name, row] of Object.entries(cases)) {
  test(`node:http: ${name}`, async () => {
    const expected = await byHttp(direct, row)
    assert.deepEqual(await byHttp('http://shop.internal', row), expected)
    assert.deepEqual(await byHttp('http://neighbour.internal', row), expected)
  })

  test(`undici: ${name}`, async () => {
    const expected = await byUndici(direct, row)
    assert.deepEqual(await byUndici('http://shop.internal', row), expected)
    assert.deepEqual(await byUndici('http://neighbour.internal', row), expected)
  })
}
