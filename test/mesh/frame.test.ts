import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as frame from '../../src/mesh/frame.ts'

const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.uint8Array())
const anyFrame = fc.integer({ min: 0, max: frame.lengths.length - 1 }).chain((kind) =>
  fc.tuple(fc.integer(), fc.array(field, { minLength: (frame.lengths[kind] ?? 0) - 2, maxLength: (frame.lengths[kind] ?? 0) - 2 }))
    .map(([exchange, fields]): frame.Batch => [kind, exchange, ...fields]))

/** Frames of a batch; 'torn' where it is no whole frame. */
function walk (batch: frame.Batch): Array<frame.Batch | 'torn'> {
  const found: Array<frame.Batch | 'torn'> = []
  for (let at = 0; at < batch.length;) {
    const next = frame.after(batch, at)
    if (next === -1) return [...found, 'torn']
    found.push(batch.slice(at, next))
    at = next
  }
  return found
}

test('a batch is read as the frames that were put into it, whole or split at any frame', () => {
  fc.assert(fc.property(fc.array(anyFrame), fc.nat(), (frames, cut) => {
    assert.deepEqual(walk(frames.flat()), frames)
    const split = frames.length === 0 ? 0 : cut % frames.length
    assert.deepEqual([...walk(frames.slice(0, split).flat()), ...walk(frames.slice(split).flat())], frames)
  }))
})

test('a batch with a torn tail is read up to it', () => {
  fc.assert(fc.property(fc.array(anyFrame), anyFrame, fc.nat(), (frames, last, cut) => {
    const tail = last.slice(0, 1 + cut % (last.length - 1))
    assert.deepEqual(walk([...frames.flat(), ...tail]), [...frames, 'torn'])
  }))
})

test('a kind that no one knows is torn', () => {
  assert.deepEqual(walk([99, 0]), ['torn'])
  assert.deepEqual(walk(['x', 0]), ['torn'])
})

test('bytes arrive as they were, copied, and long ones are transferred', () => {
  const sizes = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: frame.stringLimitBytes - 2, max: frame.stringLimitBytes + 2 }))
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 255 }), (size, seed) => {
    const source = new Uint8Array(size + 3).map((_, index) => (index * 31 + seed) % 256)
    const bytes = source.subarray(1, size + 1)
    const expected = Buffer.from(bytes)
    const transfers: ArrayBuffer[] = []
    const packed = frame.pack(bytes, transfers)
    source.fill(0)
    assert.equal(transfers.length, size > frame.stringLimitBytes ? 1 : 0)
    assert.equal(frame.sizeOf(packed), size)
    const arrived = structuredClone(packed, { transfer: transfers })
    assert.deepEqual(frame.unpack(arrived), expected)
    assert.equal(source.byteLength, size + 3)
  }))
})

test('text arrives as its bytes in every encoding', () => {
  const encodings: Array<BufferEncoding | undefined> = [undefined, 'utf8', 'latin1', 'ascii', 'base64', 'hex', 'utf16le']
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...encodings), (text, encoding) => {
    assert.deepEqual(frame.unpack(frame.packText(text, encoding, [])), Buffer.from(text, encoding))
  }))
})

test('whatever an array holds, reading it goes on or stops, and never throws', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.anything(), fc.integer({ min: -1, max: frame.lengths.length }), fc.constantFrom('3', 'length', 'map', '__proto__', NaN, 1.5, -0))), (fields) => {
    const batch = fields as frame.Batch
    for (let at = 0; at < batch.length;) {
      const next = frame.after(batch, at)
      if (next === -1) return
      assert.ok(Number.isInteger(next) && next > at && next <= batch.length)
      at = next
    }
  }))
})
