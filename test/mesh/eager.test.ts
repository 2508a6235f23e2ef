// Looking out for an answer before going to sleep: nothing is read twice or out of order, and it ends where it does not pay.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { Eager } from '../../src/mesh/eager.ts'

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

/** A thread that says everything back. */
function echo (): { port: MessagePort, end: () => Promise<unknown> } {
  const { port1, port2 } = new MessageChannel()
  const code = "const { workerData: port } = require('node:worker_threads'); port.on('message', (value) => port.postMessage(value))"
  const worker = new Worker(code, { eval: true, workerData: port2, transferList: [port2] })
  return { port: port1, end: () => worker.terminate() }
}

for (const isPatient of [false, true]) {
  test(`an answer is read once, in order, whichever way it comes${isPatient ? ', by looks with a pause too' : ''}`, async () => {
    const { port, end } = echo()
    const heard: unknown[] = []
    let hear = (): void => {}
    const arrived = (message: unknown): void => {
      heard.push(message)
      hear()
    }
    port.on('message', arrived)
    let asked = 0
    const eager = new Eager(port, { isAwaited: () => heard.length < asked, arrived }, 2)
    while (asked < 500) {
      const answered = new Promise<void>((resolve) => { hear = resolve })
      port.postMessage(++asked)
      eager.expect(isPatient)
      await answered
    }
    assert.deepEqual(heard, Array.from({ length: 500 }, (_, index) => index + 1))
    await end()
  })
}

test('where answers are slow it looks the more seldom', async () => {
  const { port1, port2 } = new MessageChannel()
  let looks = 0
  const eager = new Eager(port1, { isAwaited: () => ++looks > 0, arrived: () => {} }, 2)
  for (let call = 0; call < 100; call++) {
    eager.expect(false)
    await turn()
  }
  // Calls 1, 3, 6, 11, 20, 37 and 70.
  assert.equal(looks, 7)
  port1.close()
  port2.close()
})

test('with one core it never looks: nobody could answer meanwhile', async () => {
  const { port1 } = new MessageChannel()
  let looks = 0
  const eager = new Eager(port1, { isAwaited: () => ++looks > 0, arrived: () => {} }, 1)
  eager.expect(false)
  await turn()
  assert.equal(looks, 0)
  port1.close()
})

test('what is read belongs to no caller', async () => {
  const { port1, port2 } = new MessageChannel()
  const storage = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const eager = new Eager(port1, { isAwaited: () => true, arrived: () => seen.push(storage.getStore()) }, 2)
  port2.postMessage('answer')
  storage.run('caller', () => eager.expect(false))
  await turn()
  assert.deepEqual(seen, [undefined])
  port1.close()
})
