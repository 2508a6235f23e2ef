import { mkdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything the cluster puts on this machine lies under `cache`, and what `down` removes under `run`. */
export interface Paths {
  /** Kept between runs: binaries, images, layers. */
  cache: string
  /** The Kubernetes binaries, helm, etcd, coredns, containerd and the collector. */
  bin: string
  /** What each binary was built from, so that only a change builds again. */
  stamps: string
  /** Image archives that every new cluster needs. */
  images: string
  /** buildah's layers. */
  layers: string
  /** One cluster's state: etcd, certificates, logs, containers. Gone after `down`. */
  run: string
  pki: string
  logs: string
  pids: string
  /** Where tests put `local` volumes. */
  volumes: string
  kubeconfig: string
  containerdSocket: string
  /** One driver at a time holds it. */
  lock: string
  /** One build of images at a time holds it. Taken after `lock` where both are. */
  imagesLock: string
  /** The repository's top. */
  repository: string
  /** The folder of this file: one module a tool. */
  tools: string
}

/**
 * The folders, from `WATTAPP_E2E_CACHE`, else `XDG_CACHE_HOME`, else `~/.cache`.
 * A containerd socket must be shorter than 108 bytes, so a very deep folder is refused here and not by a daemon's log.
 */
export function pathsFrom (environment: NodeJS.ProcessEnv): Paths {
  const folder = environment['WATTAPP_E2E_CACHE'] ??
    join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wattapp-e2e')
  if (folder.length > 60) {
    throw new Error(`The cache folder ${folder} is too long for a Unix socket below it. Set WATTAPP_E2E_CACHE to a path of at most 60 characters.`)
  }
  mkdirSync(folder, { recursive: true })
  // The kernel names mounts by their real path, and tear-down looks for ours among them.
  const cache = realpathSync(folder)
  const run = join(cache, 'run')
  const tools = dirname(fileURLToPath(import.meta.url))
  return {
    cache,
    bin: join(cache, 'bin'),
    stamps: join(cache, 'stamps'),
    images: join(cache, 'images'),
    layers: join(cache, 'layers'),
    run,
    pki: join(run, 'pki'),
    logs: join(run, 'logs'),
    pids: join(run, 'pids'),
    volumes: join(run, 'volumes'),
    kubeconfig: join(run, 'kubeconfig'),
    containerdSocket: join(run, 'containerd', 'containerd.sock'),
    lock: join(cache, 'lock'),
    imagesLock: join(cache, 'lock.images'),
    repository: join(tools, '..', '..'),
    tools
  }
}
