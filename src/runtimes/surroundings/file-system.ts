// Relative paths given to node:fs, in all its three forms, mean the service's folder.
import fs from 'node:fs'
import type { Locate } from './working-folder.ts'

/** Functions that take a path, and at which positions. A symlink's target (first) is relative to the link: left alone. */
const pathsAt: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(['access', 'appendFile', 'chmod', 'chown', 'exists', 'lchmod', 'lchown', 'lstat', 'lutimes', 'mkdir', 'mkdtemp',
    'mkdtempDisposable', 'open', 'openAsBlob', 'opendir', 'readFile', 'readdir', 'readlink', 'realpath', 'rm', 'rmdir', 'stat', 'statfs',
    'truncate', 'unlink', 'unwatchFile', 'utimes', 'watch', 'watchFile', 'writeFile'].map((name) => [name, [0]])),
  copyFile: [0, 1],
  cp: [0, 1],
  link: [0, 1],
  rename: [0, 1],
  symlink: [1]
}

type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>

/** Streams need no row: they open by `fs.open`. */
export function locateFiles (locate: Locate): void {
  const callbackForm = fs as unknown as Functions
  const promiseForm = fs.promises as unknown as Functions
  for (const [name, positions] of Object.entries(pathsAt)) {
    const edit = (args: unknown[]): unknown[] => args.map((arg, index) => positions.includes(index) ? locate(arg) : arg)
    for (const [functions, key] of [[callbackForm, name], [callbackForm, `${name}Sync`], [promiseForm, name]] as const) {
      replaceArguments(functions, key, edit)
    }
  }
  // Globs take the folder as an option instead.
  const edit = ([pattern, options, ...rest]: unknown[]): unknown[] => typeof options === 'function'
    ? [pattern, { cwd: locate('.') }, options, ...rest]
    : [pattern, { ...options as object, cwd: locate((options as { cwd?: unknown } | undefined)?.cwd ?? '.') }, ...rest]
  for (const [functions, key] of [[callbackForm, 'glob'], [callbackForm, 'globSync'], [promiseForm, 'glob']] as const) {
    replaceArguments(functions, key, edit)
  }
}

/** The same function with edited arguments, its name, arity and properties (`realpath.native`, promisify's own) kept. */
function replaceArguments (functions: Functions, key: string, edit: (args: unknown[]) => unknown[]): void {
  const original = functions[key]
  if (typeof original !== 'function') return
  const replaced = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(original, this, edit(args))
  }
  Object.defineProperties(replaced, Object.getOwnPropertyDescriptors(original))
  const native = (original as { native?: unknown }).native
  if (typeof native === 'function') {
    const nested = { native: native as (...args: unknown[]) => unknown }
    replaceArguments(nested, 'native', edit)
    Object.assign(replaced, nested)
  }
  functions[key] = replaced
}
