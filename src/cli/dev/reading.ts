// What `wattapp dev` is to run: read from the manifest at the start, and again whenever that changes.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { AppConfig, ServiceConfig } from '../../api/app-config.ts'
import { threadGroups } from '../../api/thread-group.ts'
import { toAppConfig } from '../../api/to-app-config.ts'
import { withDefaults } from '../../api/defaults.ts'
import { type WattError } from '../../base/error.ts'
import type { Lifetime } from '../../base/lifetime.ts'
import { errors } from '../errors.ts'
import { chooseApp, readInput } from '../input.ts'
import { makeFolders } from '../local/folders.ts'
import { localConfig, localVariablesOf, type Mount } from '../local/mounts.ts'
import { localObjects } from '../local/objects.ts'
import { localVariables } from '../local/variables.ts'
import type { PlacedProblem } from '../manifest.ts'
import { lookAt, type ServiceFolder } from '../project/service.ts'
import { developmentConfig, type DevelopmentOptions } from './development-config.ts'
import { dotenvNames, dotenvVariables } from './dotenv.ts'

export interface ReadOptions extends Pick<DevelopmentOptions, 'isInspected'> {
  app?: string | undefined
  only?: readonly string[] | undefined
  env: Readonly<Record<string, string | undefined>>
  /** What NODE_ENV is for the services. */
  mode: string
  /** Temporary folders go with it. */
  life: Lifetime
  /** The app's root that is in use already. */
  root?: string | undefined
}

export interface DevService {
  config: ServiceConfig
  /** Real path. */
  folder: string
  /** Real path of the one file that it is. */
  file: string | undefined
}

export interface Reading {
  config: AppConfig
  /** Real path. */
  root: string
  mounts: Mount[]
  services: DevService[]
  /** Services whose folders are not there: left out, until the manifest changes or they come. */
  absent: Array<{ error: WattError, path: string }>
  /** Real paths. */
  manifests: string[]
  /** As they are now. @throws WATT_VALUE_NOT_HERE */
  variables: (service: string) => Record<string, string>
}

/** @throws WattError when nothing of it can be run */
export async function readApp (name: string, options: ReadOptions): Promise<Reading | { problems: PlacedProblem[] }> {
  const input = await readInput(name)
  const { app, problems, folder } = chooseApp(input, options.app)
  if (problems.length > 0) return { problems }
  const objects = localObjects(input.manifests)
  const made = await makeFolders(app, folder, objects, options.life, options.root)
  const root = realpathSync(made.root)
  const { mounts } = made
  const { only, isInspected, env, mode } = options
  const whole = localConfig(toAppConfig(app), mounts)
  const stranger = only?.find((name) => whole.services.every((service) => service.name !== name))
  if (stranger !== undefined) throw errors.WATT_SERVICE_NOT_IN_APP(stranger, whole.app, whole.services.map(({ name }) => name).join(', '))
  const config = developmentConfig(whole, { isInspected, only })
  const { spec } = withDefaults(app)
  const services = config.services.map((service) => placeOf(service, root))
  const here = services.filter((service) => 'folder' in service)
  const absent = services.filter((service) => 'error' in service)
  if (here.length === 0 && absent[0] !== undefined) throw absent[0].error
  const present = { ...config, services: here.map(({ config }) => config) }

  function variables (service: string): Record<string, string> {
    const found = here.find(({ config }) => config.name === service)
    const files = found === undefined ? {} : dotenvOf(found, root, env, mode)
    const { values, missing } = localVariables({ services: spec.services.filter(({ name }) => name === service) }, objects, { ...files, ...env })
    if (missing[0] !== undefined) throw missing[0]
    return localVariablesOf({ ...without(files, literalsAround(present, service)), ...values.get(service) }, mounts)
  }

  return { config: present, root, mounts, services: here, absent, manifests: manifestFiles(input.manifests), variables }
}

/** What would run it, as its folder is now; undefined while nothing can be told. */
export function lookAtService ({ config }: DevService, root: string): ServiceFolder | undefined {
  try {
    return lookAt(config, root)
  } catch {
    // A package.json that is no JSON: its worker tells.
    return undefined
  }
}

function dotenvOf (service: DevService, root: string, real: ReadOptions['env'], mode: string): Record<string, string> {
  const read = (folder: string): Array<Record<string, string | undefined>> => dotenvNames(mode).map((name) => readDotenv(join(folder, name)))
  const readsOwn = lookAtService(service, root)?.row?.develop !== undefined
  return dotenvVariables({ root: service.folder === root ? [] : read(root), folder: read(service.folder), readsOwn, real })
}

function readDotenv (file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

/** Names that the manifest gives a value, to the service or to one that shares its environment. */
function literalsAround (config: AppConfig, service: string): Set<string> {
  const group = threadGroups(config).find(({ services }) => services.some(({ name }) => name === service))
  return new Set(group?.services.flatMap(({ env }) => Object.keys(env)))
}

function without (variables: Record<string, string>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.has(name)))
}

function placeOf (config: ServiceConfig, root: string): DevService | Reading['absent'][number] {
  const { name, path } = config
  try {
    const real = realpathSync(join(root, path))
    if (statSync(real).isDirectory()) return { config, folder: real, file: undefined }
    return { config, folder: realpathSync(dirname(join(root, path))), file: real }
  } catch {
    return { error: errors.WATT_SERVICE_FOLDER_MISSING(name, path), path: resolve(root, path) }
  }
}

function manifestFiles (manifests: ReadonlyArray<{ file: string }>): string[] {
  return [...new Set(manifests.map(({ file }) => file))].flatMap((file) => {
    try {
      return [realpathSync(file)]
    } catch {
      return []
    }
  })
}
