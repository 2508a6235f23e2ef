// What a thread lacks of a process, given to it before the service's code is loaded: for good, since nothing else runs in the thread.
import { syncBuiltinESMExports } from 'node:module'
import { locateChildren } from './child-process.ts'
import { locateFiles } from './file-system.ts'
import { ownSignals } from './signals.ts'
import { locateDatabases, type Sqlite } from './sqlite.ts'
import { ownWorkingFolder } from './working-folder.ts'

export interface Surroundings {
  /** process.title */
  title: string
  /** Real path; process.cwd(). */
  folder: string
  /** The worker is a process, which has all of this by itself but for its title. */
  isProcess: boolean
}

export function surround ({ title, folder, isProcess }: Surroundings): void {
  if (isProcess) process.title = title
  else lend(title, folder)
  process.env.HOST ??= '127.0.0.1'
  // `import { readFile } from 'node:fs'` sees the replaced functions too.
  syncBuiltinESMExports()
}

/** What is the whole process' own is lent to the thread. */
function lend (title: string, folder: string): void {
  const locate = ownWorkingFolder(folder)
  locateFiles(locate)
  locateChildren(locate)
  // Not imported: syncBuiltinESMExports passes over modules that only the node: scheme names, so that its functions must be
  // replaced before the first import of it.
  locateDatabases(process.getBuiltinModule('node:sqlite') as unknown as Sqlite, locate)
  const loadEnvFile = process.loadEnvFile.bind(process)
  process.loadEnvFile = (path = '.env') => loadEnvFile(locate(path))
  ownSignals()
  Object.defineProperty(process, 'title', { value: title, writable: true, enumerable: true, configurable: true })
}
