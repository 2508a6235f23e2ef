// What goes into a build, as one digest: whatever of it differs makes another.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { upwards } from '../project/package-manager.ts'
import { digestOf, digestOfValue, type Listing } from './files.ts'
import type { Unit } from './plan.ts'
import { telling } from './tool-environment.ts'

/** Of one package: digests of its sources by path, and every word of them that may be the name of a variable. */
export interface Sources { digests: ReadonlyMap<string, string>, words: ReadonlySet<string> }

/** What is built, the same on every machine. `sources`: its own, without what its build writes, and those of the packages around it. */
export function contentOf (unit: Unit, base: string, sources: readonly Sources[]): string {
  return digestOfValue([
    unit.folder, unit.basePath, unit.step.script, lockOf(unit, base), rulesAbove(unit.folder, base),
    sources.map(({ digests }) => [...digests].sort(([one], [other]) => one < other ? -1 : 1))
  ])
}

export interface KeyFacts {
  unit: Unit
  content: string
  sources: readonly Sources[]
  /** Of this process. */
  env: Readonly<Record<string, string | undefined>>
  /** What the adapter gives it beside. */
  steady: ReadonlyArray<readonly [name: string, value: string]>
}

/** What is built, and how and by what it is built here. */
export function keyOf ({ unit, content, sources, env, steady }: KeyFacts): string {
  const isNamed = (name: string): boolean => sources.some(({ words }) => words.has(name))
  return digestOfValue([
    1, content, unit.step.command, Object.keys(unit.step.env), unit.env, telling(env, isNamed), steady,
    process.version, process.platform, process.arch
  ])
}

/** @param isLeftOut what the build writes */
export function sourcesOf ({ folder, files }: Listing, isLeftOut: (path: string) => boolean): Sources {
  const words = new Set<string>()
  const digests = new Map<string, string>()
  for (const { path, isIgnored, size } of files.values()) {
    if (isIgnored || isLeftOut(path)) continue
    digests.set(path, digestOf(join(folder, path), (bytes) => { if (size < largestText) addWords(bytes, words) }))
  }
  return { digests, words }
}

const largestText = 2 ** 20

function addWords (bytes: Buffer, words: Set<string>): void {
  if (bytes.includes(0)) return
  for (const [word] of bytes.toString('latin1').matchAll(/\b[A-Z][A-Z0-9_]{2,}\b/g)) words.add(word)
}

/** Which versions were installed. Without a lockfile, what the package manager has noted beside them. */
function lockOf ({ manager, folder }: Unit, base: string): string {
  if (manager.lockfile !== undefined) return digestOf(join(base, manager.lockfile))
  return upwards(folder).map((above) => digestOf(join(base, above, 'node_modules/.package-lock.json'))).find((digest) => digest !== '') ?? ''
}

/** Configurations that packages inherit from the folders above them. */
const inherited = /^(tsconfig.*\.json|jsconfig\.json|\.npmrc|\.babelrc|\.browserslistrc|\.swcrc|\.postcssrc|\.yarnrc\.yml|\.pnpmfile\.cjs|pnpm-workspace\.yaml|[\w-]+\.(config|preset)\.\w+|\.env(\..*)?)$/

function rulesAbove (folder: string, base: string): Array<[string, string]> {
  return upwards(folder).slice(1).flatMap((above) =>
    readdirSync(join(base, above), { withFileTypes: true }).filter((entry) => entry.isFile() && inherited.test(entry.name))
      .map(({ name }): [string, string] => [`${above}/${name}`, digestOf(join(base, above, name))])).sort()
}
