// One service's folder as it stands: what it would be run by and why, its file, and the package that builds it.
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { RuntimeName } from '../../api/app-config.ts'
import { isPackage } from '../../api/package-path.ts'
import { detectRuntime, triedFiles, type Candidate, type FolderFacts } from '../../runtimes/detect.ts'
import { findEntryOf } from '../../runtimes/entry.ts'
import { hasFile, isInside, loadManifest } from '../../runtimes/load.ts'
import { entryCandidates, type Manifest } from '../../runtimes/manifest.ts'
import { programsFor } from '../../runtimes/program.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import { runtimes } from '../../runtimes/table.ts'

/** A service's own words, of a manifest or guessed. */
export interface NamedService { name: string, path: string, runtime?: RuntimeName | undefined, entry?: string | undefined }

export interface ServiceFolder {
  name: string
  /** Real path where it exists. */
  folder: string
  isThere: boolean
  /** Name of the file that the service is, when its path is no folder. */
  file: string | undefined
  manifest: Manifest | undefined
  /** Undefined: nothing there can be run, so far. */
  candidate: Candidate | undefined
  row: Runtime | undefined
  /** Other frameworks that build, or develop, a folder like this one. */
  others: Candidate[]
  /** What is loaded, relative to the folder; of several that may be meant, the one that is there. */
  entry: string | undefined
  hasEntry: boolean
  /** For the error: what was looked for. */
  tried: string
  /** The nearest folder with a package.json, at or above, within `root`. */
  packageFolder: string | undefined
}

/** @throws WATT_RUNTIME_MANIFEST_INVALID */
export function lookAt ({ name, path, runtime, entry }: NamedService, root: string): ServiceFolder {
  const full = resolve(root, path)
  const stats = statSync(full, { throwIfNoEntry: false })
  const file = stats?.isFile() === true ? basename(full) : undefined
  const folder = file === undefined ? full : dirname(full)
  // A package of the registry comes built.
  const packageFolder = isPackage(path) ? undefined : nearestPackage(folder, root)
  const manifest = loadManifest({ name, root, folder })
  const facts: FolderFacts = { runtime, entry, file, manifest, has: (candidate) => hasFile(folder, candidate), ...programsFor({ root, folder, manifest }, path) }
  const candidate = detectRuntime(runtimes, facts)
  const row = runtimes.find((known) => known.name === candidate?.runtime)
  const entries = file === undefined ? entryCandidates(entry, manifest) : [file]
  const code = findEntryOf(facts)
  const there = code?.is === 'program' ? relative(folder, code.path) : entries.find((one) => hasFile(folder, one))
  return {
    name,
    folder,
    isThere: stats !== undefined,
    file,
    manifest,
    candidate,
    row,
    others: runtime === undefined ? runtimes.flatMap((other) => othersOf(other, row, facts)) : [],
    entry: candidate?.runtime === 'static' ? undefined : there ?? entry ?? manifest?.exported ?? manifest?.main,
    hasEntry: there !== undefined,
    tried: triedFiles(facts),
    packageFolder
  }
}

/** Servers that are loaded alike are told apart by what the module exports; frameworks are not. */
function othersOf (other: Runtime, chosen: Runtime | undefined, facts: FolderFacts): Candidate[] {
  if (other === chosen || (other.build === undefined && other.develop === undefined)) return []
  const reason = other.detect(facts)
  return reason === undefined ? [] : [{ runtime: other.name, reason }]
}

function nearestPackage (folder: string, root: string): string | undefined {
  for (let at = folder; isInside(root, at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (at === root) return undefined
  }
  return undefined
}

/** With `/`, "." for the root itself. */
export function within (root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/') || '.'
}
