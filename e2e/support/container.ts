// One image's files, and its entry point as a process of this machine: no cluster, no container runtime.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { treeOf } from '../../bench/process/tree.ts'
import { buildah, inStore } from '../cluster/buildah.ts'
import type { Paths } from '../cluster/paths.ts'
import { signal } from '../cluster/processes.ts'

export interface Container extends AsyncDisposable {
  /** Its root file system, on this machine. */
  root: string
  /** Bytes of the image's layers. */
  size: number
  /** Starts what the image starts, as its user, on this machine's network. */
  start: (options: { env: Readonly<Record<string, string>>, volumes: readonly string[] }) => Started
}

export interface Started extends AsyncDisposable {
  /** Both streams, so far. */
  said: () => string
  ended: Promise<void>
}

interface Inspected { OCIv1: { config: { Entrypoint: string[] } } }

/** Callers hold `paths.imagesLock`. */
export async function containerOf (paths: Paths, tag: string): Promise<Container> {
  const name = (await buildah(paths, ['from', '--pull-never', tag])).trim()
  const root = (await buildah(paths, ['mount', name])).trim()
  const { OCIv1: { config: { Entrypoint: entrypoint } } } = JSON.parse(await buildah(paths, ['inspect', '--type', 'image', tag])) as Inspected
  const [{ size }] = JSON.parse(await buildah(paths, ['images', '--json', tag])) as [{ size: string }]
  return {
    root,
    size: bytesOf(size),
    start: ({ env, volumes }) => start(inStore(paths, [
      'run', '--isolation', 'chroot', '--network', 'host',
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]), ...volumes.flatMap((volume) => ['--volume', volume]),
      name, '--', ...entrypoint
    ])),
    async [Symbol.asyncDispose] () {
      await buildah(paths, ['rm', name])
    }
  }
}

function start (parameters: string[]): Started {
  // A group of its own: buildah hands on no signals.
  const child = spawn('buildah', parameters, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { said += chunk })
  const ended = once(child, 'close').then(() => {})
  return {
    said: () => said,
    ended,
    async [Symbol.asyncDispose] () {
      if (child.pid === undefined || child.exitCode !== null) return await ended
      const [, ...others] = treeOf(child.pid)
      process.kill(-child.pid, 'SIGTERM')
      await ended
      // tini gives the entry point a group of its own, and may have ended before it handed the signal on.
      for (const pid of others) signal(pid, 'SIGKILL')
    }
  }
}

/** `129 MB` */
function bytesOf (text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+) ?([KMG]?)B?$/i.exec(text) ?? []
  return Number(number) * { '': 1, K: 1e3, M: 1e6, G: 1e9 }[unit.toUpperCase() as '' | 'K' | 'M' | 'G']
}
