// Whose files have changed? Watches the folders of all services and of the workspace's packages that they depend on, each once.
import { basename, sep } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { Settle } from './settle.ts'
import { sourcesOf, type Sources } from './sources.ts'
import { TreeWatch } from './tree-watch.ts'

export interface WatchedService {
  name: string
  /** Real path. */
  folder: string
  /** Real path of the one file that it is. */
  file: string | undefined
  /** What runs, relative to the folder, where the manifest says so. */
  entry: string | undefined
}

export interface ServiceWatchPorts {
  clock: Clock
  /** Nobody's source: a manifest. */
  isExcepted: (path: string) => boolean
  changed: (service: string, files: string[]) => void
  failed: (folder: string, reason: string) => void
}

interface Watched { watch: TreeWatch, services: Set<WatchedService>, outputs: string }

export class ServiceWatch {
  readonly #ports: ServiceWatchPorts
  readonly #settle: Settle
  readonly #watched = new Map<string, Watched>()
  #services: readonly WatchedService[] = []

  constructor (ports: ServiceWatchPorts) {
    this.#ports = ports
    this.#settle = new Settle(ports.clock, (service, files) => {
      // Another package of the workspace may be wanted from now on.
      if (files.some((file) => basename(file) === 'package.json')) this.watch(this.#services)
      ports.changed(service, files)
    })
  }

  /** From now on these, and what they depend on now. */
  watch (services: readonly WatchedService[]): void {
    this.#services = services
    const wanted = new Map<string, { sources: Sources, services: Set<WatchedService> }>()
    for (const service of services) {
      for (const sources of sourcesOf(service.folder, service.entry)) {
        const known = wanted.get(sources.folder) ?? { sources, services: new Set() }
        known.services.add(service)
        wanted.set(sources.folder, known)
      }
    }
    for (const [folder, { watch, outputs }] of this.#watched) {
      const still = wanted.get(folder)
      if (still !== undefined && still.sources.outputs.join('\n') === outputs) continue
      watch.close()
      this.#watched.delete(folder)
    }
    for (const [folder, { sources, services }] of wanted) {
      const known = this.#watched.get(folder)
      if (known !== undefined) known.services = services
      else this.#watched.set(folder, this.#open(sources, services))
    }
  }

  close (): void {
    this.#settle.close()
    for (const { watch } of this.#watched.values()) watch.close()
    this.#watched.clear()
  }

  #open ({ folder, outputs }: Sources, services: Set<WatchedService>): Watched {
    const watch = new TreeWatch({ folder, outputs, changed: (path) => this.#hear(folder, path), failed: this.#ports.failed })
    return { watch, services, outputs: outputs.join('\n') }
  }

  #hear (folder: string, path: string): void {
    if (this.#ports.isExcepted(path)) return
    for (const service of this.#watched.get(folder)?.services ?? []) {
      if (!this.#isAnothers(service, folder, path)) this.#settle.add(service.name, path)
    }
  }

  /** Of a service whose folder lies in this one, or that is another file of it. */
  #isAnothers (service: WatchedService, watched: string, path: string): boolean {
    if (service.file === path) return false
    return this.#services.some(({ folder, file }) => file === undefined
      ? folder.startsWith(`${watched}${sep}`) && path.startsWith(`${folder}${sep}`) && folder !== service.folder
      : file === path)
  }
}
