// What a child process says right before it ends is heard, though its supervisor has something to say to it at that moment.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import { CarriedChild, type Said } from '../../src/supervisor/process-child.ts'
import { figuresBytes } from '../../src/supervisor/process-figures.ts'
import { pageBytes } from '../../src/telemetry/record/recorder.ts'
import { service } from '../supervisor/support.ts'
import { processes, root, untilEnded } from './support.ts'

test('its reason is heard before its end, though what it is told meanwhile cannot be written any more', async () => {
  const switchboard = createSwitchboard()
  switchboard.declare(['web'])
  const said: Said[] = []
  let told = Promise.withResolvers<void>()
  const until = async (is: (one: Said) => boolean): Promise<void> => {
    while (!said.some(is)) await told.promise
  }
  const child = new CarriedChild({
    name: 'web/1',
    data: {
      app: 'test',
      name: 'web',
      worker: 1,
      services: [{ service: service('web', { path: 'throws.mjs', isolation: 'process' }), folder: root, endpoint: 1, mesh: switchboard.attach('web', 1, false) }],
      root,
      folder: root,
      pageBytes: pageBytes.service,
      isDevelopment: false,
      tracing: undefined
    },
    folder: root,
    env: {},
    argv: [],
    flags: [],
    figures: new SharedArrayBuffer(figuresBytes),
    page: new SharedArrayBuffer(pageBytes.service)
  }, systemClock, (one) => {
    said.push(one)
    told.resolve()
    told = Promise.withResolvers()
  })
  await until((one) => one.said === 'message' && one.message.type === 'ready')
  const pid = processes().find(({ parent }) => parent === process.pid)?.pid ?? 0
  process.kill(pid, 'SIGUSR2')
  untilEnded(pid)
  child.post({ type: 'drain' })
  await until((one) => one.said === 'exited')
  const last = said.filter((one) => one.said === 'threw' || one.said === 'exited')
  assert.deepEqual(last.map((one) => one.said === 'threw' ? one.error.message : one), ['last words', { said: 'exited', end: { code: 1, signal: null, pid } }])
  switchboard.close()
})
