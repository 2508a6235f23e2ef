import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Paths } from './paths.ts'
import { until } from './progress.ts'

/**
 * Starts one of `paths.bin` as a daemon that outlives this driver, with its log in `paths.logs`.
 * The process writes its own id before it becomes the command, so there is no moment at which it runs unrecorded, even
 * if this driver is killed.
 */
export function startDaemon (paths: Paths, name: string, parameters: readonly string[]): void {
  for (const folder of [paths.pids, paths.logs]) mkdirSync(folder, { recursive: true })
  const log = openSync(join(paths.logs, `${name}.log`), 'a')
  const child = spawn('sh', ['-c', 'echo $$ > "$0" && exec "$@"', pidFile(paths, name), join(paths.bin, name), ...parameters], {
    detached: true,
    stdio: ['ignore', log, log],
    // containerd looks for its shim, and kubelet and kube-proxy for iptables and mount, on the PATH.
    env: { ...process.env, PATH: [paths.bin, process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter) }
  })
  child.unref()
  closeSync(log)
}

/** The names of all that were started and not yet stopped, running or not. */
export function recordedDaemons (paths: Paths): string[] {
  return existsSync(paths.pids) ? readdirSync(paths.pids) : []
}

/**
 * The id of a recorded daemon if it still runs. Ids are reused by the system, so the process must also be our binary and
 * name our folder among its arguments: a stale record then never ends someone else's process.
 */
export function daemonPid (paths: Paths, name: string): number | undefined {
  const file = pidFile(paths, name)
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').trim())
  const [command, ...parameters] = pid > 1 ? commandLineOf(pid) : []
  const isOurs = command === join(paths.bin, name) && parameters.some((parameter) => parameter.startsWith(`${paths.run}/`))
  return isOurs ? pid : undefined
}

/** Asks a daemon to end, insists after `patienceMs`, and forgets it. Nothing happens when it is not there. */
export async function stopDaemon (paths: Paths, name: string, patienceMs = 2000): Promise<void> {
  const isGone = async (): Promise<boolean> => daemonPid(paths, name) === undefined
  signal(daemonPid(paths, name), 'SIGTERM')
  await until(`${name} ends`, patienceMs, isGone).catch(async () => {
    signal(daemonPid(paths, name), 'SIGKILL')
    await until(`${name} ends`, patienceMs, isGone)
  })
  rmSync(pidFile(paths, name), { force: true })
}

/** A process' arguments, or none when it is gone or a zombie. */
export function commandLineOf (pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

export function signal (pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch {
    // It ended between the look and the signal.
  }
}

/** The last lines of a daemon's log, for the error that says it did not come up. */
export function logTail (paths: Paths, name: string, lines = 15): string {
  const file = join(paths.logs, `${name}.log`)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '(no log)'
}

function pidFile (paths: Paths, name: string): string {
  return join(paths.pids, name)
}
