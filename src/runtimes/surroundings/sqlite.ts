// Relative database files mean the service's folder. `:memory:`, '' (a temporary one) and `file:` URLs are SQLite's own words.
import type { Locate } from './working-folder.ts'

/** The parts of node:sqlite that take a file. */
export interface Sqlite {
  DatabaseSync: new (...args: unknown[]) => object
  backup?: (...args: unknown[]) => unknown
}

export function locateDatabases (sqlite: Sqlite, locate: Locate): void {
  const locateFile = (path: unknown): unknown => typeof path === 'string' && /^(?::memory:|file:)/.test(path) ? path : locate(path)

  // A subclass would change `constructor.name` and what `instanceof` says of databases made before.
  sqlite.DatabaseSync = new Proxy(sqlite.DatabaseSync, {
    construct: (target, [path, ...rest]: unknown[], newTarget) => Reflect.construct(target, [locateFile(path), ...rest], newTarget) as object
  })
  const backup = sqlite.backup
  if (backup !== undefined) sqlite.backup = (database, path, ...rest) => backup(database, locateFile(path), ...rest)
}
