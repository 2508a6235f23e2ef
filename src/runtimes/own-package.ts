// Loads a package of a service's own: the one that its folder's code would get, as an ES module gets it.
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { messageOf, withCause } from '../base/error.ts'
import { errors } from './errors.ts'
import { readManifest } from './manifest.ts'
import type { ServiceToServe } from './runtime.ts'

/**
 * The namespace of `name`, for a `folder` from which it can be found.
 * Not by createRequire: a package that has both would give its CommonJS half, while the service's modules hold the other one.
 * @throws WATT_RUNTIME_FRAMEWORK_MISSING with its cause
 */
export async function importOwn ({ name: service, folder }: Pick<ServiceToServe, 'name' | 'folder'>, name: string): Promise<unknown> {
  try {
    const file = packageFileOf(name, folder)
    if (file === undefined) throw new Error(`there is no package ${name}`)
    const { exported, main } = readManifest(JSON.parse(readFileSync(file, 'utf8')))
    return await import(pathToFileURL(join(dirname(file), exported ?? main ?? 'index.js')).href)
  } catch (thrown) {
    throw withCause(errors.WATT_RUNTIME_FRAMEWORK_MISSING(service, name, messageOf(thrown)), thrown)
  }
}

/** Path of its package.json. */
function packageFileOf (name: string, folder: string): string | undefined {
  return findPackageJSON(name, pathToFileURL(join(folder, 'package.json')))
}
