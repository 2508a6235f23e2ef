// Child processes begin in the service's folder, unless told otherwise.
import childProcess from 'node:child_process'
import type { Locate } from './working-folder.ts'

interface Options { cwd?: unknown }
type Spawn = (this: unknown, ...args: unknown[]) => unknown

export function locateChildren (locate: Locate): void {
  // spawn, exec, execFile and fork all come to this method, their options made whole.
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: (this: unknown, options: Options) => unknown }
  const spawn = prototype.spawn
  prototype.spawn = function (options) {
    return Reflect.apply(spawn, this, [withFolder(options, locate)])
  }

  const functions = childProcess as unknown as Record<string, Spawn>
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) {
    const original = functions[name]
    if (original === undefined) continue
    functions[name] = function (...args) {
      const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'object' && arg !== null && !Array.isArray(arg))
      if (at < 0) args.push(withFolder({}, locate))
      else args[at] = withFolder(args[at] as Options, locate)
      return Reflect.apply(original, this, args)
    }
  }
}

/** `process.cwd()` at the time of the call, or the caller's choice. */
function withFolder (options: Options, locate: Locate): Options {
  return { ...options, cwd: locate(options.cwd ?? process.cwd()) }
}
