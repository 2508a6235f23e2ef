import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { watchDisturbance } from '../../bench/process/disturbance.ts'

test('a process that is busy is seen, unless the bench has started it', { skip: existsSync('/proc/stat') ? false : 'needs /proc (Linux)' }, async () => {
  const spinner = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' })
  try {
    await once(spinner, 'spawn')
    const nobodys = 0x7fff_ffff
    const all = watchDisturbance(nobodys)
    const withoutOurs = watchDisturbance(process.pid)
    // However busy the machine is, the spinner gets its share of it in time, and the kernel counts by ticks of 10 ms.
    const look = (): [number, number] => [all().others, withoutOurs().others]
    let [seen, rest] = look()
    for (let looks = 0; looks < 1_000 && rest >= seen - 0.1; looks++) {
      await wait(10)
      ;[seen, rest] = look()
    }
    assert.ok(rest < seen - 0.1, `${rest} of ${seen}`)
  } finally {
    spinner.kill('SIGKILL')
    await once(spinner, 'exit')
  }
})
