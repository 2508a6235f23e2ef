// The gateway's thread comes back by itself, on the port that it had.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock as clock } from '../../src/base/clock.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import { GatewayWorker } from '../../src/supervisor/gateway-worker.ts'
import { Sampler } from '../../src/supervisor/sampler.ts'
import { Threads, type StartedThread } from '../../src/supervisor/threads.ts'
import type { WorkerExit } from '../../src/supervisor/worker.ts'
import { Collector } from '../../src/telemetry/expose/collect.ts'
import { createOutput } from '../../src/telemetry/logs/output.ts'

const route = { host: '*', pathPrefix: '/api', service: 'api' }

test('a gateway that is lost listens again on its port, with the config that was set last', async () => {
  const [sampler, switchboard, output] = [new Sampler(clock), createSwitchboard(), createOutput({ app: 'shop', sink: () => {} })]
  switchboard.declare(['api'])
  const threads = new Threads({ clock, switchboard, sampler, output, collector: new Collector(), exportSpans: () => {}, abandoned: () => {} })
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
