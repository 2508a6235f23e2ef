// What of a built app production needs: files of its services, and the packages that they find. Decides; `app-folder.ts` writes.
import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isNeverSource } from '../dev/ignored.ts'
import { within, type ServiceFolder } from '../project/service.ts'
import { isBelow, walk } from './files.ts'
import { findPackage, manifestOf, packageClosure, type Closure } from './package-closure.ts'
import { placePackages, type Place } from './package-places.ts'

/** A service as it is once it has been built. */
export interface BuiltService {
  found: ServiceFolder
  /** What its build has written, relative to its package. */
  outputs: readonly string[]
  /** Its own word. */
  entry: string | undefined
  /** It is a package of the registry. */
  isPackage: boolean
}

export interface Contents {
  /** Path in the app folder → absolute path of the file, or the link. */
  files: Map<string, string>
  /** Installed ones. */
  packages: Place[]
  /** Path of a link in the app folder → path in it. */
  links: Map<string, string>
  /** Secret files that stay where they are, relative to the root. */
  leftOut: string[]
  missing: Closure['missing']
}

export interface AppSources {
  /** Real path of the app's root. */
  root: string
  /** Of the project: the same, or above it. */
  base: string
  services: readonly BuiltService[]
  /** Absolute paths that are no part of it: the manifests, the app folder itself. */
  leaves: (path: string) => boolean
}

/** Nothing that a container should find in its files. */
const secret = /^(\.env(\..*)?|\.npmrc|\.yarnrc(\.yml)?|\.netrc|\.pgpass|\.aws|\.ssh|\.docker)$/

export function contentsOf ({ root, base, services, leaves }: AppSources): Contents {
  const files = new Map<string, string>()
  const leftOut = new Set<string>()
  const roots: Array<string | { from: string, names: string[] }> = []
  const folders = new Set(services.flatMap(({ found: { folder, packageFolder } }) => [folder, packageFolder ?? folder]))

  /** `whole`: there nothing is left out, packages that were built into it neither. */
  function take (folder: string, target: string, whole: readonly string[], isWanted: (path: string) => boolean): void {
    walk(folder, (entry, path) => {
      const full = join(folder, path)
      const isOther = leaves(full) || folders.has(full)
      if (isOther || (isNeverSource(entry.name) && !isBelow(path, whole))) return false
      const place = target === '.' ? path : `${target}/${path}`
      if (secret.test(entry.name)) {
        if (isWanted(path)) leftOut.add(place)
        return false
      }
      if (!entry.isDirectory() && isWanted(path)) files.set(place, full)
      return true
    })
  }

  for (const { found, outputs, entry, isPackage } of services) {
    const { folder, packageFolder, row, candidate } = found
    if (isPackage) {
      const [, above = '.', name = ''] = /^(?:(.*)\/)?node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(within(root, folder)) ?? []
      roots.push({ from: join(root, above), names: [name] })
      continue
    }
    const target = within(root, folder)
    const isServer = found.entry?.startsWith('.output/server/') === true
    const { files: more = [], byproducts = [], outputs: declared = [], isSelfContained } = row?.build ?? {}
    if (isServer) take(folder, target, ['.output'], (path) => isBelow(path, ['.output', 'package.json']))
    else if (row?.build === undefined || more.includes('.') || packageFolder !== folder) take(folder, target, [], (path) => !isBelow(path, byproducts))
    else {
      const written = new Set(outputs)
      const wanted = ['package.json', ...declared, ...more, ...entry === undefined ? [] : [entry.replace(/^\.\//, '')]]
      take(folder, target, declared, (path) => !isBelow(path, byproducts) && (written.has(path) || isBelow(path, wanted)))
    }
    if (packageFolder === undefined || candidate?.runtime === 'static' || isServer || isSelfContained?.(folder) === true) continue
    // Which kind of module a file is, and what it imports, is said by the package above it.
    if (packageFolder !== folder) files.set(within(root, join(packageFolder, 'package.json')), join(packageFolder, 'package.json'))
    roots.push(packageFolder, ...rootsAbove(packageFolder, base))
  }

  // One that a service of several needs is needed.
  const tools = services.flatMap(({ found: { folder, row } }) => row?.build?.buildTools === undefined ? [] : [row.build.buildTools(folder)])
  const unneeded = tools[0]?.filter((name) => tools.every((names) => names.includes(name))) ?? []
  const closure = packageClosure(roots, (name) => unneeded.some((beginning) => name.startsWith(beginning)))
  const places = placePackages(closure, root)
  for (const { folder, target, isInstalled } of places) {
    const isOwn = isInstalled || folders.has(folder) || !closure.needed.has(folder)
    if (!isOwn) take(folder, target, [], () => true)
  }
  const links = new Map(places.flatMap((place) => [...place.links]))
  for (const [path, to] of linksToPackages(files, places)) {
    files.delete(path)
    links.set(path, to)
  }
  return { files, packages: places.filter(({ isInstalled }) => isInstalled), links, leftOut: [...leftOut].sort(), missing: closure.missing }
}

/** What a build has written may name packages by links (Turbopack's `.next/node_modules`): they lead to where those lie here. */
function linksToPackages (files: ReadonlyMap<string, string>, places: readonly Place[]): Array<[path: string, to: string]> {
  const targets = new Map(places.map(({ folder, target }) => [folder, target]))
  return [...files].flatMap(([path, from]): Array<[string, string]> => {
    if (!lstatSync(from).isSymbolicLink() || !existsSync(from)) return []
    const to = targets.get(realpathSync(from))
    return to === undefined ? [] : [[path, to]]
  })
}

/** Packages that a workspace has for all of its members, by the folders above theirs. */
function rootsAbove (folder: string, base: string): Array<{ from: string, names: string[] }> {
  if (folder === base || dirname(folder) === folder) return []
  const from = dirname(folder)
  const names = existsSync(join(from, 'package.json')) ? Object.keys(manifestOf(from).dependencies ?? {}).filter((name) => findPackage(from, name) !== undefined) : []
  return [...names.length === 0 ? [] : [{ from, names }], ...rootsAbove(from, base)]
}
