// Writes the app folder: all of it beside the old one first, then in its place, so that there is never half of one.
import { constants, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { Gate } from '../../base/gate.ts'
import { errors } from '../errors.ts'
import type { Contents } from './app-contents.ts'
import { digestOfValue, isWithin, walk } from './files.ts'

/** By it the next build knows that the folder is one of its own. */
const markFile = '.wattapp-app.json'

/** What a folder is called, behind its own name, while it is written, or removed. */
export const leftover = /^\.(?:tmp|old)-(\d+)$/

/** A third of what packages weigh. Only a compiler reads types, and one that is needed in production may do so there. */
const forTools = /\.(?:d\.[cm]?ts|[cm]?js\.map|css\.map|d\.[cm]?ts\.map)$/

interface Mark { version: 1, fingerprint: string }

export interface AppFolder {
  /** Absolute. */
  out: string
  /** Real path of the app's root. */
  root: string
  /** Text of its wattapp.yaml. */
  manifest: string
  contents: Contents
  signal: AbortSignal
}

/** @throws WATT_BUILD_OUT_NOT_OURS, WATT_BUILD_OUT_AROUND */
export function checkOut (out: string, root: string): void {
  if (isWithin(out, root)) throw errors.WATT_BUILD_OUT_AROUND(out, root)
  const stats = statSync(out, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!stats.isDirectory() || (readdirSync(out).length > 0 && markOf(out) === undefined)) throw errors.WATT_BUILD_OUT_NOT_OURS(out)
}

/** Resolves with whether anything had to be written. @throws WATT_BUILD_OUT_NOT_OURS, and what the file system has to say */
export async function writeAppFolder ({ out, root, manifest, contents, signal }: AppFolder): Promise<'written' | 'unchanged'> {
  checkOut(out, root)
  const fingerprint = fingerprintOf(manifest, contents)
  if (markOf(out)?.fingerprint === fingerprint) return 'unchanged'
  await mkdir(dirname(out), { recursive: true })
  removeLeftovers(out)
  const passing = `${out}.tmp-${process.pid}`
  try {
    await fill(passing, contents, root, signal)
    await writeFile(join(passing, 'wattapp.yaml'), manifest)
    await writeFile(join(passing, markFile), JSON.stringify({ version: 1, fingerprint } satisfies Mark))
    signal.throwIfAborted()
    swap(passing, out)
  } finally {
    rmSync(passing, { recursive: true, force: true })
  }
  return 'written'
}

async function fill (target: string, { files, packages, links }: Contents, root: string, signal: AbortSignal): Promise<void> {
  const gate = new Gate(16)
  const made = new Map<string, Promise<unknown>>()
  const folderOf = async (path: string): Promise<void> => {
    const folder = dirname(join(target, path))
    const making = made.get(folder) ?? mkdir(folder, { recursive: true })
    made.set(folder, making)
    await making
  }
  await mkdir(target, { recursive: true })
  const copies = [...files].map(([path, from]) => ({ path, from, within: root }))
  const isCompiling = packages.some(({ target: path }) => path.endsWith('node_modules/typescript'))
  for (const { folder, target: path } of packages) {
    walk(folder, (entry, below) => {
      if (!entry.isDirectory() && (isCompiling || !forTools.test(below))) copies.push({ path: `${path}/${below}`, from: join(folder, below), within: folder })
      // Packages in it come by themselves, where they are needed.
      return entry.name !== 'node_modules'
    })
  }
  const copying = copies.map(({ path, from, within }) => gate.run(async () => {
    signal.throwIfAborted()
    await folderOf(path)
    await copyEntry(from, join(target, path), within)
  }))
  // All have ended before the folder is put in place, or removed.
  const failed = (await Promise.allSettled(copying)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  for (const [path, to] of links) {
    await folderOf(path)
    await symlink(relative(dirname(join(target, path)), join(target, to)), join(target, path))
  }
}

/** A link within the app, or the package, stays one; what another leads to is copied. */
async function copyEntry (from: string, to: string, within: string): Promise<void> {
  if (!lstatSync(from).isSymbolicLink()) return await copyFile(from, to, constants.COPYFILE_FICLONE)
  if (!existsSync(from)) return
  const text = readlinkSync(from)
  if (!text.startsWith('/') && isWithin(within, realpathSync(from))) return await symlink(text, to)
  await cp(realpathSync(from), to, { recursive: true, dereference: true })
}

/** What it would be made from: whether that is what it was made from. */
function fingerprintOf (manifest: string, { files, packages, links }: Contents): string {
  const stamp = (path: string): unknown => {
    const { size, mtimeMs } = lstatSync(path)
    return [path, size, mtimeMs]
  }
  return digestOfValue([
    2, manifest, [...files].map(([path, from]) => [path, stamp(from)]).sort(), packages.map(({ folder, target }) => [target, stamp(join(folder, 'package.json'))]), [...links].sort()
  ])
}

/** Of any build: no part of another one. */
export function isAppFolder (path: string): boolean {
  return existsSync(join(path, markFile))
}

function markOf (out: string): Mark | undefined {
  try {
    const mark = JSON.parse(readFileSync(join(out, markFile), 'utf8')) as Mark
    return mark.version === 1 ? mark : undefined
  } catch {
    return undefined
  }
}

function swap (from: string, to: string): void {
  const old = `${to}.old-${process.pid}`
  if (existsSync(to)) renameSync(to, old)
  renameSync(from, to)
  rmSync(old, { recursive: true, force: true })
}

/** Of builds that were killed. */
function removeLeftovers (out: string): void {
  for (const name of readdirSync(dirname(out))) {
    const [, pid] = name.startsWith(basename(out)) ? leftover.exec(name.slice(basename(out).length)) ?? [] : []
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(out), name), { recursive: true, force: true })
  }
}

function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
