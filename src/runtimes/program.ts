// Finds a program of a package as npm does for scripts: in node_modules/.bin, from the service's folder up to the app's root.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isPackage } from '../api/package-path.ts'
import type { EntryFacts } from './entry.ts'
import { isInside } from './load.ts'
import { baseName, readManifest, type Manifest } from './manifest.ts'

export interface Where {
  /** Real path of the app's root. */
  root: string
  /** Of the service. */
  folder: string
  manifest: Manifest | undefined
}

/** What the folder of a service says of programs. @param path the service's own */
export function programsFor (where: Where, path: string): Required<Pick<EntryFacts, 'program' | 'ownProgram'>> {
  return { program: (name) => findProgram(where, name), ownProgram: isPackage(path) ? packageProgram(where.folder) : undefined }
}

/** Path of the JavaScript file behind `name`: a program, a package that has one, or a path with a slash. Undefined: there is none. */
function findProgram ({ root, folder, manifest }: Where, name: string): string | undefined {
  if (/^\.{0,2}\//.test(name)) return scriptAt(resolve(folder, name))
  for (let at = folder; isInside(root, at); at = dirname(at)) {
    const modules = join(at, 'node_modules')
    const found = scriptAt(join(modules, '.bin', name)) ?? packageProgram(join(modules, name)) ??
      // Copies of node_modules may lack .bin.
      [...manifest?.dependencies ?? []].values().map((dependency) => programsOf(join(modules, dependency))[name]).find((file) => file !== undefined)
    if (found !== undefined || at === root) return found
  }
  return undefined
}

/** The program that a package is known for: its only one, or the one with its name. */
function packageProgram (folder: string): string | undefined {
  const programs = programsOf(folder)
  const files = Object.values(programs)
  return programs[baseName(folder.replace(/^.*node_modules\//, ''))] ?? (new Set(files).size === 1 ? files[0] : undefined)
}

/** Paths of a package's programs by name. */
function programsOf (folder: string): Record<string, string> {
  try {
    const { programs } = readManifest(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    return Object.fromEntries(Object.entries(programs).flatMap(([name, file]) => {
      const script = scriptAt(join(folder, file))
      return script === undefined ? [] : [[name, script]]
    }))
  } catch {
    return {}
  }
}

/** npm links the file itself; pnpm, and npm on some systems, write a shell script that names it. */
function scriptAt (path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  const real = realpathSync(path)
  if (/\.[cm]?[jt]s$/.test(real)) return real
  const text = readFileSync(real, 'utf8')
  const [first = ''] = text.split('\n', 1)
  if (!first.startsWith('#!')) return isProbablyJs(text) ? real : undefined
  if (/\bnode\b/.test(first)) return real
  const named = text.matchAll(/"\$basedir\/([^"]+)"/g).map(([, file = '']) => file).filter((file) => !/(?:^|\/)node(?:\.exe)?$/.test(file))
  return named.map((file) => scriptAt(resolve(dirname(path), file))).find((file) => file !== undefined)
}

/** An executable of another kind has bytes that no text has. */
function isProbablyJs (text: string): boolean {
  return !text.slice(0, 1000).includes('\0') && !text.startsWith('\u007fELF')
}
