// `npm start`: the shop of examples/ on this machine, its packages installed first where they are missing or stale.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const shop = new URL('../examples/shop/', import.meta.url)
const pathTo = (relative: string): string => fileURLToPath(new URL(relative, shop))

if (isStale()) {
  console.log('Installing the packages of examples/shop (once)')
  // npm by the path that runs this script, under this Node: the machine's own may be too old for the packages.
  const npm = process.env['npm_execpath']
  const code = npm === undefined
    ? await run('npm', ['ci', '--no-audit', '--no-fund'], fileURLToPath(shop))
    : await run(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'], fileURLToPath(shop))
  if (code !== 0) process.exit(code)
}

process.exit(await run(process.execPath, [pathTo('../../src/cli/main.ts'), 'run', pathTo('wattapp.yaml'), ...portOption(), ...process.argv.slice(2)]))

/** npm writes node_modules/.package-lock.json last, so it is newer than the lockfile it was installed from. */
function isStale (): boolean {
  const installed = pathTo('node_modules/.package-lock.json')
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(pathTo('package-lock.json')).mtimeMs
}

function portOption (): string[] {
  const port = process.env['PORT']
  return port === undefined || port === '' ? [] : ['--port', port]
}

/** Runs to the end and gives the exit code; signals sent to this process reach the child too. */
async function run (command: string, args: string[], cwd = process.cwd()): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: 'inherit' })
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
