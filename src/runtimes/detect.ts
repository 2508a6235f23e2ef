// Which runtime a folder is for: an ordered list of checks over its package.json and files. Pure.
// A first guess, for people and for static folders: what the module then exports has the last word (exported.ts).
import type { RuntimeName } from '../api/app-config.ts'
import { findEntryOf, type Entry, type EntryFacts } from './entry.ts'
import { entryCandidates, extensions } from './manifest.ts'

export interface FolderFacts extends EntryFacts {
  /** The service's own `runtime`. */
  runtime: RuntimeName | undefined
}

export interface Candidate { runtime: RuntimeName, reason: string }

interface Row { name: RuntimeName, detect: (facts: FolderFacts) => string | undefined }

/** The manifest's word, else the first row that says why. Undefined: nothing here can be run. */
export function detectRuntime (rows: readonly Row[], facts: FolderFacts): Candidate | undefined {
  if (facts.runtime !== undefined) return { runtime: facts.runtime, reason: 'the service says so' }
  for (const { name, detect } of rows) {
    const reason = detect(facts)
    if (reason !== undefined) return { runtime: name, reason }
  }
  return undefined
}

/** A check: package.json depends on `name`, and there is code of the folder's own. */
export function dependsOn (name: string): Row['detect'] {
  return (facts) => facts.manifest?.dependencies.has(name) === true && codeOf(facts)?.is === 'file'
    ? `package.json depends on ${name}`
    : undefined
}

/**
 * A check: package.json depends on a framework's own `name`, the folder has one of the framework's files, and starts no program of its
 * own. `signs`: names or, for configuration in any dialect, all of the name but the extension: "vite.config".
 */
export function isMadeWith (name: string, signs: readonly string[]): Row['detect'] {
  return (facts) => {
    if (facts.manifest?.dependencies.has(name) !== true || facts.file !== undefined || startsProgram(facts)) return undefined
    const file = signs.flatMap((sign) => sign.endsWith('.config') ? extensions.map((extension) => `${sign}${extension}`) : [sign]).find(facts.has)
    if (file === 'package.json') return `package.json depends on ${name}`
    return file === undefined ? undefined : `package.json depends on ${name}, and there is ${file}`
  }
}

/** A custom server around the framework, say; what a build writes is the framework's own. */
function startsProgram ({ entry, manifest, has }: FolderFacts): boolean {
  if (entry !== undefined) return extensions.some((extension) => entry.endsWith(extension))
  const started = manifest?.started
  return started !== undefined && !/^(?:dist|build)\//.test(started) && has(started)
}

/** A check: there is a file that Node can run, or a program of a package. */
export function hasCode (facts: FolderFacts): string | undefined {
  const code = codeOf(facts)
  if (code === undefined) return undefined
  return code.is === 'file' ? `there is ${code.file}` : `${code.because} ${code.name}`
}

/** A check: there is a page, and nothing to run. */
export function hasPage (facts: FolderFacts): string | undefined {
  if (facts.file?.endsWith('.html') === true) return `${facts.file} is a page`
  return facts.file === undefined && facts.has('index.html') ? 'there is index.html and nothing to run' : undefined
}

/** For the error: everything that would have made one of the checks say yes. */
export function triedFiles (facts: FolderFacts): string {
  if (facts.file !== undefined) return `${facts.file}: it is neither ${extensions.join(' ')} nor .html`
  const { start } = facts.manifest ?? {}
  const program = facts.entry === undefined && start?.runs === 'program' ? [`the start script's program ${start.name}`] : []
  return [...program, ...entryCandidates(facts.entry, facts.manifest), 'index.html'].join(', ')
}

function codeOf (facts: FolderFacts): Entry | undefined {
  const { file } = facts
  if (file !== undefined && !extensions.some((extension) => file.endsWith(extension))) return undefined
  return findEntryOf(facts)
}
