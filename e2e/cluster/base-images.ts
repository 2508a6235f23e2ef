import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build, isBuilt, save } from './buildah.ts'
import { run } from './command.ts'
import type { Paths } from './paths.ts'
import { phase } from './progress.ts'
import { settings } from './settings.ts'

/**
 * Makes the two images that a cluster without a registry starts from, unless they are there: the pause container, and
 * Node with an init.
 * @returns their archives, for the node to load
 */
export async function ensureBaseImages (paths: Paths): Promise<string[]> {
  const pause = join(paths.images, 'pause.tar')
  const node = join(paths.images, 'node.tar')
  const source = (name: string): string => join(paths.repository, 'e2e', 'images', name)
  const rootScript = join(paths.repository, 'tools', 'image-root.sh')

  await unlessMade(paths, settings.pauseImage, pause, [source('pause.c'), source('pause.Dockerfile')], async (folder) => {
    await run('gcc', ['-static', '-Os', '-s', '-o', join(folder, 'pause'), source('pause.c')])
    await build(paths, { tag: settings.pauseImage, context: folder, dockerfile: source('pause.Dockerfile') })
  })
  const binary = nodeBinary(paths)
  await unlessMade(paths, settings.nodeImage, node, [binary, rootScript, source('node.Dockerfile')], async (folder) => {
    await run('sh', [rootScript, folder, binary, '/usr/bin/tini-static'])
    await build(paths, { tag: settings.nodeImage, context: folder, dockerfile: source('node.Dockerfile') })
  })
  return [pause, node]
}

/** The file beside an archive with a hash of what it was made from. */
export function sourcesOf (archive: string): string {
  return `${archive}.sources`
}

/** The Node that the repository's devDependency `node` installed: what the tests run on is what the images hold. */
function nodeBinary (paths: Paths): string {
  const resolve = createRequire(join(paths.repository, 'package.json')).resolve
  try {
    const candidate = join(dirname(resolve('node/package.json')), 'bin', 'node')
    if (existsSync(candidate)) return realpathSync(candidate)
  } catch {
    // Said below.
  }
  throw new Error('The images take Node from the devDependency "node", which is not installed. Run npm ci first.')
}

/** Does the work in an empty folder when the archive is missing, its layers are gone, or one of its sources changed. */
async function unlessMade (paths: Paths, tag: string, archive: string, sources: string[], work: (folder: string) => Promise<void>): Promise<void> {
  const hash = createHash('sha256')
  for (const source of sources) {
    // Node is 150 MB: its size and time say enough.
    const { size, mtimeMs } = statSync(source)
    hash.update(source).update(size > 1e6 ? `${size} ${mtimeMs}` : readFileSync(source))
  }
  const wanted = hash.digest('hex')
  const stamp = sourcesOf(archive)
  if (existsSync(archive) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && await isBuilt(paths, tag)) return
  await phase(`making the image ${tag}`, async () => {
    const folder = join(paths.images, 'context')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await work(folder)
    await save(paths, tag, archive)
    rmSync(folder, { recursive: true })
    writeFileSync(stamp, wanted)
  })
}
