// Packages that others need to run, as they are installed: by npm side by side, by pnpm and Yarn behind links.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface PackageManifest {
  name?: string
  version?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** One package finds another by the name that it imports. */
export interface Edge {
  name: string
  /** Where Node finds it: may be a link. */
  at: string
  /** Real path. */
  folder: string
}

export interface Closure {
  /** Real path of each package's folder → what it finds. The roots are among them. */
  packages: Map<string, Edge[]>
  /** Those of them that others find. */
  needed: Set<string>
  /** Names that are not installed, each with the folder of the package that needs it. */
  missing: Array<{ name: string, from: string }>
}

/**
 * Dependencies, optional ones and peers that are there, at any distance. Optional peers come along only where somebody needs them anyway.
 * @param roots real paths of folders with a package.json, or what such a folder is to import
 */
export function packageClosure (roots: ReadonlyArray<string | { from: string, names: Iterable<string> }>, isLeftOut: (name: string) => boolean = () => false): Closure {
  const packages = new Map<string, Edge[]>()
  const missing: Closure['missing'] = []
  const queue: string[] = []

  function visit (from: string, names: Iterable<string>, isOptional: (name: string) => boolean): void {
    const edges = packages.get(from) ?? []
    packages.set(from, edges)
    for (const name of names) {
      // Some packages list types among what they need to run; nothing ever loads them.
      if (name.startsWith('@types/') || isLeftOut(name)) continue
      const edge = findPackage(from, name)
      if (edge === undefined) {
        if (!isOptional(name)) missing.push({ name, from })
        continue
      }
      if (!edges.some((known) => known.name === name)) edges.push(edge)
      queue.push(edge.folder)
    }
  }

  const visitPackage = (folder: string): void => {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(folder)
    const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
    visit(folder, new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]), (name) => name in optionalDependencies || !(name in dependencies))
  }

  for (const root of roots) {
    if (typeof root === 'string') queue.push(root)
    else visit(root.from, root.names, () => false)
  }
  const seen = new Set<string>()
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (seen.has(folder)) continue
    seen.add(folder)
    visitPackage(folder)
  }
  for (const [folder, edges] of packages) {
    const { peerDependencies = {} } = manifestOf(folder)
    for (const name of Object.keys(peerDependencies)) {
      if (edges.some((edge) => edge.name === name)) continue
      const edge = findPackage(folder, name)
      if (edge !== undefined && packages.has(edge.folder)) edges.push(edge)
    }
  }
  return { packages, needed: new Set([...packages.values()].flatMap((edges) => edges.map(({ folder }) => folder))), missing }
}

/** As Node looks for it: in the node_modules of the folder and of each above it. */
export function findPackage (from: string, name: string): Edge | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name)
    if (!folder.endsWith('node_modules') && existsSync(join(at, 'package.json'))) return { name, at, folder: realpathSync(at) }
    if (folder === dirname(folder)) return undefined
  }
}

export function manifestOf (folder: string): PackageManifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw thrown
  }
}

/** `path` without the part that is `root`; undefined: it is not below it. */
export function belowRoot (root: string, path: string): string | undefined {
  const way = relative(root, path)
  return way === '..' || way.startsWith('../') ? undefined : way === '' ? '.' : way
}
