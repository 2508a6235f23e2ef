// What the build has left in a service's folder: a server with files for browsers, or (`ssr: false`) a page and such files alone.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expand } from '../command.ts'
import { errors } from '../errors.ts'
import { hasFile, isInside } from '../load.ts'
import type { ServiceToServe } from '../runtime.ts'
import type { Framework } from './framework.ts'

export type Built =
  | { is: 'server', file: string }
  /** A folder with `index.html`. */
  | { is: 'page', folder: string }

/** What the start script gives to the framework's own server says where an unusual config has put the build. @throws WATT_RUNTIME_NOT_BUILT, WATT_PATH_OUTSIDE */
export function findBuilt (service: ServiceToServe, framework: Framework): Built {
  const { name, root, folder, entry } = service
  const tried = entry === undefined ? [...startedBuild(service, framework), ...framework.serverBuilds, 'build/client'] : [entry]
  const found = tried.find((path) => hasFile(folder, path) || hasFile(folder, join(path, 'index.html')))
  if (found === undefined) throw errors.WATT_RUNTIME_NOT_BUILT(name, framework.title, tried.join(', '))
  const path = join(folder, found)
  const real = realpathSync(path)
  if (!isInside(root, real)) throw errors.WATT_PATH_OUTSIDE(name, found)
  return statSync(real).isDirectory() ? { is: 'page', folder: real } : { is: 'server', file: path }
}

function startedBuild ({ manifest }: ServiceToServe, { serveProgram }: Framework): string[] {
  const { start } = manifest ?? {}
  if (start?.runs !== 'program' || start.name !== serveProgram) return []
  return expand(start.args, process.env).slice(0, 1)
}

/** Real path of the folder with the files for browsers; undefined: there is none. @throws WATT_PATH_OUTSIDE */
export function filesFolder ({ name, root, folder }: ServiceToServe, path: string): string | undefined {
  if (!existsSync(join(folder, path))) return undefined
  const real = realpathSync(join(folder, path))
  if (!isInside(root, real)) throw errors.WATT_PATH_OUTSIDE(name, path)
  return real
}
