// What the tools that start an example share: its packages, installed where they are missing or stale, and programs run to their end.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

/** Gives npm's exit code; 0 when there was nothing to install. */
export async function install (folder: string, title: string): Promise<number> {
  if (!isStale(folder)) return 0
  console.log(`Installing the packages of ${title} (once)`)
  // npm by the path that runs this script, under this Node: the machine's own may be too old for the packages.
  const npm = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund']
  return npm === undefined ? await run('npm', args, folder) : await run(process.execPath, [npm, ...args], folder)
}

/** npm writes node_modules/.package-lock.json last, so it is newer than the lockfile it was installed from. */
function isStale (folder: string): boolean {
  const installed = join(folder, 'node_modules/.package-lock.json')
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(folder, 'package-lock.json')).mtimeMs
}

/** `--port`, when there is PORT in the environment. */
export function portOption (): string[] {
  const port = process.env['PORT']
  return port === undefined || port === '' ? [] : ['--port', port]
}

/** Runs to the end and gives the exit code; signals sent to this process reach the child too. */
export async function run (command: string, args: string[], cwd = process.cwd(), env: Record<string, string> = {}): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } })
  const pass = (signal: NodeJS.Signals): void => { child.kill(signal) }
  // From a terminal the child gets Ctrl-C itself, being in the same group; this process must only outlive it.
  const wait = (): void => {}
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', hasTerminal ? wait : pass)
  const { promise, resolve } = Promise.withResolvers<number>()
  child.on('error', (thrown) => {
    console.error(`${command} could not be started: ${thrown.message}`)
    resolve(1)
  })
  child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  const code = await promise
  process.off('SIGTERM', pass).off('SIGHUP', pass).off('SIGINT', pass).off('SIGINT', wait)
  return code
}
