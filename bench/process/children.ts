// Every process that a run starts: none outlives the run, nor what it has running when it is stopped. All stay in the run's own session:
// by sessions Linux shares out the cores (sched(7), autogroup), and the one thread that makes the load would get as much as all threads
// of a server.
import { spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { treeOf } from './tree.ts'

export interface Command {
  name: string
  file: string
  args: readonly string[]
  cwd?: string
  env?: Readonly<Record<string, string>>
  /** Written to its standard input, which is closed then. */
  input?: string
  /** A file descriptor for its standard output; its words are not kept then. */
  stdout?: number
}

export interface Program {
  name: string
  pid: number
  hasExited: () => boolean
  /** Undefined while it runs, null when a signal ended it. */
  exitCode: () => number | null | undefined
  exited: Promise<unknown>
  /** Exited, and all that it wrote is here. */
  closed: Promise<unknown>
  /** The last of what it wrote. */
  said: () => string
  /** Asks for an orderly end, insists after ten seconds. */
  stop: () => Promise<void>
}

const stopLimitMs = 10_000
const keptChars = 16_000

export class Children {
  readonly #running = new Set<number>()

  /** @throws when the program cannot be started at all */
  async start ({ name, file, args, cwd, env = {}, input, stdout }: Command): Promise<Program> {
    const stdio: StdioOptions = [input === undefined ? 'ignore' : 'pipe', stdout ?? 'pipe', 'pipe']
    const child = spawn(file, args, { cwd, stdio, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { said = (said + String(chunk)).slice(-keptChars) })
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    this.#running.add(pid)
    const exited = once(child, 'exit').catch(() => {})
    child.stdin?.on('error', () => {}).end(input)
    return {
      name,
      pid,
      hasExited: () => child.exitCode !== null || child.signalCode !== null,
      exitCode: () => child.signalCode !== null ? null : child.exitCode ?? undefined,
      exited,
      closed: once(child, 'close').catch(() => {}),
      said: () => said.trim(),
      stop: async () => {
        const [, ...others] = treeOf(pid)
        child.kill('SIGTERM')
        const insist = setTimeout(() => kill(treeOf(pid)), stopLimitMs)
        await exited
        clearTimeout(insist)
        kill(others)
        this.#running.delete(pid)
      }
    }
  }

  /** At once, also from an `exit` listener. */
  killAll (): void {
    for (const pid of this.#running) kill(treeOf(pid))
    this.#running.clear()
  }
}

function kill (pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
