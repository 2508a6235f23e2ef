import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface CommandOptions {
  cwd?: string
  /** Added to this process' environment. */
  environment?: Record<string, string>
  /** Written to standard input. */
  input?: string
  /** Ends the command with SIGKILL after this many milliseconds; none by default. */
  timeoutMs?: number
}

/**
 * Runs a command to its end and gives its standard output.
 * Throws with the command line and the last lines it said when it exits with anything but 0.
 */
export async function run (command: string, parameters: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = spawn(command, parameters, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const })
  })
  let output = ''
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { output += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { said += chunk })
  // A command that ends without reading its input breaks the pipe; its exit code says what matters.
  child.stdin.on('error', () => {}).end(options.input ?? '')
  const ending = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? '' : signal === null ? `exit code ${code}` : `ended by ${signal}`))
  })
  if (ending === '') return output
  const lastLines = [output, said].flatMap((text) => text.trimEnd().split('\n').slice(-20)).join('\n').trim()
  throw new Error(`${command} ${parameters.join(' ')}: ${ending}\n${lastLines}`)
}

/** Whether a command succeeds, for questions whose "no" is an exit code. */
export async function succeeds (command: string, parameters: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return run(command, parameters, options).then(() => true, () => false)
}

/** The full path of a command, or undefined. Looks in sbin too, which a login shell of another user may leave out. */
export function find (command: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']) {
    const candidate = join(folder, command)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      continue
    }
  }
  return undefined
}
