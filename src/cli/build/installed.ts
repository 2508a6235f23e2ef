// Whether the packages that a folder's package.json names are there, before a tool complains of them in words of its own.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WattError } from '../../base/error.ts'
import { fieldsOf, type Fields } from '../draft/loose.ts'
import { errors } from '../errors.ts'
import { installCommand, upwards, type PackageManager } from '../project/package-manager.ts'
import { findPackage } from './package-closure.ts'

export interface FolderToCheck {
  /** For the message: `service "web"`. */
  who: string
  json: Fields | undefined
  /** Relative to `base`. */
  folder: string
  base: string
  manager: PackageManager
  /** It is built: what only building needs is needed too. */
  isBuilt: boolean
}

export function packagesMissing ({ who, json, folder, base, manager, isBuilt }: FolderToCheck): WattError | undefined {
  const optional = fieldsOf(json?.optionalDependencies)
  const wanted = Object.keys({ ...fieldsOf(json?.dependencies), ...(isBuilt && fieldsOf(json?.devDependencies)) }).filter((name) => !(name in optional))
  const missing = wanted.filter((name) => !name.startsWith('@types/') && findPackage(join(base, folder), name) === undefined)
  if (missing.length === 0) return undefined
  const archives = upwards(folder).map((above) => join(above, '.pnp.cjs')).find((file) => existsSync(join(base, file)))
  if (archives !== undefined) return errors.WATT_BUILD_PLUG_AND_PLAY(who, archives)
  const shown = missing.length > 5 ? `${missing.slice(0, 4).join(', ')} and ${missing.length - 4} more` : missing.join(', ')
  const place = manager.lockfile?.split('/').slice(0, -1).join('/') ?? folder
  return errors.WATT_BUILD_PACKAGES_MISSING(who, `${shown} ${missing.length === 1 ? 'is' : 'are'}`, place === '' || place === '.' ? base : join(base, place), installCommand(manager).join(' '))
}
