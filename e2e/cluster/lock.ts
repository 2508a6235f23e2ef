import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { say } from './progress.ts'

/**
 * Does work while no other driver works on the same folder. A `flock` child holds the lock and ends when our end of its
 * pipe closes, so a driver that is killed leaves no lock behind.
 */
export async function exclusively<T> (lockFile: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true })
  const holder = spawn('flock', ['--exclusive', lockFile, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = setTimeout(() => say('    another run works on this cluster: waiting for it'), 1000)
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject)
      holder.once('exit', (code) => reject(new Error(`flock ${lockFile}: exit code ${code}`)))
      holder.stdout.once('data', () => resolve())
    })
    clearTimeout(waiting)
    return await work()
  } finally {
    clearTimeout(waiting)
    holder.stdin.end()
  }
}
