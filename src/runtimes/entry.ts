// What a service's folder runs: a file of its own, or a program of a package. Pure.
import type { Command } from './command.ts'
import { asRequired, entryCandidates, type Manifest } from './manifest.ts'

export interface EntryFacts {
  /** The service's own `entry`. */
  entry: string | undefined
  /** Name of the file that the service is, when its path is no folder. */
  file: string | undefined
  manifest: Manifest | undefined
  /** Whether the folder holds a file of this name. */
  has: (name: string) => boolean
  /** Path of the file behind a program's name (program.ts); absent: none is looked for. */
  program?: (name: string) => string | undefined
  /** Path of the program of the package that is listed as a service by itself (`node_modules/NAME`). */
  ownProgram?: string | undefined
}

/** `command`: the start script, where this is what it starts. */
export type Entry =
  | { is: 'file', file: string, command: Command | undefined }
  | { is: 'program', name: string, path: string, because: string, command: Command | undefined }

/** Undefined: nothing that Node could run. A file that is named is taken at its word, so that the error is about it when it is not there. */
export function findEntryOf ({ entry, file, manifest, has, program, ownProgram }: EntryFacts): Entry | undefined {
  if (file !== undefined) return { is: 'file', file, command: undefined }
  if (entry !== undefined) {
    const path = has(entry) ? undefined : program?.(entry)
    return path === undefined ? { is: 'file', file: entry, command: undefined } : { is: 'program', name: entry, path, because: 'the service names', command: undefined }
  }
  if (ownProgram !== undefined) return { is: 'program', name: manifest?.name ?? ownProgram, path: ownProgram, because: 'the service is the package of', command: undefined }
  const command = manifest?.start
  const started = command?.runs === 'program' ? program?.(command.name) : undefined
  if (command !== undefined && started !== undefined) return { is: 'program', name: command.name, path: started, because: 'the start script runs', command }
  const found = entryCandidates(undefined, manifest).find(has)
  if (found === undefined) return undefined
  return { is: 'file', file: found, command: command?.runs === 'file' && asRequired(command.name).includes(found) ? command : undefined }
}
