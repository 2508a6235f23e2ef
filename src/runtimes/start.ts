// From a service's folder to a server on the mesh: which runtime, what listens, and the word to the supervisor.
import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ServiceConfig } from '../api/app-config.ts'
import { basePathOf } from '../api/base-path.ts'
import type { Clock } from '../base/clock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { ListenCatch } from '../mesh/serve/listen.ts'
import { detectRuntime, triedFiles, type FolderFacts } from './detect.ts'
import { findEntryOf } from './entry.ts'
import { errors } from './errors.ts'
import { hasFile, loadManifest } from './load.ts'
import { programsFor } from './program.ts'
import type { ServiceToServe, Serving } from './runtime.ts'
import type { Found, ServerWatch } from './server-watch.ts'
import { runtimes } from './table.ts'
import type { ThreadMessage } from './thread.ts'

export interface StartOptions {
  service: ServiceConfig
  /** On a developer's machine: by the framework's development server, where it has one. */
  isDevelopment: boolean
  root: string
  folder: string
  port: number
  caught: ListenCatch
  watch: ServerWatch
  mesh: Mesh
  clock: Clock
  post: (message: ThreadMessage) => void
  /** What runs is known; before its code does. */
  found: ServiceToServe['found']
  forks: ServiceToServe['forks']
  /** It has run to its end. */
  ran: (exported: string) => void
  /** A server is on the mesh: the thread is to stay. */
  joined: () => void
}

/** How long a module that listens before it has run to its end may take to say what it is. */
const introductionMs = 100

/** Resolves once the service is ready, with its own end. */
export async function start (options: StartOptions): Promise<() => Promise<void>> {
  const { service, isDevelopment, root, folder, port, caught, watch, mesh, clock, post } = options
  const { name, runtime, entry, args } = service
  const file = statSync(join(root, service.path), { throwIfNoEntry: false })?.isFile() === true ? basename(service.path) : undefined
  const manifest = loadManifest({ name, root, folder })
  const facts: FolderFacts = {
    runtime,
    entry,
    file,
    manifest,
    has: (candidate) => hasFile(folder, candidate),
    ...programsFor({ root, folder, manifest }, service.path)
  }
  const candidate = detectRuntime(runtimes, facts)
  const row = runtimes.find((known) => known.name === candidate?.runtime)
  if (candidate === undefined || row === undefined) throw errors.WATT_RUNTIME_NOT_FOUND(name, service.path, triedFiles(facts))

  let serving: Serving = { ...candidate, exported: 'nothing' }
  const serve = isDevelopment && row.develop !== undefined ? row.develop : row.serve
  const basePath = basePathOf(service.routes)
  const run = serve({ name, root, folder, file, runtime, entry, args, manifest, code: findEntryOf(facts), candidate, basePath, port, servers: watch, found: options.found, forks: options.forks })
    .then((served) => {
      serving = served
      options.ran(served.exported)
    })
  const first = await watch.find(run, service.routes.length === 0)
  await Promise.race([run, new Promise<void>((resolve) => { clock.after(introductionMs, resolve, { unref: true }) })])
  await announce(first)
  run.catch(crash)
  // One in the background may begin to listen at any time: from then on it can be called.
  if (first === 'background') watch.find(run, false).then(announce).catch(crash)
  return async () => { await serving.close?.() }

  async function announce (found: Found): Promise<void> {
    const { runtime, reason } = serving
    if (found !== 'background') {
      mesh.serve(found.server)
      options.joined()
      await caught.settle(found.index)
    }
    post({ type: 'ready', service: service.name, runtime, reason, hasServer: found !== 'background', otherServers: [...caught.others] })
  }
}

/** Ends the thread with what was thrown, as if nobody had waited for it. */
function crash (thrown: unknown): void {
  process.nextTick(() => { throw thrown })
}
