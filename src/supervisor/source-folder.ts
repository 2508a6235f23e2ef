// The code of a ConfigMap, mounted at the app's root: when other files are there, and what the threads in force were made from.
// A kubelet swaps the link `..data` to a folder of new files and removes the old one, so a copy of them is kept: a worker that
// must be started again while new code is refused still gets the code in force.
import { copyFile, mkdtemp, readdir, readlink, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'

const lookMs = 200
/** A kubelet brings a pod's volumes up to date together; one that was slow about it does so within a minute and some. */
const patienceMs = 90_000

export class SourceFolder {
  readonly #root: string
  readonly #clock: Clock
  /** By hash, the folder to which `..data` led when its code was taken for it. */
  readonly #places = new Map<string, string | undefined>()
  readonly #copies = new Map<string, string>()
  #isClosed = false

  constructor (root: string, clock: Clock) {
    this.#root = root
    this.#clock = clock
  }

  /** What is mounted now is the code of that hash. */
  async take (hash: string): Promise<void> {
    this.#places.set(hash, await this.#link())
  }

  /** Waits for other files than those of any hash before, and takes them for the code of this one. False: none came, or it was aborted. */
  async arrived (hash: string, signal?: AbortSignal): Promise<boolean> {
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const link = await this.#link()
      const known = this.#places.entries().find(([, place]) => place === link)?.[0]
      if (signal?.aborted === true) return false
      // Where nothing is swapped (a folder on a laptop), the files are what they are.
      if (link === undefined || known === undefined || known === hash || waitedMs >= patienceMs || this.#isClosed) {
        this.#places.set(hash, link)
        return link === undefined || known === undefined || known === hash
      }
      await new Promise<void>((resolve) => { this.#clock.after(lookMs, resolve, { unref: true }) })
    }
  }

  /** Keeps a copy of the mounted files as the code of that hash, instead of all earlier ones. Without room for it there is none. */
  async keep (hash: string): Promise<void> {
    try {
      const link = await this.#link()
      const folder = await mkdtemp(join(await realpath(tmpdir()), 'wattapp-code-'))
      const before = [...this.#copies.values()]
      this.#copies.clear()
      this.#copies.set(hash, folder)
      for (const name of await readdir(this.#root)) {
        // The kubelet's own: the files are links into them.
        if (name.startsWith('..')) continue
        const file = join(this.#root, name)
        if ((await stat(file)).isFile()) await copyFile(file, join(folder, name))
      }
      // Swapped in the middle: it is of both.
      if (await this.#link() !== link) this.#copies.delete(hash)
      await Promise.all(before.map((folder) => rm(folder, { recursive: true, force: true })))
    } catch {
      this.#copies.delete(hash)
    }
  }

  /** Where the code of that hash is, if it is no longer what is mounted. */
  async copyOf (hash: string): Promise<string | undefined> {
    return this.#places.get(hash) === await this.#link() ? undefined : this.#copies.get(hash)
  }

  async close (): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#copies.values().map((folder) => rm(folder, { recursive: true, force: true })))
  }

  #link (): Promise<string | undefined> {
    return readlink(join(this.#root, '..data')).catch(() => undefined)
  }
}
