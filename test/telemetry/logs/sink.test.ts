import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createOutput } from '../../../src/telemetry/logs/output.ts'
import { prettyFormat } from '../../../src/telemetry/logs/pretty.ts'
import type { LogRecord } from '../../../src/telemetry/logs/record.ts'

const program = fileURLToPath(new URL('./fixtures/sink-program.ts', import.meta.url))

/** Runs the fixture; its output is read only after `readAfter`, as by a slow reader. */
async function run (count: number, how: string, readAfter?: (child: ReturnType<typeof spawn>) => Promise<unknown>): Promise<LogRecord[]> {
  const child = spawn(process.execPath, [program, String(count), how], { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  child.stderr.on('data', () => {})
  await readAfter?.(child)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => { out += chunk })
  await closed
  return out.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LogRecord)
}

test('a sink writes one JSON object a line, in order, from its level on', async () => {
  const lines = await run(2000, 'flush')
  assert.deepEqual(lines.map(({ msg }) => msg), Array.from({ length: 1000 }, (_, index) => `line ${index * 2}`))
  assert.deepEqual(Object.keys(lines[0] ?? {}), ['time', 'level', 'msg', 'app', 'filler'])
  assert.equal(lines[1]?.time, '1970-01-01T00:00:00.002Z')
})

test('what waits when the process exits is written', async () => {
  const lines = await run(100, 'exit')
  assert.equal(lines.at(-1)?.msg, 'line 98')
})

test('a slow reader costs records past the bound, whole ones, and is told how many', async () => {
  const lines = await run(60_000, 'slow', (child) => once(child.stderr ?? child, 'data'))
  const [said, last] = lines.slice(-2)
  assert.deepEqual([said?.level, last?.msg], ['warn', 'there is room'])
  assert.ok(Number(said?.dropped) > 0)
  assert.equal(lines.length - 2 + Number(said?.dropped), 30_000)
})

test('a record that JSON cannot say keeps its message; the level changes live', async () => {
  const lines = await run(0, 'cycle')
  assert.deepEqual(lines.map(({ msg, service }) => [msg, service]), [['cycle', 'orders'], ['now loud', undefined]])
})

test('output of several workers becomes records of their own; a plain line is settled soon, a half one when its thread ends', async () => {
  const records: LogRecord[] = []
  const all = Promise.withResolvers<undefined>()
  const output = createOutput({ app: 'shop', now: () => 7, sink: (record) => { if (records.push(record) === 4) all.resolve(undefined) } })
  output.take('orders', 1, [{ descriptor: 1, chunk: 'Error: a\n' }, { descriptor: 2, chunk: new TextEncoder().encode('half') }])
  output.take('products', 2, [{ descriptor: 1, chunk: '{"msg":"b"}\n', traceId: 't', spanId: 's' }])
  output.take('orders', 1, [{ descriptor: 1, chunk: '    at c\n' }])
  output.end(1)
  output.take('products', 2, [{ descriptor: 1, chunk: 'plain\n' }])
  await all.promise
  assert.deepEqual(records.map(({ service, worker, level, msg, trace_id: id }) => [service, worker, level, msg, id]), [
    ['products', 2, 'info', 'b', 't'], ['orders', 1, 'info', 'Error: a\n    at c', undefined], ['orders', 1, 'error', 'half', undefined], ['products', 2, 'info', 'plain', undefined]
  ])
})

const pretty: Record<string, { record: Partial<LogRecord>, text: string }> = {
  'a service\'s line': { record: { service: 'orders', worker: 3, msg: 'hello', user: 'u', n: 1, pid: 7 }, text: '00:00:01.500 INFO  orders/3 hello user=u n=1\n' },
  ours: { record: { level: 'warn', msg: 'careful' }, text: '00:00:01.500 WARN  wattapp careful\n' },
  'a stack below its message': { record: { level: 'error', msg: 'no', err: { message: 'no', stack: 'Error: no\n    at x' } }, text: '00:00:01.500 ERROR wattapp no\n  Error: no\n      at x\n' },
  'what would move the cursor is shown, colours are kept': { record: { msg: '\u001b[2J\u001b[31mred\u001b[0m\r\u0007' }, text: '00:00:01.500 INFO  wattapp \\x1b[2J\u001b[31mred\u001b[0m\\x0d\\x07\n' }
}
for (const [name, { record, text }] of Object.entries(pretty)) {
  test(`pretty: ${name}`, () => {
    assert.equal(prettyFormat({ hasColor: false, offsetMs: 0 })({ time: 1500, level: 'info', msg: '', app: 'shop', ...record }), text)
  })
}

test('pretty: colours when the terminal has them', () => {
  const text = prettyFormat({ hasColor: true, offsetMs: 3_600_000 })({ time: 0, level: 'error', msg: 'x', app: 'shop' })
  assert.ok(text.startsWith('\u001b[90m01:00:00.000\u001b[0m \u001b[31mERROR'), text)
})
