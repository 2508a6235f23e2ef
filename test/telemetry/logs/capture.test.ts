// A real thread writes in every way that we know loggers to use; nothing may reach descriptor 1 or 2, nothing may be lost.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { OutputRecord, RecordMessage } from '../../../src/telemetry/record/record.ts'

interface Ran { out: string, err: string, output: OutputRecord[], result: unknown, code: number, raw: string, messages: number }

async function run (program: string): Promise<Ran> {
  const worker = new Worker(new URL('./fixtures/capture-thread.ts', import.meta.url), { workerData: { program }, stdout: true, stderr: true, execArgv: [] })
  const ran: Ran = { out: '', err: '', output: [], result: undefined, code: 0, raw: '', messages: 0 }
  const decoders = [new TextDecoder(), new TextDecoder()]
  worker.on('message', (message: RecordMessage | { type: 'result', result: unknown }) => {
    if (message.type === 'result') ran.result = message.result
    if (message.type !== 'output') return
    ran.messages++
    for (const record of message.output) {
      ran.output.push(record)
      const text = typeof record.chunk === 'string' ? record.chunk : decoders[record.descriptor - 1]?.decode(record.chunk, { stream: true })
      if (record.descriptor === 1) ran.out += text
      else ran.err += text
    }
  })
  worker.stdout.on('data', (chunk) => { ran.raw += chunk })
  worker.stderr.on('data', (chunk) => { ran.raw += chunk })
  const [code] = await once(worker, 'exit') as [number]
  ran.code = code
  return ran
}

const text = 'h\u00e9llo \u{1f30d}\n'

const rows: Record<string, { program: string, out?: string, err?: string, result?: unknown }> = {
  'console writes to both descriptors': {
    program: 'console.log("a %d", 1); console.error("b"); console.table([{ x: 1 }]); console.warn("c")',
    out: 'a 1\n┌─────────┬───┐\n│ (index) │ x │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘\n',
    err: 'b\nc\n'
  },
  'a stream tells when each chunk was taken, in order': {
    program: `
      const order = []
      const { stdout } = process
      await new Promise((resolve) => {
        order.push(stdout.write("one ", () => order.push("1")))
        stdout.write(Buffer.from("two "), () => order.push("2"))
        stdout.write("dGhyZWUg", "base64", () => { order.push("3"); resolve() })
      })
      stdout.cork(); stdout.write("four "); stdout.write("five\\n"); stdout.uncork()
      return order`,
    out: 'one two three four five\n',
    result: [true, '1', '2', '3']
  },
  'fs.writeSync takes strings, views and slices, and counts bytes': {
    program: `
      const fs = require("node:fs")
      return [
        fs.writeSync(1, ${JSON.stringify(text)}),
        fs.writeSync(1, Buffer.from("xabcx"), 1, 3),
        fs.writeSync(1, new Uint8Array([10]), { offset: 0 }),
        fs.writeSync(2, "0a", null, "hex"),
        fs.writevSync(1, [Buffer.from("v"), new Uint16Array([0x0a77])])
      ]`,
    out: `${text}abc\nvw\n`,
    err: '\n',
    result: [12, 3, 1, 1, 3]
  },
  'fs.write and fs.writev call back later, with what was written': {
    program: `
      const fs = require("node:fs")
      const { promisify } = require("node:util")
      const seen = []
      const buffer = Buffer.from("abc\\n")
      const bytes = await new Promise((resolve) => { fs.write(1, buffer, (error, bytes, same) => resolve([error, bytes, same === buffer, ...seen])); seen.push("returned") })
      const string = await new Promise((resolve) => fs.write(1, "é\\n", "utf8", (_, bytes, same) => resolve([bytes, same])))
      const vector = await promisify(fs.writev)(1, [buffer, buffer])
      return [bytes, string, vector.bytesWritten, vector.buffer.length, (await promisify(fs.write)(2, "x")).bytesWritten]`,
    out: 'abc\né\nabc\nabc\n',
    err: 'x',
    result: [[null, 4, true, 'returned'], [3, 'é\n'], 8, 2, 1]
  },
  'a buffer that is used again after the call has been copied': {
    program: 'const b = Buffer.from("first\\n"); require("node:fs").writeSync(1, b); b.fill("x"); process.stdout.write(Buffer.from("z\\n"))',
    out: 'first\nz\n'
  },
  'whole-file writes to a descriptor are output': {
    program: `
      const fs = require("node:fs")
      fs.writeFileSync(1, "a\\n"); fs.appendFileSync(2, Buffer.from("b\\n"))
      await new Promise((resolve) => fs.writeFile(1, "c\\n", "utf8", resolve))`,
    out: 'a\nc\n',
    err: 'b\n'
  },
  'a write stream over descriptor 1 does not close it for the process': {
    program: `
      const fs = require("node:fs")
      const stream = fs.createWriteStream(null, { fd: 1 })
      await new Promise((resolve) => { stream.on("close", resolve); stream.end("streamed\\n") })
      fs.closeSync(2)
      fs.writeSync(2, "still here\\n")`,
    out: 'streamed\n',
    err: 'still here\n'
  },
  'wrong arguments get Node\'s own errors': {
    program: `
      const fs = require("node:fs")
      const code = (run) => { try { run() } catch (error) { return error.code } }
      return [
        code(() => fs.writeSync(1, 7)), code(() => fs.writeSync(1, Buffer.from("a"), 0, 9)),
        code(() => fs.write(1, "x")), code(() => fs.writevSync(1, "x")), code(() => fs.writeSync(99999, "x"))
      ]`,
    result: ['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE', 'EBADF']
  },
  'names imported from node:fs are caught too': {
    program: 'const { writeSync } = await load("node:fs"); writeSync(1, "esm\\n")',
    out: 'esm\n'
  },
  'what is written on the way out is not lost': {
    program: 'process.on("exit", () => { console.log("bye"); console.log("bye again") }); console.log("1"); console.log("2"); process.exit(3)',
    out: '1\n2\nbye\nbye again\n'
  }
}

for (const [name, { program, out = '', err = '', result }] of Object.entries(rows)) {
  test(name, async () => {
    const ran = await run(program)
    assert.deepEqual([ran.out, ran.err, ran.raw], [out, err, ''])
    assert.deepEqual(ran.result, result)
  })
}

const pinos: Record<string, string> = {
  'pino on its default destination': 'pino()',
  'pino, asynchronous': 'pino(pino.destination({ dest: 1, sync: false }))',
  'pino on pino.destination(1)': 'pino(pino.destination(1))',
  'pino, synchronous and buffering': 'pino(pino.destination({ dest: 1, sync: true, minLength: 4096 }))',
  'pino on process.stdout': 'pino(process.stdout)'
}
for (const [name, create] of Object.entries(pinos)) {
  test(`${name} loses no line`, async () => {
    const { out, raw } = await run(`
      const pino = require("pino")
      const logger = ${create}
      for (let index = 0; index < 300; index++) logger.info({ index }, "line")
      await new Promise((resolve) => setImmediate(resolve))
      logger.warn("last")
      logger.flush?.()`)
    const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as { index?: number, msg: string })
    assert.deepEqual(lines.slice(0, 300).map(({ index }) => index), Array.from({ length: 300 }, (_, index) => index))
    assert.equal(lines[300]?.msg, 'last')
    assert.equal(raw, '')
  })
}

const inner = 'require("node:fs").writeSync(2, "inner\\n"); console.log("inner too")'
const outer = `require("fs").writeSync(1, "outer\\n"); new (require("worker_threads").Worker)(${JSON.stringify(inner)}, { eval: true })`
const threads: Record<string, { program: string, out: string, err?: string }> = {
  'a pino transport': {
    program: `
      const logger = require("pino")({ base: null, timestamp: false, transport: { target: "pino/file", options: { destination: 1 } } })
      logger.info("by a transport")
      await new Promise((resolve) => logger.flush(resolve))`,
    out: '{"level":30,"msg":"by a transport"}\n'
  },
  'a thread of the service, and a thread of that thread': {
    program: `
      const { Worker } = await load("node:worker_threads")
      const worker = new Worker(${JSON.stringify(outer)}, { eval: true })
      await new Promise((resolve) => worker.on("exit", resolve))`,
    out: 'outer\ninner too\n',
    err: 'inner\n'
  }
}
for (const [name, { program, out, err = '' }] of Object.entries(threads)) {
  test(`${name} is heard`, async () => {
    const ran = await run(program)
    assert.deepEqual([ran.out, ran.err, ran.raw], [out, err, ''])
  })
}

test('a Worker is still a Worker', async () => {
  const { result } = await run(`
    const { Worker } = require("node:worker_threads")
    const code = (run) => { try { run() } catch (error) { return error.code } }
    const worker = new Worker("", { eval: true })
    return [Worker.name, worker instanceof Worker, code(() => new Worker("", { eval: true, execArgv: "x" })), code(() => new Worker("./none.js", { execArgv: ["--no-such-flag"] }))]`)
  assert.deepEqual(result, ['Worker', true, 'ERR_INVALID_ARG_TYPE', 'ERR_WORKER_INVALID_EXEC_ARGV'])
})

test('output carries the trace that it was written in, and none outside of one', async () => {
  const { output } = await run(`
    const logger = require("pino")()
    console.log("outside")
    const context = (traceId, spanId) => ({ traceId, spanId, parentSpanId: "", sampled: true })
    await Promise.all([
      observer.within(context("a", "1"), async () => { console.log("in a"); await new Promise(setImmediate); logger.info("later in a") }),
      observer.within(context("b", "2"), async () => { await null; console.log("in b"); await new Promise((resolve) => setTimeout(resolve, 1)); process.stderr.write("later in b\\n") })
    ])`)
  const ids = output.map(({ chunk, traceId, spanId }) => [/outside|(later )?in [ab]/.exec(String(chunk))?.[0], traceId, spanId])
  assert.deepEqual(ids, [
    ['outside', undefined, undefined], ['in a', 'a', '1'], ['in b', 'b', '2'], ['later in a', 'a', '1'], ['later in b', 'b', '2']
  ])
})

test('what a thread said right before it blocked is heard while it blocks', async () => {
  const worker = new Worker(new URL('./fixtures/capture-thread.ts', import.meta.url), {
    workerData: { program: 'console.log("going under"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)' }
  })
  const { promise, resolve } = Promise.withResolvers<RecordMessage>()
  worker.on('message', (message: RecordMessage) => { if (message.type === 'output') resolve(message) })
  try {
    assert.deepEqual(await promise, { type: 'output', output: [{ descriptor: 1, chunk: 'going under\n' }] })
  } finally {
    await worker.terminate()
  }
})

test('a thousand lines of one turn are a handful of messages', async () => {
  const { out, messages } = await run('for (let index = 0; index < 1000; index++) console.log("line")')
  assert.equal(out.length, 5000)
  assert.ok(messages <= 4, `${messages} messages`)
})
