// What a service can do wrong, each bounded: by itself it ends within a minute, or at a GiB.
import { execFileSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { lookup } from 'node:dns'
import { readFile } from 'node:fs'
import { getHeapStatistics } from 'node:v8'

const gib = 2 ** 30
const kept = []

const isFull = () => getHeapStatistics().used_heap_size > 1.2 * gib

/** Fills the heap until the ceiling's owner steps in, or it is over a GiB. */
function fill (step) {
  for (let i = 0; i % 1000 !== 0 || !isFull(); i++) step(i)
}

export const faults = {
  // In a turn of its own, as most uncaught errors are: no framework catches it.
  crash () { setImmediate(() => { throw new Error('chaos: an uncaught error') }) },
  exit () { setImmediate(() => process.exit(1)) },
  block () {
    const untilMs = Date.now() + 60_000
    while (Date.now() < untilMs);
  },
  stuck () { execFileSync('sleep', ['60']) },
  // As a service that hashes passwords for more users than there are cores, looks names up and reads files.
  pool () {
    const untilMs = Date.now() + 30_000
    const again = (job) => () => { if (Date.now() < untilMs) job() }
    const hash = () => pbkdf2('chaos', 'salt', 300_000, 64, 'sha512', again(hash))
    const find = () => lookup('localhost', again(find))
    const read = () => readFile(import.meta.filename, again(read))
    for (let i = 0; i < 64; i++) for (const job of [hash, hash, find, read]) job()
  },
  'heap-array' () { fill((i) => kept.push({ i, text: `item ${i}` })) },
  'heap-map' () { const map = new Map(); kept.push(map); fill((i) => map.set(`key ${i}`, { i })) },
  'heap-set' () { const set = new Set(); kept.push(set); fill((i) => set.add(`value ${i}`)) },
  'heap-keys' () { const object = {}; kept.push(object); fill((i) => { object[`key ${i}`] = i }) },
  'heap-strings' () { fill((i) => kept.push(`${i} `.repeat(50) + Math.random())) },
  // Below 32 Mi elements, where V8 allocates them at once; with more it begins a dictionary, which is filled one by one.
  'heap-huge' () { kept.push(new Array(30_000_000).fill(0.5)) },
  buffers () { for (let mib = 0; mib < 1024; mib += 8) kept.push(Buffer.alloc(8 * 2 ** 20, 1)) }
}
