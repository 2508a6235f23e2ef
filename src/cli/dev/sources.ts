// Which folders hold the code of a service: its own, and those of the workspace's packages that it depends on.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'

export interface Sources {
  /** Real path; the service's own is the first. */
  folder: string
  /** What of it is watched whatever git ignores: what runs was built into it. */
  outputs: string[]
}

/** @param folder real path of the service's folder. @param entry the file that runs, where it is known */
export function sourcesOf (folder: string, entry: string | undefined): Sources[] {
  const found = new Map<string, Sources>([[folder, { folder, outputs: outputsOf(folder, entry) }]])
  for (const { folder: at } of found.values()) {
    for (const name of dependenciesOf(at)) {
      const place = linkedFolder(at, name)
      if (place !== undefined && !found.has(place)) found.set(place, { folder: place, outputs: outputsOf(place, undefined) })
    }
  }
  const all = [...found.values()]
  // One that lies in another is watched with it, unless what it was built into is not.
  return all.filter(({ folder: one, outputs }) => outputs.length > 0 || !all.some(({ folder: other }) => one.startsWith(`${other}${sep}`)))
}

/** Where a package of the workspace is: a link out of node_modules. Undefined: it is one of the registry's, or not there. */
function linkedFolder (from: string, name: string): string | undefined {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  for (const place of places) {
    try {
      const real = realpathSync(join(place, name))
      return real.split(sep).includes('node_modules') ? undefined : real
    } catch {
      // Not in this one.
    }
  }
  return undefined
}

type Fields = Readonly<Record<string, unknown>>

function manifestOf (folder: string): Fields {
  try {
    return fieldsOf(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  } catch {
    // None, or half of one: it is told elsewhere.
    return {}
  }
}

function dependenciesOf (folder: string): string[] {
  const manifest = manifestOf(folder)
  return ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((field) => Object.keys(fieldsOf(manifest[field])))
}

/** Folders that hold what runs: dist, build. Not those of sources that run as they are, which are watched anyway. */
function outputsOf (folder: string, entry: string | undefined): string[] {
  const { main, exports, module } = manifestOf(folder)
  const files = [entry, ...stringsOf(main), ...stringsOf(module), ...stringsOf(exports)].filter((file) => file !== undefined && !file.includes('*'))
  const folders = files.map((file) => dirname(resolve(folder, file ?? ''))).filter((path) => path.startsWith(`${folder}${sep}`) && isFolder(path))
  return [...new Set(folders)]
}

function stringsOf (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.values(fieldsOf(value)).flatMap(stringsOf)
}

function isFolder (path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function fieldsOf (value: unknown): Fields {
  return typeof value === 'object' && value !== null ? value as Fields : {}
}
