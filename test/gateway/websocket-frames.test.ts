import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameBoundary } from '../../src/gateway/websocket-frames.ts'

/** A frame by RFC 6455 §5.2, its length in the shortest form. */
function frame (length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0
  const head = length < 126 ? Buffer.of(0x82, mask | length) : length < 65_536 ? Buffer.of(0x82, mask | 126, length >> 8, length & 255) : Buffer.alloc(10)
  if (length >= 65_536) {
    head.set([0x82, mask | 127])
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  // Payloads that look like heads.
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0, 0x88), Buffer.alloc(length, 0x82)])
}

const lengths = fc.array(fc.tuple(fc.oneof(fc.nat(130), fc.constantFrom(0, 125, 126, 65_535, 65_536)), fc.boolean()), { minLength: 1, maxLength: 5 })

test('it is between frames exactly where one ends, in whatever pieces the bytes come', () => {
  fc.assert(fc.property(lengths, fc.integer({ min: 1, max: 5000 }), (all, step) => {
    const frames = all.map(([length, isMasked]) => frame(length, isMasked))
    const ends = new Set<number>()
    let total = 0
    for (const { length } of frames) ends.add(total += length)
    const bytes = Buffer.concat(frames)
    const boundary = new FrameBoundary()
    for (let at = 0; at < bytes.length; at += step) {
      const piece = bytes.subarray(at, at + step)
      const first = [...ends].find((end) => end > at && end <= at + piece.length)
      assert.equal(boundary.read(piece), first === undefined ? -1 : first - at)
      assert.equal(boundary.isBetween, ends.has(at + piece.length))
    }
  }), { numRuns: 50 })
})
