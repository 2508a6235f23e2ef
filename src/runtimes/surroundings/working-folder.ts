// A working directory of the thread's own. The OS knows one a process, which belongs to all threads.
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

const slash = '/'.charCodeAt(0)

/** Puts the thread's folder before a relative path, be it text or bytes; anything else (URL, descriptor, absolute path) is given back. */
export interface Locate {
  (path: string): string
  <Path>(path: Path): Path | string | Buffer
}

/** Gives `process.cwd()` and `process.chdir()` to this thread; chdir in a thread is refused by Node. `moved` is told where it went. */
export function ownWorkingFolder (folder: string, moved: (folder: string) => void): Locate {
  let current = folder
  const locate = locateIn(() => current)
  process.cwd = () => current
  process.chdir = (directory: string) => {
    const to = locate(directory)
    if (!statSync(to).isDirectory()) throw Object.assign(new Error(`ENOTDIR: not a directory, chdir '${directory}'`), { code: 'ENOTDIR', syscall: 'chdir', path: directory })
    current = realpathSync(to)
    moved(current)
  }
  return locate
}

/** Gives `process.cwd()` to a thread that a service has started, where Node's refusal of chdir is what its author expects. */
export function keepWorkingFolder (folder: string): Locate {
  process.cwd = () => folder
  return locateIn(() => folder)
}

/** The OS resolves what follows (`..` behind a link included); '' stays the error that it is. */
function locateIn (current: () => string): Locate {
  function locate (path: string): string
  function locate<Path> (path: Path): Path | string | Buffer
  function locate (path: unknown): unknown {
    if (typeof path === 'string') return path !== '' && !isAbsolute(path) ? `${current()}/${path}` : path
    return path instanceof Uint8Array && path.byteLength > 0 && path[0] !== slash ? Buffer.concat([Buffer.from(`${current()}/`), path]) : path
  }
  return locate
}
