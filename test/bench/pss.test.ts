import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { treePss } from '../../bench/process/pss.ts'

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
