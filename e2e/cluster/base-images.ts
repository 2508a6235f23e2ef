import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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
  await unlessMade(paths, settings.pauseImage, pause, [source(paths, 'pause.c'), source(paths, 'pause.Dockerfile')], async (folder) => {
    await run('gcc', ['-static', '-Os', '-s', '-o', join(folder, 'pause'), source(paths, 'pause.c')])
    await build(paths, { tag: settings.pauseImage, context: folder, dockerfile: source(paths, 'pause.Dockerfile') })
  })
  return [pause, await ensureNodeImage(paths)]
}

/** Makes the image with Node and an init, unless it is there. @returns its archive */
export async function ensureNodeImage (paths: Paths): Promise<string> {
  const archive = join(paths.images, 'node.tar')
  const rootScript = join(paths.repository, 'tools', 'image-root.sh')
  const binary = nodeBinary(paths)
  await unlessMade(paths, settings.nodeImage, archive, [binary, rootScript, source(paths, 'node.Dockerfile')], async (folder) => {
    await run('sh', [rootScript, folder, binary, '/usr/bin/tini-static'])
    await build(paths, { tag: settings.nodeImage, context: folder, dockerfile: source(paths, 'node.Dockerfile') })
  })
  return archive
}

/**
 * Makes what stands in for the public Node image where apps are built, unless it is there: our Node image, a shell and npm.
 * @param npm folder of the package npm
 */
export async function ensureNpmImage (paths: Paths, npm: string): Promise<void> {
  const archive = join(paths.images, 'npm.tar')
  const dockerfile = source(paths, 'npm.Dockerfile')
  const sources = [sourcesOf(await ensureNodeImage(paths)), join(npm, 'package.json'), '/bin/busybox', dockerfile]
  await unlessMade(paths, settings.npmImage, archive, sources, async (folder) => {
    const at = (...path: string[]): string => join(folder, ...path)
    for (const made of ['bin', 'usr/bin', 'root']) mkdirSync(at(made), { recursive: true })
    copyFileSync('/bin/busybox', at('bin/busybox'))
    const tools = (await run('/bin/busybox', ['--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox')
    for (const name of tools) symlinkSync('busybox', at('bin', name))
    // Programs of packages begin with it.
    symlinkSync('/bin/busybox', at('usr/bin/env'))
    cpSync(npm, at('usr/local/lib/node_modules/npm'), { recursive: true })
    mkdirSync(at('usr/local/bin'))
    for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, at('usr/local/bin', name))
    await build(paths, { tag: settings.npmImage, context: folder, dockerfile, buildArgs: { NODE_IMAGE: settings.nodeImage } })
  })
}

function source (paths: Paths, name: string): string {
  return join(paths.repository, 'e2e', 'images', name)
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
