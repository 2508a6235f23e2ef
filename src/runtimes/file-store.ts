// The files of a folder as they are served: looked up by name, their facts and, of small ones, their bytes kept until they change.
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs'
import { sep } from 'node:path'
import { isInside } from './load.ts'
import { contentType, entityTag, type FileFacts } from './static-request.ts'

/** Files up to this many bytes are kept: one frame of the mesh instead of a stream. */
const wholeBytes = 64 * 1024

/** Of all files of a folder together; then the oldest are read anew when they are asked for. */
const keptBytes = 8 * 1024 * 1024

/** Names of the codings of RFC 9110 §8.4.1 for files that a build has compressed beforehand, best first. */
const codings = [['br', '.br'], ['gzip', '.gz']] as const

export type Coding = typeof codings[number][0]

export interface StoredFile {
  /** Real path. */
  path: string
  /** Last name, as it was asked for. */
  name: string
  facts: FileFacts
  tag: string
  lastModified: string
  type: string
  /** Absent: too large to keep. */
  bytes: Buffer | undefined
  coding: Coding | undefined
  /** The same file, compressed beforehand: `app.js.br`. */
  compressed: readonly StoredFile[]
}

export interface FileStore {
  /** Undefined: there is no such file below the folder, or it is not to be shown. */
  find: (names: readonly string[]) => StoredFile | undefined
}

/**
 * Below `folder`, a real path. A link may lead anywhere within the folder (a mounted ConfigMap is made of such), never out of it.
 * Each look-up asks the file system, so that a change shows at once. It asks synchronously: what the kernel has in memory, as it has
 * what is asked for often, it answers in 2 µs; by way of the thread pool it would be 60.
 */
export function createFileStore (folder: string, { isPrecompressed }: { isPrecompressed: boolean }): FileStore {
  const known = new Map<string, StoredFile>()
  let size = 0

  function load (key: string, name: string, stats: Stats): StoredFile | undefined {
    const found = read(folder, `${folder}${sep}${key}`, name, undefined)
    if (found === undefined) return undefined
    if (!isPrecompressed) return found
    const compressed = codings.flatMap(([coding, extension]) => {
      const sibling = read(folder, `${folder}${sep}${key}${extension}`, name, coding)
      // One that is older than the file was left by an earlier build. Archives keep whole seconds.
      return sibling !== undefined && sibling.facts.modifiedMs >= Math.floor(stats.mtimeMs / 1000) * 1000 ? [sibling] : []
    })
    return { ...found, compressed }
  }

  function keep (key: string, file: StoredFile): void {
    known.set(key, file)
    size += bytesOf(file)
    for (const [oldest, other] of known) {
      if (size <= keptBytes) return
      forget(oldest, other)
    }
  }

  function forget (key: string, file: StoredFile): void {
    known.delete(key)
    size -= bytesOf(file)
  }

  return {
    find (names) {
      const key = names.join(sep)
      const stats = statOf(`${folder}${sep}${key}`)
      const kept = known.get(key)
      if (kept !== undefined) {
        if (stats !== undefined && isSame(kept.facts, stats)) return kept
        forget(key, kept)
      }
      if (stats === undefined) return undefined
      const loaded = load(key, names.at(-1) ?? '', stats)
      if (loaded !== undefined) keep(key, loaded)
      return loaded
    }
  }
}

function read (folder: string, path: string, name: string, coding: Coding | undefined): StoredFile | undefined {
  const stats = statOf(path)
  if (stats === undefined) return undefined
  try {
    const real = realpathSync(path)
    if (!isInside(folder, real)) return undefined
    const bytes = stats.size <= wholeBytes ? readFileSync(real) : undefined
    const facts = factsOf(stats, bytes?.length)
    return {
      path: real,
      name,
      facts,
      // By the bytes where they are at hand: every replica then gives one file one tag.
      tag: bytes === undefined ? entityTag(facts) : `"${createHash('sha1').update(bytes).digest('base64url')}"`,
      lastModified: stats.mtime.toUTCString(),
      type: contentType(name),
      bytes,
      coding,
      compressed: []
    }
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw thrown
  }
}

export function factsOf (stats: Stats, size = stats.size): FileFacts {
  return { size, modifiedMs: stats.mtimeMs, changedMs: stats.ctimeMs }
}

function isSame (facts: FileFacts, { size, mtimeMs, ctimeMs }: Stats): boolean {
  return facts.size === size && facts.modifiedMs === mtimeMs && facts.changedMs === ctimeMs
}

function bytesOf ({ bytes, compressed }: StoredFile): number {
  return compressed.reduce((sum, file) => sum + (file.bytes?.length ?? 0), bytes?.length ?? 0)
}

function statOf (path: string): Stats | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isFile() === true ? stats : undefined
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw thrown
  }
}

function isAbsent (thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES'].includes(code)
}
