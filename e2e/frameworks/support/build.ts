// Builds a fixture app as its runtime's row says, in a copy of its own, and only when something of it has changed.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { RuntimeName } from '../../../src/api/app-config.ts'
import { runtimes } from '../../../src/runtimes/table.ts'
import { runCommand } from './command.ts'
import { installed, stampOf } from './install.ts'

export interface BuildOptions {
  runtime: RuntimeName
  /** What browsers' paths begin with. Default: nothing. */
  basePath?: string
  env?: Readonly<Record<string, string>>
  /** Tells one copy of the same app from another. Default: made of `basePath`. */
  as?: string
}

/**
 * Installs `folder`, copies it beside the others of its kind into `.built/` (git-ignored) and builds it there.
 * Resolves with the copy's path.
 */
export async function built (folder: string, { runtime, basePath = '', env = {}, as }: BuildOptions): Promise<string> {
  const row = runtimes.find(({ name }) => name === runtime)?.build
  if (row === undefined) throw new Error(`runtime ${runtime} has no build`)
  const below = basePath === '' ? { args: [], env: {} } : row.below?.(basePath)
  if (below === undefined) throw new Error(`runtime ${runtime} cannot be built below a path`)
  await installed(folder)
  const copy = copyPath(folder, as ?? (basePath === '' ? 'root' : basePath.slice(1).replaceAll('/', '-')))
  const wanted = hashOf(folder, JSON.stringify([row.command, below, env]))
  const stamp = `${copy}.stamp`
  if (stampOf(stamp) === wanted && row.outputs.some((output) => existsSync(join(copy, output)))) return copy
  rmSync(stamp, { force: true })
  await copied(folder, copy, row.outputs)
  const [program = '', ...args] = row.command
  await runCommand(process.execPath, [programFile(copy, program), ...args, ...below.args], { cwd: copy, env: { ...below.env, ...env } })
  writeFileSync(stamp, wanted)
  return copy
}

/** A copy that a test may change: its development server watches it. */
export async function copyOf (folder: string, as: string, outputs: readonly string[] = []): Promise<string> {
  await installed(folder)
  const copy = copyPath(folder, as)
  await copied(folder, copy, outputs)
  return copy
}

function copyPath (folder: string, as: string): string {
  return join(dirname(folder), '.built', `${basename(folder)}-${as}`)
}

/** node_modules by hard links (a link to a folder outside of an app is refused by some bundlers); the rest is copied. */
async function copied (folder: string, copy: string, outputs: readonly string[]): Promise<void> {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(dirname(copy), { recursive: true })
  const isLeftOut = (path: string): boolean => ['node_modules', ...outputs].includes(relative(folder, path).split(sep)[0] ?? '')
  cpSync(folder, copy, { recursive: true, filter: (from) => from === folder || !isLeftOut(from) })
  await runCommand('cp', ['-al', join(folder, 'node_modules'), join(copy, 'node_modules')], { cwd: folder })
    .catch(() => cp(join(folder, 'node_modules'), join(copy, 'node_modules'), { recursive: true, verbatimSymlinks: true }))
}

/** Sources, lockfile and how it is built. */
function hashOf (folder: string, how: string): string {
  const hash = createHash('sha256').update(how)
  const files = globSync('**/*', { cwd: folder, withFileTypes: true, exclude: (entry) => ['node_modules', '.next', '.astro', 'dist', 'build'].includes(entry.name) })
  for (const file of files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`\0${relative(folder, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** The JavaScript file behind node_modules/.bin/PROGRAM, so that it runs on this Node. */
function programFile (folder: string, program: string): string {
  const file = join(folder, 'node_modules/.bin', program)
  if (!existsSync(file)) throw new Error(`${relative(process.cwd(), file)} is missing`)
  return file
}
