import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './command.ts'
import type { Paths } from './paths.ts'

/** One image to build, in docker build's words. */
export interface ImageBuild {
  tag: string
  /** The folder that COPY reads. */
  context: string
  /** Full path, or relative to the working directory. */
  dockerfile: string
  target?: string
  buildArgs?: Record<string, string>
  /** As docker has it: `id=npmrc,src=FILE`. */
  secrets?: string[]
  /** Lent to each RUN: `FOLDER:PLACE:ro`. */
  volumes?: string[]
  /** Instructions that ran before on the same files are not run again, and their layers stay until `prune`. */
  isCached?: boolean
}

/**
 * Builds an image without a daemon, and gives what was said. Every instruction runs, unless `isCached`: what is built here
 * changes with each build, and a cache of steps would only grow. What this and older builds left over is removed, so nobody
 * else may build meanwhile: callers hold `paths.imagesLock`. Throws with the build's last lines.
 */
export async function build (paths: Paths, { isCached = false, ...image }: ImageBuild): Promise<string> {
  try {
    return await buildah(paths, [
      'build', '--isolation', 'chroot', '--network', 'host', `--layers=${isCached}`, '--tag', image.tag, '--file', image.dockerfile,
      ...(image.target === undefined ? [] : ['--target', image.target]),
      ...Object.entries(image.buildArgs ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...(image.secrets ?? []).flatMap((secret) => ['--secret', secret]),
      ...(image.volumes ?? []).flatMap((volume) => ['--volume', volume]),
      image.context
    ])
  } finally {
    if (!isCached) await prune(paths)
  }
}

/** Removes all that has no tag. Callers hold `paths.imagesLock`. */
export async function prune (paths: Paths): Promise<void> {
  // A stage without instructions of its own keeps its working container, and that its image.
  await buildah(paths, ['rm', '--all'])
  await buildah(paths, ['rmi', '--prune'])
}

/** Writes a built image as a docker archive, replacing the file. */
export async function save (paths: Paths, tag: string, archive: string): Promise<void> {
  mkdirSync(dirname(archive), { recursive: true })
  rmSync(archive, { force: true })
  await buildah(paths, ['push', '--disable-compression', tag, `docker-archive:${archive}:${tag}`])
}

/** Whether an image of that name was built and its layers are still there. */
export async function isBuilt (paths: Paths, tag: string): Promise<boolean> {
  return buildah(paths, ['inspect', '--type', 'image', tag]).then(() => true, () => false)
}

export function buildah (paths: Paths, parameters: readonly string[]): Promise<string> {
  return run('buildah', inStore(paths, parameters))
}

/** The words that make buildah work on the images of `paths`. */
export function inStore (paths: Paths, parameters: readonly string[]): string[] {
  mkdirSync(paths.layers, { recursive: true })
  return ['--storage-driver', 'overlay', '--root', join(paths.layers, 'root'), '--runroot', join(paths.layers, 'run'), ...parameters]
}
