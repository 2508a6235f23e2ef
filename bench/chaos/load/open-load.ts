// An open load as a row holds it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadPlan } from './program.ts'
import type { LoadReport } from './report.ts'

const program = fileURLToPath(new URL('program.ts', import.meta.url))

export interface OpenLoad extends AsyncDisposable {
  /** What is sent from now on is counted apart. */
  phase: (name: string) => void
  /** Waits for the last answer. */
  stop: () => Promise<LoadReport>
}

export function startLoad (url: string, perSecond: number, targets: LoadPlan['targets'], timeoutMs = 15_000): OpenLoad {
  const { hostname, port } = new URL(url)
  const plan: LoadPlan = { host: hostname, port: Number(port), perSecond, targets, timeoutMs }
  const child = spawn(process.execPath, [program, JSON.stringify(plan)], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => { output += String(chunk) })
  const closed = once(child, 'close')
  return {
    phase (name) { child.stdin.write(`phase ${name}\n`) },
    async stop () {
      child.stdin.end('stop\n')
      await closed
      if (output === '') throw new Error('the load ended without a report')
      return JSON.parse(output) as LoadReport
    },
    async [Symbol.asyncDispose] () {
      child.kill('SIGKILL')
      await closed
    }
  }
}
