// The applications of a Watt project: services, web and applications in one list, then what autoload finds. As Watt 3.67 merges them.
import { appName } from '../draft/names.ts'
import type { Unequal } from '../draft/draft.ts'
import { fieldsOf, inside, listOf, textOf, textsOf, type Fields } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { findWattFile, isRuntime, moduleByDependencies, moduleOf, readWattFile } from './watt-file.ts'

export interface Application {
  id: string
  /** Where it is declared: `services[0]`, `autoload "web"`. */
  where: string
  /** Relative to the project. */
  folder: string
  /** Its entry in the project's file. */
  fields: Fields
  /** Path and content of its own configuration file, as it stands; `{}` when there is none. */
  file: string | undefined
  config: Fields
  /** `node`, `gateway`, `next`, … */
  module: string
  packageJson: Fields | undefined
}

export interface Found { applications: Application[], leftOut: string[], unsupported: Unequal[] }

interface Entry { where: string, fields: Fields }

/** Fills a configuration's placeholders. */
export type Fill = (config: Fields) => Fields

/** @throws WATT_PROJECT_NAME_TWICE, WATT_PROJECT_FILE_BROKEN, WATT_PROJECT_FORMAT_NOT_READ */
export function applicationsOf (tree: Tree, runtime: Fields, fill: Fill): Found {
  const found: Found = { applications: [], leftOut: [], unsupported: [] }
  for (const { where, fields } of entriesOf(tree, runtime)) {
    const id = textOf(fields.id) ?? ''
    const folder = folderOf(tree, runtime, id, where, fields, found)
    if (folder === undefined) continue
    if (!isEnabled(fields.enabled)) {
      found.leftOut.push(`${id} (${folder}) is left out: it is not enabled in production.`)
      continue
    }
    const twin = found.applications.find((other) => other.id === id)
    if (twin !== undefined) throw errors.WATT_PROJECT_NAME_TWICE(id, `${twin.where} (${twin.folder})`, `${where} (${folder})`)
    const named = textOf(fields.config)
    const isThere = named === undefined || tree.has(inside(folder, named) ?? '')
    if (!isThere) found.unsupported.push({ path: `${where}.config`, value: named, reason: `there is no such file in ${folder}`, remedy: 'correct the name, and import again; the folder is taken as it is' })
    found.applications.push({ id, where, folder, fields, ...configOf(tree, folder, isThere ? named : undefined, fill) })
  }
  return found
}

/** The file of one application, as a project of its own: Watt wraps it in the same way. */
export function singleApplication (tree: Tree, file: string, config: Fields): { runtime: Fields, application: Application } {
  const packageJson = packageOf(tree, '.')
  const id = appName(textOf(packageJson?.name), 'main')
  const { application = {}, ...runtime } = fieldsOf(config.runtime)
  // The rest are options of Platformatic's own Fastify server.
  const server = Object.fromEntries(Object.entries(fieldsOf(config.server)).filter(([field]) => ['hostname', 'port', 'http2', 'https'].includes(field)))
  return {
    runtime: { server, ...runtime, entrypoint: id },
    application: { id, where: 'runtime.application', folder: '.', fields: fieldsOf(application), file, config, module: moduleOf(config) ?? moduleByDependencies(packageJson ?? {}), packageJson }
  }
}

function entriesOf (tree: Tree, runtime: Fields): Entry[] {
  const listed = ['applications', 'services', 'web'].flatMap((field) => listOf(runtime[field]).map((entry, index) => ({ where: `${field}[${index}]`, fields: fieldsOf(entry) })))
  const autoload = fieldsOf(runtime.autoload)
  const path = textOf(autoload.path)
  if (path === undefined) return listed
  const exclude = textsOf(autoload.exclude)
  const folder = inside(path)
  const entries = [...listed]
  for (const name of folder === undefined ? [] : tree.folders(folder)) {
    if (exclude.includes(name)) continue
    const mapping = fieldsOf(fieldsOf(autoload.mappings)[name])
    const fields = { id: name, path: `${folder}/${name}`, ...mapping }
    const twin = entries.findIndex((entry) => entry.fields.id === fields.id)
    const other = entries[twin]
    // One that is listed too is the same application when it says no other path.
    if (other === undefined) entries.push({ where: `autoload "${name}"`, fields })
    else if (textOf(other.fields.path) === undefined || inside(String(other.fields.path)) === inside(fields.path)) entries[twin] = { where: other.where, fields: { ...fields, ...other.fields } }
    else throw errors.WATT_PROJECT_NAME_TWICE(String(fields.id), `${other.where} (${String(other.fields.path)})`, fields.path)
  }
  return entries
}

function folderOf (tree: Tree, runtime: Fields, id: string, where: string, fields: Fields, { leftOut, unsupported }: Found): string | undefined {
  const path = textOf(fields.path)
  const url = textOf(fields.url)
  if (id === '') {
    unsupported.push({ path: where, value: fields, reason: 'the application has no id', remedy: 'give it an id, and import again' })
    return undefined
  }
  // Where `wattpm resolve` puts what comes from elsewhere.
  const external = `${textOf(runtime.resolvedApplicationsBasePath) ?? textOf(runtime.resolvedServicesBasePath) ?? 'external'}/${id}`
  const folder = path !== undefined ? inside(path) : url !== undefined && tree.folders(external).length + Number(tree.has(`${external}/package.json`)) > 0 ? inside(external) : undefined
  if (folder === undefined && url !== undefined) leftOut.push(`${id} is left out: its code is elsewhere, at ${url}.`)
  if (url !== undefined && path === undefined) {
    unsupported.push({
      path: `${where}.url`,
      value: url,
      reason: folder === undefined ? 'the code of a service is a folder of the app: nothing is fetched' : `nothing is fetched: its copy in ${folder} is taken`,
      remedy: folder === undefined ? `fetch it (\`wattpm-utils resolve\` puts it into ${external}), and import again` : 'fetch it where the image is built'
    })
  } else if (folder === undefined || path?.startsWith('/') === true || path?.startsWith('{') === true) {
    unsupported.push({
      path: `${where}.path`,
      value: path,
      reason: path?.startsWith('{') === true ? 'the placeholder has no value in .env' : 'the path leads out of the project, and one image holds all services',
      remedy: path?.startsWith('{') === true ? 'write the value into .env or the path into the file, and import again' : 'move the folder into the project, or import from the folder above both'
    })
    return undefined
  }
  return folder
}

function configOf (tree: Tree, folder: string, named: string | undefined, fill: Fill): Pick<Application, 'file' | 'config' | 'module' | 'packageJson'> {
  const packageJson = packageOf(tree, folder)
  const file = named === undefined ? findWattFile(tree, folder) : inside(folder, named)
  const config = file === undefined ? {} : fill(readWattFile(tree, file))
  const module = moduleOf(config) ?? moduleByDependencies(packageJson ?? {})
  // A project within a project: its applications are not ours to find.
  return { file, config, module: isRuntime(config) && module === 'runtime' ? 'project' : module, packageJson }
}

/** As in production: that is what a cluster runs. */
function isEnabled (enabled: unknown): boolean {
  if (typeof enabled === 'string') return enabled !== 'false'
  if (typeof enabled === 'object' && enabled !== null) return fieldsOf(enabled).production !== false
  return enabled !== false
}
