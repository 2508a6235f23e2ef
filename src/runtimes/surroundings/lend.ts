// What is the whole process' own, lent to one thread: paths, signals, title, standard input.
import os from 'node:os'
import { locateChildren } from './child-process.ts'
import { locateFiles } from './file-system.ts'
import { ownSignals } from './signals.ts'
import { locateSockets } from './sockets.ts'
import { locateDatabases, type Sqlite } from './sqlite.ts'
import { emptyInput } from './standard-input.ts'
import type { Locate } from './working-folder.ts'

/** Whoever calls it calls syncBuiltinESMExports() as well. */
export function lend (title: string, locate: Locate): void {
  emptyInput()
  locateFiles(locate)
  locateChildren(locate)
  locateSockets(locate)
  // Not imported: syncBuiltinESMExports passes over modules that only the node: scheme names, so that its functions must be
  // replaced before the first import of it.
  locateDatabases(process.getBuiltinModule('node:sqlite') as unknown as Sqlite, locate)
  const loadEnvFile = process.loadEnvFile.bind(process)
  process.loadEnvFile = (path = '.env') => loadEnvFile(locate(path))
  const { homedir } = os
  // Native code reads HOME of the process, which is not that of the thread.
  os.homedir = () => process.env.HOME ?? homedir()
  ownSignals()
  Object.defineProperty(process, 'title', { value: title, writable: true, enumerable: true, configurable: true })
}
