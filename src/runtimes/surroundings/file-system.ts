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

const standardInput: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>

/** Puts back, in a result that tells of paths, what was asked for: authors cut off the name of a folder that they gave. */
type Restore = (result: unknown, shorten: (path: unknown) => unknown) => unknown

const namesPaths: Readonly<Record<string, Restore>> = {
  mkdtemp: (made, shorten) => shorten(made),
  mkdtempDisposable: restorePath('path'),
  readdir (entries, shorten) {
    if (Array.isArray(entries) && entries[0] instanceof fs.Dirent) for (const entry of entries) restorePath('parentPath')(entry, shorten)
    return entries
  }
}

function restorePath (field: string): Restore {
  return (made, shorten) => {
    if (typeof made === 'object' && made !== null) Reflect.set(made, field, shorten(Reflect.get(made, field)))
    return made
  }
}

/** What was put before a path; '' for nothing. */
function addedTo (given: unknown, located: unknown): string {
  return typeof given === 'string' && typeof located === 'string' ? located.slice(0, located.length - given.length) : ''
}

/** Streams need no row: they open by `fs.open`. */
export function locateFiles (givenLocate: Locate): void {
  // Under its other names it is the process' own still (standard-input.ts).
  const locate = (path: unknown): unknown => typeof path === 'string' && standardInput.has(path) ? '/dev/null' : givenLocate(path)
  const callbackForm = fs as unknown as Functions
  const promiseForm = fs.promises as unknown as Functions
  for (const [name, positions] of Object.entries(pathsAt)) {
    const edit = (args: unknown[]): unknown[] => args.map((arg, index) => positions.includes(index) ? locate(arg) : arg)
    for (const [functions, key] of [[callbackForm, name], [callbackForm, `${name}Sync`], [promiseForm, name]] as const) {
      replaceArguments(functions, key, edit, namesPaths[name])
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
function replaceArguments (functions: Functions, key: string, edit: (args: unknown[]) => unknown[], restore?: Restore): void {
  const original = functions[key]
  if (typeof original !== 'function') return
  const replaced = function (this: unknown, ...args: unknown[]): unknown {
    const edited = edit(args)
    const folder = restore === undefined ? '' : addedTo(args[0], edited[0])
    if (restore === undefined || folder === '') return Reflect.apply(original, this, edited)
    const shorten = (path: unknown): unknown => typeof path === 'string' && path.startsWith(folder) ? path.slice(folder.length) : path
    const callback = edited.at(-1)
    if (typeof callback === 'function') edited[edited.length - 1] = (error: unknown, result: unknown) => { Reflect.apply(callback, undefined, [error, error === null ? restore(result, shorten) : result]) }
    const result: unknown = Reflect.apply(original, this, edited)
    return result instanceof Promise ? result.then((value: unknown) => restore(value, shorten)) : restore(result, shorten)
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
