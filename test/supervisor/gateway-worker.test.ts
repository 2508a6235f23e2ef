// The gateway's thread comes back by itself, on the port that it had.
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { systemClock as clock } from '../../src/base/clock.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import { GatewayWorker } from '../../src/supervisor/gateway-worker.ts'
import { Gateways } from '../../src/supervisor/gateways.ts'
import { Sampler } from '../../src/supervisor/sampler.ts'
import { Threads, type StartedThread } from '../../src/supervisor/threads.ts'
import type { WorkerExit } from '../../src/supervisor/worker.ts'
import { Collector } from '../../src/telemetry/expose/collect.ts'
import { createOutput } from '../../src/telemetry/logs/output.ts'
import { app, route as routeOf, service, start } from './support.ts'

const route = { host: '*', pathPrefix: '/api', service: 'api' }

test('a gateway that is lost listens again on its port, with the config that was set last', async () => {
  const [sampler, switchboard, output] = [new Sampler(clock), createSwitchboard(), createOutput({ app: 'shop', sink: () => {} })]
  switchboard.declare(['api'])
  const threads = new Threads({ clock, switchboard, sampler, output, collector: new Collector(), exportSpans: () => {}, poolJobs: () => {}, abandoned: () => {} })
  const started: StartedThread[] = []
  const exits: WorkerExit[] = []
  const ports: number[] = []
  let listens = Promise.withResolvers<number>()
  const gateway = new GatewayWorker({ app: 'shop', host: '127.0.0.1', port: 0 }, { routes: [], tracing: undefined }, 1_000, {
    clock,
    random: () => 0,
    env: {},
    start (start) {
      const thread = threads.start(start)
      started.push(thread)
      return thread
    },
    accessLog: () => {},
    listens (port) {
      ports.push(port)
      listens.resolve(port)
    },
    exited: (exit) => exits.push(exit),
    changed: () => {}
  })
  const port = await gateway.listening
  const answer = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })
    return (await response.json() as { code: string }).code
  }
  assert.equal(await answer('/api'), 'WATT_NO_ROUTE')
  switchboard.setCrashLoop('api', true)
  await gateway.configure({ routes: [route], tracing: undefined })
  assert.equal(await answer('/api'), 'WATT_SERVICE_CRASH_LOOP')

  listens = Promise.withResolvers()
  started[0]?.terminate()
  await listens.promise
  assert.equal(await answer('/api'), 'WATT_SERVICE_CRASH_LOOP')
  assert.deepEqual([ports, exits.length, started.length], [[port, port], 1, 2])

  await gateway.drain()
  await assert.rejects(answer('/api'))
  assert.deepEqual([exits.map(({ reason }) => reason), started.length], [['exit', 'stopped'], 2])
  sampler.close()
  switchboard.close()
})

test('of two gateway threads one takes connections while the other is away, and both have each config', async () => {
  const [sampler, switchboard, output] = [new Sampler(clock), createSwitchboard(), createOutput({ app: 'shop', sink: () => {} })]
  switchboard.declare(['api'])
  switchboard.setCrashLoop('api', true)
  const threads = new Threads({ clock, switchboard, sampler, output, collector: new Collector(), exportSpans: () => {}, poolJobs: () => {}, abandoned: () => {} })
  const started: StartedThread[] = []
  const ports: number[] = []
  const told = new EventEmitter()
  let listening = 0
  let whenExited = (): void => {}
  const gateways = new Gateways(2, { app: 'shop', host: '127.0.0.1', port: 0 }, { routes: [], tracing: undefined }, 1_000, {
    clock,
    random: () => 0,
    env: {},
    start (start) {
      const thread = threads.start({
        ...start,
        message (message) {
          start.message(message)
          if (message.type !== 'listening') return
          listening++
          told.emit('told')
        }
      })
      started.push(thread)
      return thread
    },
    accessLog: () => {},
    listens: (port) => ports.push(port),
    exited: () => whenExited(),
    changed: () => {}
  })
  const port = await gateways.listening
  const until = async (is: () => boolean): Promise<void> => { while (!is()) await once(told, 'told') }
  const answers = async (): Promise<Set<string>> => new Set(await Promise.all(Array.from({ length: 20 }, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api`, { headers: { connection: 'close' } })
    return (await response.json() as { code: string }).code
  })))
  await until(() => listening === 2)
  assert.deepEqual([...await answers()], ['WATT_NO_ROUTE'])
  await gateways.configure({ routes: [route], tracing: undefined })
  assert.deepEqual([...await answers()], ['WATT_SERVICE_CRASH_LOOP'])

  const ended = Promise.withResolvers<void>()
  whenExited = ended.resolve
  started[0]?.terminate()
  await ended.promise
  assert.equal(gateways.isListening, true)
  assert.deepEqual([...await answers()], ['WATT_SERVICE_CRASH_LOOP'])
  await until(() => listening === 3)
  assert.deepEqual([...await answers()], ['WATT_SERVICE_CRASH_LOOP'])
  // The pod was never without a listener.
  assert.deepEqual([ports, started.length], [[port], 3])

  await gateways.drain()
  assert.equal(gateways.isListening, false)
  await assert.rejects(answers())
  sampler.close()
  switchboard.close()
})

test('a port that another pod shares among its threads is in use', async () => {
  const web = service('web', { routes: [routeOf('/')] })
  const gateway = { threads: 2, trustedProxies: [], timeouts: { backendRequestMs: 60_000, idleMs: 300_000 } }
  await using shop = await start(app([web], { gateway }))
  assert.equal((await shop.get('/')).status, 200)
  const port = Number(new URL(shop.supervisor.url).port)
  await assert.rejects(start(app([web], { gateway }), { http: { host: '127.0.0.1', port } }), { code: 'WATT_PORT_IN_USE', message: new RegExp(String(port)) })
})
