import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReceiveWindow, SendWindow, windowBytes } from '../../src/mesh/credit.ts'

test('short bodies cost no credit frame', () => {
  assert.equal(new ReceiveWindow().consume(windowBytes / 2 - 1), 0)
})

test('a sender never has more on its way than the window and one chunk, and never starves', () => {
  const chunk = fc.integer({ min: 1, max: 3 * windowBytes })
  fc.assert(fc.property(fc.array(fc.tuple(chunk, fc.boolean())), (steps) => {
    const sender = new SendWindow(windowBytes)
    const reader = new ReceiveWindow()
    const inFlight: number[] = []
    let bytes = 0
    const read = (): void => {
      const consumed = inFlight.shift() ?? 0
      bytes -= consumed
      sender.grant(reader.consume(consumed))
    }
    for (const [size, readsFirst] of steps) {
      if (readsFirst) read()
      // Whatever is in flight was read: then there must be room again, or the exchange would hang.
      while (!sender.isOpen && inFlight.length > 0) read()
      assert.ok(sender.isOpen)
      sender.take(size)
      bytes += size
      inFlight.push(size)
      assert.ok(bytes < windowBytes + size)
    }
  }))
})
