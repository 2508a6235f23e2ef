import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { watchDisturbance } from '../../bench/process/disturbance.ts'

test('a process that is busy is seen, unless the bench has started it', { skip: existsSync('/proc/stat') ? false : 'needs /proc (Linux)' }, async () => {
  const spinner = spawn(process.execPath, ['-e', 'for (;;) {}'], { detached: true, stdio: 'ignore' })
  try {
    await once(spinner, 'spawn')
    const seen = watchDisturbance((group) => group !== spinner.pid)
    const own = watchDisturbance(() => true)
    while (seen().others < 0.1) await wait(10)
    assert.equal(own().others, 0)
  } finally {
    spinner.kill('SIGKILL')
    await once(spinner, 'exit')
  }
})
