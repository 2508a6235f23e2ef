// Tells of changes in a folder and all below it, but for what is no source. One watch a folder, as the kernel has it: Node's own
// `recursive` of Linux would watch each file of node_modules too, before anybody could say that it is not wanted.
import { existsSync, readdirSync, statSync, watch, type Dirent, type FSWatcher } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { messageOf } from '../../base/error.ts'
import { GitIgnored } from './git-ignored.ts'
import { isEnvironmentFile, isNeverSource } from './ignored.ts'

export interface TreeWatchOptions {
  /** Real path. */
  folder: string
  /** Folders in it that are watched though git ignores them: what the service runs was built. Real paths. */
  outputs?: readonly string[]
  /** An absolute path, created, written or gone. Several at one save are usual. */
  changed: (path: string) => void
  /** A folder cannot be watched; changes in it will not be seen. */
  failed: (folder: string, reason: string) => void
}

export class TreeWatch {
  readonly #options: TreeWatchOptions
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #ignored: GitIgnored
  #isClosed = false

  constructor (options: TreeWatchOptions) {
    this.#options = options
    this.#ignored = new GitIgnored(options.folder)
    this.#open(options.folder)
    for (const output of options.outputs ?? []) this.#open(output)
  }

  /** Of files below the folder. */
  covers (path: string): boolean {
    return path.startsWith(`${this.#options.folder}${sep}`)
  }

  close (): void {
    this.#isClosed = true
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #open (folder: string): void {
    if (this.#isClosed || this.#watchers.has(folder)) return
    let entries: Dirent[]
    try {
      // Watched before it is read: what comes in between is told twice rather than never.
      const watcher = watch(folder, (_, name) => { if (name !== null) this.#hear(join(folder, name)) })
      watcher.on('error', () => this.#drop(folder))
      this.#watchers.set(folder, watcher)
      entries = readdirSync(folder, { withFileTypes: true })
    } catch (thrown) {
      if (existsSync(folder)) this.#options.failed(folder, messageOf(thrown))
      return
    }
    if (folder !== this.#options.folder) this.#ignored.enter(folder)
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !this.#isIgnored(path, true)) this.#open(path)
    }
  }

  #hear (path: string): void {
    if (this.#isClosed) return
    const isFolder = isDirectory(path)
    if (!isFolder) this.#drop(path)
    if (this.#isIgnored(path, isFolder)) return
    if (isFolder) {
      const isNew = !this.#watchers.has(path)
      this.#open(path)
      // A folder that was touched says nothing; one that came may have come with files.
      if (!isNew) return
    }
    this.#options.changed(path)
  }

  /** It is gone, and what was below it. */
  #drop (path: string): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folder !== path && !folder.startsWith(`${path}${sep}`)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
  }

  #isIgnored (path: string, isFolder: boolean): boolean {
    const name = basename(path)
    if (isEnvironmentFile(name)) return false
    if (isNeverSource(name)) return true
    if (this.#options.outputs?.some((output) => path === output || path.startsWith(`${output}${sep}`)) === true) return false
    return this.#ignored.holds(path, isFolder)
  }
}

function isDirectory (path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // Gone, a link that leads nowhere, or not ours to read.
    return false
  }
}
