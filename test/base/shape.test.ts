// What is made for each request is laid out well, whatever the collector found between the first few.
import assert from 'node:assert/strict'
import { AsyncResource, createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { collector } from '../../src/base/compact.ts'
import { keepNodeShapes, keepShape } from '../../src/base/shape.ts'
import { Proxied } from '../../src/gateway/proxy.ts'
import { Connection } from '../../src/gateway/http/connection.ts'
import { Call } from '../../src/mesh/call.ts'
import { Answer } from '../../src/mesh/serve/answer.ts'
import { Served } from '../../src/mesh/serve/served.ts'
import { makeRequest, makeResponse } from '../../src/mesh/serve/message.ts'
import { ServiceHost } from '../../src/mesh/serve/service-host.ts'

setFlagsFromString('--allow-natives-syntax')
const isLaidOut = runInThisContext('(one) => %HasFastProperties(one)') as (one: object) => boolean
const areAlike = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (one: object, other: object) => boolean

/** As a thread that answers a few requests, rests, and is then under load. With this many V8 has the layout all but settled. */
function afterRest (make: () => object, before = 6): object {
  for (let count = 0; count < before; count++) make()
  const collect = collector()
  assert.ok(collect !== undefined)
  collect()
  collect()
  return Array.from({ length: 40 }, make).at(-1) ?? {}
}

/** A class of its own each time. */
const manyFields = (): new () => object => runInThisContext(`(class { ${Array.from({ length: 17 }, (_, index) => `#f${index} = ${index}`).join('; ')} })`) as new () => object

test('a class of which nothing is kept loses its layout, and one of which an object is kept does not', () => {
  const Forgotten = manyFields()
  assert.equal(isLaidOut(afterRest(() => new Forgotten())), false)
  const Kept = manyFields()
  keepShape(new Kept())
  assert.equal(isLaidOut(afterRest(() => new Kept(), 5)), true)
})

const service = new ServiceHost(createServer(), {}, { rested () {}, began () {}, ended () {} })
const exchange = { wantBody () {}, headReady () {}, date: () => '', responseEnded () {} }
const request = (): ReturnType<typeof makeRequest> => makeRequest(service.classes, exchange, service.takeSocket(), 'GET', '/', [])
const ticks = { nowMs: 0.5 }
const kinds: Record<string, () => object> = {
  Proxied: () => new Proxied({} as never, {} as never, { startMs: 0.5 } as never, 1),
  Connection: () => new Connection(new Socket(), { begin () {} } as never, { ticks } as never, { upgrade () {}, closed () {} }),
  Call: () => new Call('', { method: '', path: '', headers: [] }, [], null, {} as never, { over () {} }, 0.5),
  Answer: () => new Answer({} as never, 1, { finished () {} }),
  VirtualSocket: () => service.takeSocket(),
  Request: request,
  Response: () => makeResponse(service.classes, exchange, service.takeSocket(), request()),
  Served: () => new Served(service, {} as never, { over () {} }, 1, [3, 1, 'GET', '/', [], null, 0, ''], 0)
}
for (const [name, make] of Object.entries(kinds)) {
  test(`${name} keeps its layout`, () => assert.equal(isLaidOut(afterRest(make)), true))
}

/** What Node makes at each tick, by itself. */
function makeTick (): object {
  let tick = {}
  const hook = createHook({ init: (_id, _type, _trigger, resource) => { tick = resource }, trackPromises: false }).enable()
  process.nextTick(() => {})
  hook.disable()
  return tick
}

for (const [name, make] of Object.entries({ tick: makeTick, Immediate: () => setImmediate(() => {}), Timeout: () => setTimeout(() => {}, 0), AsyncResource: () => new AsyncResource('test') })) {
  test(`Node's own ${name} is of a layout that is kept`, () => assert.ok(keepNodeShapes().some((one) => areAlike(one, make()))))
}
