// The files of a package as they are on disk: what they are to a build, and a digest of each.
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Dirent } from 'node:fs'
import { join, sep } from 'node:path'
import { GitIgnored } from '../dev/git-ignored.ts'
import { isEnvironmentFile, isNeverSource } from '../dev/ignored.ts'

export interface FoundFile {
  /** Relative to the package, with `/`. */
  path: string
  size: number
  mtimeMs: number
  /** By git: no source. */
  isIgnored: boolean
}

export interface Listing {
  /** Absolute. */
  folder: string
  files: Map<string, FoundFile>
  /** State of incremental compilers, which they believe more than what is there. */
  compilerStates: string[]
}

/** @param leaves a folder of others, absolute: it is not looked into */
export function listFiles (folder: string, leaves: (path: string) => boolean = () => false): Listing {
  const listing: Listing = { folder, files: new Map(), compilerStates: [] }
  const ignored = new GitIgnored(folder)
  const ignoredFolders = new Set<string>()
  walk(folder, (entry, path, above) => {
    const full = join(folder, path)
    const isFolder = entry.isDirectory()
    if (entry.name.endsWith('.tsbuildinfo')) listing.compilerStates.push(full)
    if (isNeverSource(entry.name) || leaves(full)) return false
    const isIgnored = (ignoredFolders.has(above) || ignored.holds(full, isFolder)) && !isEnvironmentFile(entry.name)
    if (isFolder) {
      if (isIgnored) ignoredFolders.add(path)
      ignored.enter(full)
      return true
    }
    const stats = lstatSync(full, { throwIfNoEntry: false })
    if (stats !== undefined && (stats.isFile() || stats.isSymbolicLink())) listing.files.set(path, { path, size: stats.size, mtimeMs: stats.mtimeMs, isIgnored })
    return false
  })
  return listing
}

/** `see` is told of all that is below the folder, by paths relative to it, and says whether to look into a folder. */
export function walk (folder: string, see: (entry: Dirent, path: string, above: string) => boolean): void {
  const read = (above: string): void => {
    for (const entry of entriesOf(join(folder, above))) {
      const path = above === '' ? entry.name : `${above}/${entry.name}`
      if (see(entry, path, above) && entry.isDirectory()) read(path)
    }
  }
  read('')
}

function entriesOf (folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (thrown) {
    // It went while it was looked at.
    if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return []
    throw thrown
  }
}

/** Of what a file holds, or where a link leads; "" for one that is gone. `heard` is told each file's bytes. */
export function digestOf (path: string, heard: (bytes: Buffer) => void = () => {}): string {
  try {
    const bytes = lstatSync(path).isSymbolicLink() ? Buffer.from(`link to ${readlinkSync(path)}`) : readFileSync(path)
    heard(bytes)
    return createHash('sha256').update(bytes).digest('hex')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw thrown
  }
}

/** Of anything that JSON can say. */
export function digestOfValue (value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** `path` is one of the places, or below one of them. */
export function isBelow (path: string, places: readonly string[]): boolean {
  return places.some((place) => place === '.' || path === place || path.startsWith(`${place}/`))
}

/** Whether an absolute path is a folder, or below it. */
export function isWithin (folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`)
}
