import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localText } from '../../src/cli/local/mounts.ts'
import { createScreen, isToldByLines } from '../../src/cli/local/screen.ts'
import { createOutput, harmless, table, tellError } from '../../src/cli/output.ts'
import type { SupervisorEvent } from '../../src/supervisor/supervisor.ts'

const mounts = [{ mountPath: '/data', folder: '/home/me/v/data' }, { mountPath: '/data/deep', folder: '/home/me/v/deep' }, { mountPath: '/app', folder: '/home/me' }]

const texts: Record<string, string> = {
  '/data': '/home/me/v/data',
  '/data/shop.sqlite': '/home/me/v/data/shop.sqlite',
  '/data/deep/x': '/home/me/v/deep/x',
  '/app/services/web': '/home/me/services/web',
  'file:/data/x': 'file:/home/me/v/data/x',
  'file:///data/x': 'file:///home/me/v/data/x',
  'sqlite:///data/x?mode=ro': 'sqlite:///home/me/v/data/x?mode=ro',
  '/data?x': '/home/me/v/data?x',
  '/database': '/database',
  'data/x': 'data/x',
  'see /data/x': 'see /data/x',
  'http://data/x': 'http://data/x',
  'http://host/data/x': 'http://host/data/x',
  '': ''
}
for (const [text, local] of Object.entries(texts)) {
  test(`a service that is told "${text}" hears "${local}"`, () => assert.equal(localText(text, mounts), local))
}

const plain = (_: string, text: string): string => text
const tell = (events: SupervisorEvent[]): string[] => {
  const screen = createScreen({ app: 'shop', services: ['web', 'orders'], paint: plain })
  return events.flatMap(screen)
}
const listening: SupervisorEvent = { type: 'listening', url: 'http://127.0.0.1:8080' }

test('an app is told ready after its address, whichever comes first', () => {
  const lines = ['shop is on http://127.0.0.1:8080', 'shop is ready; Ctrl+C stops it']
  assert.deepEqual(tell([{ type: 'ready' }, listening]), lines)
  assert.deepEqual(tell([listening, { type: 'ready' }]), lines)
})

test('while it leaves nothing is told of not being ready', () => {
  assert.deepEqual(tell([listening, { type: 'draining' }, { type: 'notReady', causes: ['it leaves'] }]).slice(1), ['shop is stopping; Ctrl+C again ends it at once'])
})

test('the end of a worker is told with its reason, remedy and what comes next, and moves no cursor', () => {
  const exit = { type: 'workerExited', service: 'web', worker: 3, reason: 'memory', message: 'it held\n\u001b[2J210Mi', hint: 'raise memory', retryInMs: 100, isCrashLoop: false } as const
  assert.deepEqual(tell([exit, { ...exit, hint: '', isCrashLoop: true }]), [
    '  web     ended (memory): it held [2J210Mi; starts again in 100 ms',
    '          remedy: raise memory',
    '  web     ended (memory): it held [2J210Mi; in crash loop, tried again in 100 ms'
  ])
})

test('a terminal shows records of services and of errors, not what the lines say', () => {
  const record = { time: 0, msg: '', app: 'shop' } as const
  assert.ok(isToldByLines({ ...record, level: 'info', service: 'supervisor' }))
  assert.ok(isToldByLines({ ...record, level: 'info', service: 'web', startedInMs: 3 }))
  assert.ok(!isToldByLines({ ...record, level: 'error', service: 'supervisor' }))
  assert.ok(!isToldByLines({ ...record, level: 'info', service: 'web' }))
})

test('a table is as wide as its cells, and its cells are one line each', () => {
  assert.equal(table(['A', 'LONG'], [['wide cell', 'x'], ['y\nz', '']]), 'A          LONG\nwide cell  x\ny z')
})

test('colour is for terminals that want it', () => {
  const said: string[] = []
  const stream = (isTTY: boolean) => ({ isTTY, write: (text: string) => said.push(text) }) as unknown as NodeJS.WriteStream & { fd: 1 & 2 }
  const painted = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean => createOutput({ stdout: stream(isTTY), stderr: stream(isTTY), env }).paint('red', 'x') !== 'x'
  assert.deepEqual([painted(true, {}), painted(false, {}), painted(true, { NO_COLOR: '1' }), painted(true, { NO_COLOR: '' }), painted(true, { TERM: 'dumb' })], [true, false, false, true, false])
  tellError(createOutput({ stdout: stream(false), stderr: stream(false), env: {} }), 'thrown text')
  assert.deepEqual(said, ['error: thrown text\n'])
  assert.equal(harmless('a\u0007\r\nb\u009b'), 'a b ')
})
