// The real binary as a child process.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

const main = join(import.meta.dirname, '../../src/cli/main.ts')

export interface Ended { code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }

export interface StartOptions { env?: Record<string, string>, cwd?: string, input?: string, program?: string }

function start (args: string[], { env = {}, cwd = process.cwd(), program = main }: StartOptions): ChildProcess & { stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream } {
  const { PORT: _, NO_COLOR: __, NODE_TEST_CONTEXT: ___, ...inherited } = process.env
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...inherited, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  return child
}

/** Runs to its end. */
export async function wattapp (args: string[], options: StartOptions = {}): Promise<Ended> {
  const child = start(args, options)
  // It may end without having read any of it, and is judged by how it ended.
  child.stdin?.on('error', () => {}).end(options.input)
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout as never), text(child.stderr as never), once(child, 'close')])
  return { stdout, stderr, code, signal }
}

export interface Running extends AsyncDisposable {
  /** Resolves with the first line, past or to come, of either stream that matches; rejects when it ends without one. */
  line: (pattern: RegExp) => Promise<RegExpExecArray>
  /** As `line`, of those that came after the first `count`. */
  lineAfter: (count: number, pattern?: RegExp) => Promise<RegExpExecArray>
  kill: (signal: NodeJS.Signals) => void
  ended: Promise<{ code: number | null, signal: NodeJS.Signals | null }>
  lines: readonly string[]
}

/** Started, and left running until it is killed or the test ends. */
export function running (args: string[], options: StartOptions = {}): Running {
  const child = start(args, options)
  const lines: string[] = []
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const look of waiting) look()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }))
  return {
    lines,
    ended,
    kill: (signal) => { child.kill(signal) },
    line: (pattern) => lineAfter(0, pattern),
    lineAfter,
    async [Symbol.asyncDispose] () {
      child.kill('SIGKILL')
      await ended
    }
  }

  function lineAfter (count: number, pattern = /^/): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.values().drop(count).map((line) => pattern.exec(line)).find((match) => match !== null)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      ended.then(() => reject(new Error(`ended without ${String(pattern)}:\n${lines.join('\n')}`))).catch(reject)
    })
  }
}

/** A folder that goes with the test. */
export async function temporaryFolder (): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'wattapp-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
