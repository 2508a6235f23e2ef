// Tells when what the manifest says may have changed: its own file or folder, `.env` files of the app's root, folders that are missed.
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Clock, Timer } from '../../base/clock.ts'
import { isEnvironmentFile } from './ignored.ts'
import { Settle } from './settle.ts'

export interface ManifestPlaces {
  manifests: readonly string[]
  /** Folder of manifests, if one was named: another file in it may be one. */
  folder: string | undefined
  root: string
  /** Folders that are to come. */
  absent: readonly string[]
}

/** Between two looks for what cannot be watched, as it is not there. */
const lookMs = 500

export class ManifestWatch {
  readonly #clock: Clock
  readonly #settle: Settle
  #watchers: FSWatcher[] = []
  #timer: Timer | undefined

  /** @param changed the files that did; none: a folder came that was missed */
  constructor (clock: Clock, changed: (files: string[]) => void) {
    this.#clock = clock
    this.#settle = new Settle(clock, (_, files) => changed(files))
  }

  /** From now on these. */
  watch ({ manifests, folder, root, absent }: ManifestPlaces): void {
    this.#closeWatchers()
    const concerns = (path: string): boolean => manifests.includes(path) || (dirname(path) === folder && /\.(ya?ml|json)$/.test(path) && basename(path) !== 'package.json') ||
      (dirname(path) === root && isEnvironmentFile(basename(path)))
    for (const place of new Set([...manifests.map((file) => dirname(file)), ...folder === undefined ? [] : [folder], root])) {
      try {
        // Of the folder, since editors put another file in the place of the one that was there.
        this.#watchers.push(watch(place, (_, name) => { if (name !== null && concerns(join(place, name))) this.#settle.add('', join(place, name)) }).on('error', () => {}))
      } catch {
        // It is gone: what ran from it goes on.
      }
    }
    if (absent.length > 0) this.#await(absent)
  }

  close (): void {
    this.#settle.close()
    this.#closeWatchers()
  }

  #await (absent: readonly string[]): void {
    this.#timer = this.#clock.after(lookMs, () => {
      if (absent.some((path) => existsSync(path))) this.#settle.add('', '')
      else this.#await(absent)
    }, { unref: true })
  }

  #closeWatchers (): void {
    this.#timer?.cancel()
    for (const watcher of this.#watchers.splice(0)) watcher.close()
  }
}
