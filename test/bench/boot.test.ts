import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { treePss } from '../../bench/boot/pss.ts'
import { benchRow, median, rowText } from '../../bench/boot/ratio.ts'

test('a row is judged by the median of the pairs\' ratios, and shows their spread', () => {
  const row = benchRow('boot', 'ms', [{ ours: 100, peer: 1000 }, { ours: 300, peer: 1000 }, { ours: 200, peer: 1000 }], 0.25)
  assert.deepEqual(row, { row: 'boot', unit: 'ms', ours: 200, peer: 1000, ratio: 0.2, ratioMin: 0.1, ratioMax: 0.3, bar: 0.25, ok: true })
  assert.equal(rowText(row), 'boot: ours 200 ms, wattpm 1000 ms, ratio 0.200 (0.100 to 0.300), bar 0.25: ok')
  assert.equal(benchRow('boot', 'ms', [{ ours: 26, peer: 100 }], 0.25).ok, false)
})

test('a median lies in the middle', () => {
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
    const middle = median(values)
    assert.ok(values.filter((value) => value <= middle).length >= values.length / 2)
    assert.ok(values.filter((value) => value >= middle).length >= values.length / 2)
  }))
})

test('memory is that of the whole tree of processes', { skip: existsSync('/proc/self/smaps_rollup') ? false : 'needs /proc/*/smaps_rollup (Linux)' }, async () => {
  const program = `
    const { spawn } = require("node:child_process")
    const child = spawn(process.execPath, ["-e", "globalThis.held = Buffer.alloc(64 * 2 ** 20, 1); console.log('ready'); process.stdin.resume()"], { stdio: ["pipe", "inherit", "inherit"] })
    process.stdin.resume().on("end", () => child.stdin.end())`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.ok(treePss(child.pid ?? 0) > 64)
  child.stdin.end()
  await once(child, 'exit')
})
