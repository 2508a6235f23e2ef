import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './buildah.ts'
import { run } from './command.ts'
import type { Paths } from './paths.ts'
import { settings } from './settings.ts'

/** Tags of the images built from this checkout, as a chart's values or an app's `FROM` name them. */
export interface ProjectImages {
  operator: string
  runtime: string
  /** Of the command; nothing runs on it in a cluster. */
  build: string
}

export const projectImages: ProjectImages = { operator: 'localhost/wattapp/operator:e2e', runtime: 'localhost/wattapp/runtime:e2e', build: 'localhost/wattapp/build:e2e' }

const contentsImage = 'localhost/wattapp/contents:e2e'

/**
 * Compiles this checkout and builds the Dockerfile's targets from it, on our own Node image instead of the public one:
 * the final stages are the very ones that are published. `build` takes `ensureNpmImage` first.
 */
export async function buildProjectImages (paths: Paths, names: readonly (keyof ProjectImages)[]): Promise<void> {
  const inRepository = { cwd: paths.repository }
  await run(process.execPath, [join('tools', 'build.ts')], inRepository)
  const contents = join(paths.images, 'contents')
  rmSync(contents, { recursive: true, force: true })
  mkdirSync(contents, { recursive: true })
  for (const name of names) {
    await run(process.execPath, [join('tools', 'image-context.ts'), name, join(contents, name)], inRepository)
  }
  await build(paths, { tag: contentsImage, context: contents, dockerfile: join(paths.repository, 'e2e', 'images', 'contents.Dockerfile') })
  for (const name of names) {
    await build(paths, {
      tag: projectImages[name],
      context: contents,
      dockerfile: join(paths.repository, 'Dockerfile'),
      target: name,
      buildArgs: { BASE: settings.nodeImage, NODE_IMAGE: settings.npmImage, CONTENTS: contentsImage }
    })
  }
  rmSync(contents, { recursive: true })
}
