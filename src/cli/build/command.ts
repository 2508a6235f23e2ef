// Runs one build command to its end: its output into a log file, and the last lines of it kept.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

export interface CommandToRun {
  command: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  log: string
  signal: AbortSignal
}

export interface CommandEnd {
  /** Undefined: it did what it should. "exited with code 1" */
  failure: string | undefined
  /** It could not be started: ENOENT and the like. */
  errno: string | undefined
  /** Without what paints a terminal. */
  lastLines: string[]
}

const keptLines = 30
const keptCharacters = 64 * 1024
const graceMs = 5000
const daemonMs = 1000

/** On abort the command and all that it started are ended. */
export async function runToEnd ({ command: [program = '', ...args], cwd, env, log, signal }: CommandToRun): Promise<CommandEnd> {
  const file = createWriteStream(log)
  let tail = ''
  const hear = (chunk: Buffer): void => {
    file.write(chunk)
    tail = (tail + chunk.toString()).slice(-keptCharacters)
  }
  // A group of its own, so that the bundlers it starts end with it.
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const end = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // All of them have ended.
    }
  }
  let force: NodeJS.Timeout | undefined
  const abort = (): void => {
    end('SIGTERM')
    force = setTimeout(end, graceMs, 'SIGKILL')
  }
  signal.addEventListener('abort', abort)
  let failure: string | undefined
  let errno: string | undefined
  try {
    if (signal.aborted) abort()
    // One that cannot be started is told of by the other, too.
    const closed = once(child, 'close').catch(() => {})
    const [code, by] = await once(child, 'exit') as [number | null, NodeJS.Signals | null]
    // A daemon that it has left keeps its pipes open.
    await Promise.race([closed, setTimeoutPromise(daemonMs, undefined, { ref: false })])
    if (code !== 0) failure = code === null ? `was ended by ${by ?? 'a signal'}` : `exited with code ${code}`
  } catch (thrown) {
    errno = (thrown as NodeJS.ErrnoException).code ?? ''
    failure = `could not be started: ${(thrown as Error).message}`
  } finally {
    signal.removeEventListener('abort', abort)
    clearTimeout(force)
    // What it left running would go on writing.
    if (failure !== undefined) end('SIGKILL')
  }
  child.stdout.destroy()
  child.stderr.destroy()
  file.end()
  await finished(file).catch((thrown: unknown) => { failure ??= `had its log not written: ${(thrown as Error).message}` })
  const lines = stripVTControlCharacters(tail).replaceAll('\r', '\n').split('\n').map((line) => line.trimEnd())
  return { failure, errno, lastLines: lines.filter((line, index) => line !== '' || lines[index - 1] !== '').slice(-keptLines).join('\n').trim().split('\n') }
}
