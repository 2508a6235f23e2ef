// Two bridges with a pipe between them: whoever holds the other end of a carried port cannot tell.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { Bridge } from '../../../src/mesh/carry/bridge.ts'

interface Pair { parent: Bridge, child: Bridge, heardByParent: unknown[], heardByChild: unknown[] }

/** Bytes arrive at once, three at a time. */
function pair (t: TestContext): Pair {
  const heardByParent: unknown[] = []
  const heardByChild: unknown[] = []
  const cross = (to: () => Bridge) => (bytes: Uint8Array[]): void => {
    for (let rest = Buffer.concat(bytes); rest.length > 0; rest = rest.subarray(3)) to().read(rest.subarray(0, 3))
  }
  const parent: Bridge = new Bridge('parent', { write: cross(() => child), heard: (message) => heardByParent.push(message) })
  const child: Bridge = new Bridge('child', { write: cross(() => parent), heard: (message) => heardByChild.push(message) })
  t.after(() => {
    parent.close()
    child.close()
  })
  return { parent, child, heardByParent, heardByChild }
}

/** One port here, whose other end was handed over the bridge. */
function across (from: Bridge, heard: unknown[]): [near: MessagePort, far: MessagePort] {
  const { port1, port2 } = new MessageChannel()
  from.send({ port: port2 })
  return [port1, (heard.at(-1) as { port: MessagePort }).port]
}

async function next (port: MessagePort): Promise<unknown> {
  const [message] = await once(port, 'message') as [unknown]
  return message
}

test('a port that is sent carries messages both ways', async (t) => {
  const { parent, heardByChild } = pair(t)
  const [near, far] = across(parent, heardByChild)
  near.postMessage([1, 'over', new Uint8Array([1, 2])])
  assert.deepEqual(await next(far), [1, 'over', new Uint8Array([1, 2])])
  far.postMessage({ type: 'back' })
  assert.deepEqual(await next(near), { type: 'back' })
})

test('a port goes over a carried port, and back', async (t) => {
  const { parent, heardByChild } = pair(t)
  const [near, far] = across(parent, heardByChild)
  const { port1, port2 } = new MessageChannel()
  far.postMessage({ dial: port2 }, [port2])
  const { dial } = await next(near) as { dial: MessagePort }
  dial.postMessage(['from the parent'])
  assert.deepEqual(await next(port1), ['from the parent'])
  near.postMessage({ again: dial }, [dial])
  const { again } = await next(far) as { again: MessagePort }
  port1.postMessage(['round'])
  assert.deepEqual(await next(again), ['round'])
})

test('what was posted before a port closed is read before its close', async (t) => {
  const { child, heardByParent } = pair(t)
  const [near, far] = across(child, heardByParent)
  const heard: unknown[] = []
  far.on('message', (message) => heard.push(message))
  near.postMessage(['last words'])
  near.close()
  await once(far, 'close')
  assert.deepEqual(heard, [['last words']])
})

test('when the pipe is gone, every carried port closes, after what it had been given', async (t) => {
  const { parent, child, heardByChild } = pair(t)
  const [near, far] = across(parent, heardByChild)
  const heard: unknown[] = []
  near.on('message', (message) => heard.push(message))
  far.postMessage(['last words'])
  child.drain()
  parent.close()
  await once(near, 'close')
  assert.deepEqual(heard, [['last words']])
})

test('messages that wait in a port when it is sent are there when the other side is told', (t) => {
  const { parent, heardByChild } = pair(t)
  const { port1, port2 } = new MessageChannel()
  port1.postMessage({ names: ['web'] })
  parent.send({ port: port2 })
  parent.drain()
  const { port } = heardByChild[0] as { port: MessagePort }
  assert.deepEqual(receiveMessageOnPort(port)?.message, { names: ['web'] })
  port1.close()
})

test('words about others come after what those others had said', async (t) => {
  const { parent, heardByChild } = pair(t)
  const [control, farControl] = across(parent, heardByChild)
  const [worker, farWorker] = across(parent, heardByChild)
  // In this order a thread would find the worker's last frames in its port when it hears of its end.
  worker.postMessage(['the last frame'])
  control.postMessage({ alive: [] })
  assert.deepEqual(await next(farControl), { alive: [] })
  assert.deepEqual(receiveMessageOnPort(farWorker)?.message, ['the last frame'])
})
