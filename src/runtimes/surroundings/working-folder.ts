// A working directory of the thread's own. The OS knows one a process, which belongs to all threads.
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/** Puts the thread's folder before a relative path; anything else (URL, Buffer, descriptor, absolute path) is given back. */
export type Locate = <Path>(path: Path) => Path | string

/** Gives `process.cwd()` and `process.chdir()` to this thread; chdir in a thread is refused by Node. */
export function ownWorkingFolder (folder: string): Locate {
  let current = folder

  // The OS resolves what follows (`..` behind a link included); '' stays the error that it is.
  const locate: Locate = (path) => typeof path === 'string' && path !== '' && !isAbsolute(path) ? `${current}/${path}` : path

  process.cwd = () => current
  process.chdir = (directory: string) => {
    const to = locate(directory)
    if (!statSync(to).isDirectory()) throw Object.assign(new Error(`ENOTDIR: not a directory, chdir '${directory}'`), { code: 'ENOTDIR', syscall: 'chdir', path: directory })
    current = realpathSync(to)
  }
  return locate
}
