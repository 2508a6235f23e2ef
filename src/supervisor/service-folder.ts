// Where a service's code is, links followed: always inside of the app's root.
import { realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { ServiceConfig } from '../api/app-config.ts'
import { errors } from './errors.ts'
import type { Places } from './worker-spec.ts'

/** @param root a real path. @throws as `serviceFolder` */
export async function findPlaces (services: ReadonlyArray<Pick<ServiceConfig, 'name' | 'path'>>, root: string): Promise<Places> {
  const folders = new Map<string, string>()
  for (const service of services) folders.set(service.name, await serviceFolder(service, root))
  return { root, folders }
}

/**
 * The real path of the service's folder, or of the folder that holds its file.
 * A file of a mounted ConfigMap is a link into a folder that the kubelet replaces at each change: the folder of the link stays.
 * @param root a real path
 * @throws WATT_SERVICE_PATH_MISSING, WATT_SERVICE_PATH_OUTSIDE
 */
export async function serviceFolder ({ name, path }: Pick<ServiceConfig, 'name' | 'path'>, root: string): Promise<string> {
  const place = join(root, path)
  const real = await realpath(place).catch(() => { throw errors.WATT_SERVICE_PATH_MISSING(name, path, root) })
  const folder = (await stat(real)).isDirectory() ? real : await realpath(dirname(place))
  for (const one of [real, folder]) if (!isInside(one, root)) throw errors.WATT_SERVICE_PATH_OUTSIDE(name, path, one, root)
  return folder
}

function isInside (path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}
