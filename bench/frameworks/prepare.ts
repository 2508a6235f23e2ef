// The hello pages' packages, installed at the first use, and their builds, made when they are missing: both sides serve the same files.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Framework } from './framework.ts'

export const apps = join(import.meta.dirname, 'apps')
/** Frameworks report to their makers unless they are told not to. */
export const quiet = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }

/** @throws when it cannot be installed or built */
export function prepare ({ name, built }: Framework, tell: (text: string) => void): void {
  const lockfile = createHash('sha256').update(readFileSync(join(apps, 'package-lock.json'))).digest('hex')
  const stamp = join(apps, 'node_modules/.installed')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockfile) {
    tell('installing the frameworks (bench/frameworks/apps, pinned by its lockfile)')
    npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'])
    writeFileSync(stamp, lockfile)
  }
  if (built === undefined || existsSync(join(apps, name, built))) return
  tell(`building the hello page of ${name}`)
  npm(['run', 'build', '--workspace', `bench-${name}`, '--loglevel=error'])
}

function npm (args: readonly string[]): void {
  execFileSync('npm', args, { cwd: apps, stdio: ['ignore', 2, 2], env: { ...process.env, ...quiet } })
}
