// What `wattapp detect` says of a service: for people and for programs.
import { join } from 'node:path'
import { WattError } from '../../base/error.ts'
import type { RuntimeName } from '../../api/app-config.ts'
import { packageOf } from '../draft/tree.ts'
import type { Fields } from '../draft/loose.ts'
import { errors } from '../errors.ts'
import { unservedFramework } from '../init/kind.ts'
import { buildStepOf } from './build-step.ts'
import { packageManagerOf } from './package-manager.ts'
import type { Project } from './base.ts'
import { lookAt, within, type NamedService, type ServiceFolder } from './service.ts'

export interface Detected {
  service: string
  path: string
  runtime: RuntimeName | null
  reason: string
  /** Relative to the service's folder. */
  entry: string | null
  build: { command: string, by: 'script' | 'framework', script: string, folder: string, outputs: readonly string[] } | null
  production: string
  development: string
  notes: string[]
  problem?: { code: string, message: string, remedy: string }
}

export function detectService (service: NamedService, root: string, project: Project, basePath: string): Detected {
  const { name, path } = service
  try {
    const found = lookAt(service, root)
    return described(service, found, root, project, basePath)
  } catch (thrown) {
    if (!(thrown instanceof WattError)) throw thrown
    const { code, message, hint: remedy } = thrown
    return { service: name, path, runtime: null, reason: '', entry: null, build: null, production: '', development: '', notes: [], problem: { code, message, remedy } }
  }
}

function described ({ name, path, entry }: NamedService, found: ServiceFolder, root: string, project: Project, basePath: string): Detected {
  const { candidate, row, packageFolder, isThere, hasEntry } = found
  const folder = packageFolder === undefined ? undefined : within(project.base, packageFolder)
  const json = folder === undefined ? undefined : packageOf(project.tree, folder)
  const step = folder === undefined || isWorkspaceRoot(project, folder)
    ? undefined
    : buildStepOf({ json, manager: packageManagerOf(project.tree, folder), build: packageFolder === found.folder ? row?.build : undefined, basePath })
  if (!isThere && step === undefined) throw errors.WATT_SERVICE_FOLDER_MISSING(name, path)
  if (candidate === undefined && step === undefined) throw errors.WATT_NOTHING_TO_RUN(name, join(root, path), json === undefined ? 'no package.json' : 'a package.json', found.tried)
  const isBuilt = step !== undefined
  return {
    service: name,
    path,
    runtime: candidate?.runtime ?? null,
    reason: candidate?.reason ?? (isThere ? 'nothing there can be run yet: build it' : 'it is not there yet: build it'),
    entry: found.entry === undefined ? null : hasEntry || found.file !== undefined ? found.entry : `${found.entry} (not there${isBuilt ? ' yet' : ''})`,
    build: step === undefined ? null : { command: step.shown, by: step.by, script: step.script, folder: folder ?? '.', outputs: row?.build?.outputs ?? [] },
    production: isBuilt ? 'what the build wrote' : candidate?.runtime === 'static' ? 'its files, as they are' : 'its code, as it is',
    development: row?.develop === undefined || row.isRestarted === true ? 'a new worker at each change of a file' : `${row.name}'s own development server`,
    notes: [...doubts(found, json), ...step?.notes ?? [], ...missingEntry(found, entry, isBuilt)]
  }
}

/** The script of a workspace's root builds the workspace, not the service. */
export function isWorkspaceRoot ({ isWorkspace }: Project, folder: string): boolean {
  return isWorkspace && folder === '.'
}

/** What a person should know of how the folder is taken: that it may be meant otherwise. */
export function doubts (found: ServiceFolder, json: Fields | undefined): string[] {
  return [...ambiguity(found), ...unknown(json, found.candidate?.runtime)]
}

function ambiguity ({ others, candidate }: ServiceFolder): string[] {
  return others.map(({ runtime, reason }) => `it also looks like ${runtime}, as ${reason}; ${candidate?.runtime ?? 'the other'} is taken. Should ${runtime} be meant, write \`runtime: ${runtime}\``)
}

function unknown (json: Fields | undefined, runtime: RuntimeName | undefined): string[] {
  const framework = unservedFramework(json)
  return framework === undefined || (runtime !== 'node' && runtime !== 'static' && runtime !== undefined)
    ? []
    : [`${framework} has no runtime of its own here: it is run as any program. Build it with its Node.js server, and name the file that starts that in \`entry\``]
}

function missingEntry ({ candidate, hasEntry, file, manifest, entry }: ServiceFolder, asked: string | undefined, isBuilt: boolean): string[] {
  if (candidate === undefined || candidate.runtime === 'static' || hasEntry || file !== undefined || isBuilt || entry === undefined) return []
  return [`${entry} is not there: ${asked === undefined && manifest !== undefined ? 'package.json names it' : 'the service names it'}`]
}
