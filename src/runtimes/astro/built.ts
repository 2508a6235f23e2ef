// What `astro build` has left in a service's folder: files alone, or a server and the files beside it.
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkBase, checkPageBase, findBuilt as findFolder } from '../built-folder.ts'
import { errors } from '../errors.ts'
import type { ServiceToServe } from '../runtime.ts'
import { givenFile } from './config-module.ts'
import { readManifest, type Manifest } from './manifest.ts'

export type Built = {
  /** What its pages' paths begin with: "/shop", "" for nothing. */
  basePath: string
  /** It is not from the app's own config. */
  isGiven: boolean
} & (
  | { kind: 'static', files: string }
  | { kind: 'server', files: string, entry: string, manifest: Manifest }
)

const ownAdapter = '@astrojs/node'

/** For other places than Node.js; each leaves something else, or elsewhere. */
const otherAdapters = ['@astrojs/vercel', '@astrojs/netlify', '@astrojs/cloudflare', '@deno/astro-adapter']

/** @throws WATT_RUNTIME_NOT_BUILT, WATT_PATH_OUTSIDE, WATT_RUNTIME_BASE, WATT_ASTRO_ADAPTER */
export function findBuilt (service: ServiceToServe): Built {
  const { name, entry, folder, basePath, manifest: { dependencies = new Set() } = {} } = service
  // Where `outDir` says something else, the service's `entry` names it.
  const output = entry?.replace(/\/server\/entry\.mjs$/, '') ?? 'dist'
  const adapter = dependencies.has(ownAdapter) ? undefined : otherAdapters.find((other) => dependencies.has(other))
  if (adapter !== undefined && !isFile(folder, output, 'index.html')) throw errors.WATT_ASTRO_ADAPTER(name, adapter)
  const built = findFolder(service, 'Astro', [output])
  const given = readGiven(built)
  if (!isFile(built, 'server/entry.mjs')) {
    const own = given === undefined ? checkPageBase(service, 'Astro', built) : checkBase(service, 'Astro', given)
    // A page without links says nothing: then it is where its route is.
    return { kind: 'static', files: built, basePath: own || basePath, isGiven: given !== undefined }
  }
  const manifest = findManifest(join(built, 'server'))
  if (manifest?.adapter !== undefined && manifest.adapter !== ownAdapter) throw errors.WATT_ASTRO_ADAPTER(name, manifest.adapter)
  return {
    kind: 'server',
    files: join(built, 'client'),
    entry: join(built, 'server/entry.mjs'),
    manifest: manifest ?? { adapter: undefined, basePath: '', trailingSlash: 'ignore', assets: undefined },
    basePath: checkBase(service, 'Astro', manifest?.basePath) ?? '',
    isGiven: given !== undefined
  }
}

function readGiven (built: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(built, givenFile), 'utf8')) as { basePath?: string }).basePath
  } catch {
    return undefined
  }
}

/** Astro 5 has it in a file of that name, Astro 7 in one that is named by its bundler. */
function findManifest (server: string): Manifest | undefined {
  for (const file of globSync(['manifest_*.mjs', 'entry.mjs', 'chunks/*.mjs', '*.mjs'], { cwd: server })) {
    const manifest = readManifest(readFileSync(join(server, file), 'utf8'))
    if (manifest !== undefined) return manifest
  }
  return undefined
}

function isFile (...names: string[]): boolean {
  return statSync(join(...names), { throwIfNoEntry: false })?.isFile() === true
}
