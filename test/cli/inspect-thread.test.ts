// A debugger's session with one thread.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openThreadSession } from '../../src/cli/inspect/thread-session.ts'

const answers = 10
/** The thread always answers: a machine may pause, a test must not spin for ever. */
const patienceMs = 60_000

test('what a thread says is told in a turn of its own, never in the middle of what this thread does', async () => {
  const done = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker('const { parentPort, workerData } = require("node:worker_threads"); globalThis.done = workerData; parentPort.on("message", () => {}); parentPort.postMessage("up")', { eval: true, workerData: done })
  try {
    await once(worker, 'message')
    let isBusy = false
    const told: Array<{ id: number, isBusy: boolean }> = []
    const { promise: all, resolve } = Promise.withResolvers<void>()
    const session = openThreadSession(worker.threadId, {
      message (text) {
        told.push({ id: (JSON.parse(text) as { id: number }).id, isBusy })
        if (told.length === answers) resolve()
      },
      closed () {}
    })
    isBusy = true
    for (let id = 1; id <= answers; id++) session.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression: 'Atomics.add(done, 0, 1)' } }))
    // All but the last answer are on their way when the last one is worked out.
    for (const untilMs = performance.now() + patienceMs; Atomics.load(done, 0) < answers && performance.now() < untilMs;);
    isBusy = false
    await all
    assert.deepEqual(told, Array.from({ length: answers }, (_, index) => ({ id: index + 1, isBusy: false })))
    session.close()
  } finally {
    await worker.terminate()
  }
})
