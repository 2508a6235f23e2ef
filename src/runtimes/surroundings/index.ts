// What a thread lacks of a process, given to it before the service's code is loaded: for good, since nothing else runs in the thread.
import { syncBuiltinESMExports } from 'node:module'
import { locateChildren } from './child-process.ts'
import { locateFiles } from './file-system.ts'
import { ownSignals } from './signals.ts'
import { locateDatabases, type Sqlite } from './sqlite.ts'
import { ownWorkingFolder } from './working-folder.ts'

export interface SurroundingsOptions {
  service: string
  /** Real path; process.cwd(). */
  folder: string
  /** The service's own `port`. */
  port: number | undefined
  /** Of its own: only its title and PORT are to be set. */
  isProcess: boolean
}

/** The port that a program listens on when nobody says which: any will do, since the mesh binds none. */
const defaultPort = 3000

/** Returns the virtual port of this service. */
export function surround ({ service, folder, port, isProcess }: SurroundingsOptions): number {
  if (isProcess) process.title = service
  else lend(service, folder)
  process.env.PORT ??= String(port ?? defaultPort)
  process.env.HOST ??= '127.0.0.1'
  // `import { readFile } from 'node:fs'` sees the replaced functions too.
  syncBuiltinESMExports()
  return Number(process.env.PORT) || defaultPort
}

/** What is the whole process' own is lent to the thread. */
function lend (service: string, folder: string): void {
  const locate = ownWorkingFolder(folder)
  locateFiles(locate)
  locateChildren(locate)
  // Not imported: syncBuiltinESMExports passes over modules that only the node: scheme names, so that its functions must be
  // replaced before the first import of it.
  locateDatabases(process.getBuiltinModule('node:sqlite') as unknown as Sqlite, locate)
  const loadEnvFile = process.loadEnvFile.bind(process)
  process.loadEnvFile = (path = '.env') => loadEnvFile(locate(path))
  ownSignals()
  Object.defineProperty(process, 'title', { value: service, writable: true, enumerable: true, configurable: true })
}
