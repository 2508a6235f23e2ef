// A folder as the commands that guess see it: texts and names by path, and nothing outside of it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { messageOf, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { fieldsOf, inside, type Fields } from './loose.ts'

/** Paths are relative, with `/`. What leads out of the folder is not there. */
export interface Tree {
  /** Undefined: there is no such file. @throws WATT_INPUT_UNREADABLE */
  text: (path: string) => string | undefined
  /** Names of the folders in a folder, sorted; none when there is no such folder. */
  folders: (path: string) => string[]
  has: (path: string) => boolean
}

export function diskTree (root: string): Tree {
  const at = <Result>(path: string, read: (file: string) => Result): Result | undefined => {
    const safe = inside(path)
    if (safe === undefined) return undefined
    try {
      return read(join(root, safe))
    } catch (thrown) {
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return undefined
      throw withCause(errors.WATT_INPUT_UNREADABLE(path, messageOf(thrown)), thrown)
    }
  }
  return {
    text: (path) => at(path, (file) => readFileSync(file, 'utf8')),
    folders: (path) => at(path, (file) => readdirSync(file, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()) ?? [],
    has: (path) => at(path, (file) => statSync(file).isFile()) ?? false
  }
}

/** Of a package.json; undefined when there is none. @throws WATT_PROJECT_FILE_BROKEN */
export function packageOf (tree: Tree, folder: string): Fields | undefined {
  const file = inside(folder, 'package.json')
  const text = file === undefined ? undefined : tree.text(file)
  if (file === undefined || text === undefined) return undefined
  try {
    return fieldsOf(JSON.parse(text))
  } catch (thrown) {
    throw withCause(errors.WATT_PROJECT_FILE_BROKEN(file, messageOf(thrown)), thrown)
  }
}

/** Of a file of NAME=VALUE lines; undefined when there is none. */
export function environmentOf (tree: Tree, path: string): Record<string, string> | undefined {
  const text = tree.text(path)
  return text === undefined ? undefined : Object.fromEntries(Object.entries(parseEnv(text)).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))
}
