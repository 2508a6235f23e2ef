import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collector, type Collect } from '../../src/base/compact.ts'
import { YoungBuffers } from '../../src/base/young-buffers.ts'

const mib = 2 ** 20

function counting (open: (collect: Collect) => Collect | undefined = (collect) => collect): { young: YoungBuffers, seen: { opened: number, collected: number } } {
  const seen = { opened: 0, collected: 0 }
  const young = new YoungBuffers(() => {
    seen.opened++
    return open(() => { seen.collected++ })
  })
  return { young, seen }
}

test('a thread that makes few Buffers never asks for a collector', () => {
  const { young, seen } = counting()
  young.made(24 * mib - 1)
  assert.deepEqual(seen, { opened: 0, collected: 0 })
})

test('every 24 MiB of Buffers, of whatever size, young objects are collected, by one collector', () => {
  const { young, seen } = counting()
  for (let made = 0; made < 96 * mib; made += mib / 16) young.made(mib / 16)
  assert.deepEqual(seen, { opened: 1, collected: 4 })
})

test('a collector that is not to be had is asked for after as many again', () => {
  const { young, seen } = counting((collect) => seen.opened > 2 ? collect : undefined)
  for (let times = 0; times < 4; times++) young.made(24 * mib)
  assert.deepEqual(seen, { opened: 3, collected: 2 })
})

test("V8's collector of young objects finds Buffers that were let go", () => {
  const collect = collector('young')
  assert.ok(collect !== undefined)
  collect()
  const before = process.memoryUsage().arrayBuffers
  for (let times = 0; times < 16; times++) Buffer.allocUnsafeSlow(mib)
  const made = process.memoryUsage().arrayBuffers - before
  collect()
  // Helpers may still be sweeping those of this collection; the next one waits for them.
  collect()
  const left = process.memoryUsage().arrayBuffers - before
  assert.ok(made >= 15 * mib && left <= 2 * mib, `${left} of ${made}`)
})
