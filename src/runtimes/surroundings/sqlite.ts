// Relative database files mean the service's folder, also as `file:` URLs. `:memory:` and '' (a temporary one) are SQLite's own words.
// What SQL names itself (ATTACH) is SQLite's to open, in the folder of the process.
import type { Locate } from './working-folder.ts'

/** The parts of node:sqlite that take a file. */
export interface Sqlite {
  DatabaseSync: new (...args: unknown[]) => object
  backup?: (...args: unknown[]) => unknown
}

export function locateDatabases (sqlite: Sqlite, locate: Locate): void {
  const locateFile = (path: unknown): unknown => {
    if (typeof path !== 'string' || path.startsWith(':memory:')) return path
    // https://sqlite.org/uri.html: what begins with a slash is absolute, and names of memory databases begin with a colon or say mode.
    const [, file = '', query = ''] = /^file:([^?#]*)(.*)$/.exec(path) ?? []
    if (!path.startsWith('file:')) return locate(path)
    return /^(?:\/|:|$)/.test(file) || /[?&]mode=memory\b/.test(query) ? path : `file:${encodeURI(String(locate('.')))}/${file}${query}`
  }

  // A subclass would change `constructor.name` and what `instanceof` says of databases made before.
  sqlite.DatabaseSync = new Proxy(sqlite.DatabaseSync, {
    construct: (target, [path, ...rest]: unknown[], newTarget) => Reflect.construct(target, [locateFile(path), ...rest], newTarget) as object
  })
  const prototype = sqlite.DatabaseSync.prototype as { loadExtension?: (...args: unknown[]) => unknown }
  const { loadExtension } = prototype
  if (loadExtension !== undefined) {
    // A bare name is looked up where libraries are.
    prototype.loadExtension = function (path, ...rest) {
      return Reflect.apply(loadExtension, this, [typeof path === 'string' && path.includes('/') ? locate(path) : path, ...rest])
    }
  }
  const backup = sqlite.backup
  if (backup !== undefined) sqlite.backup = (database, path, ...rest) => backup(database, locateFile(path), ...rest)
}
