// Why an app is refused: an ordered list of checks, most basic first. The first verdict is the Accepted condition.
import { problem, problemText, type Problem } from '../api/problem.ts'
import { validate } from '../api/validate.ts'
import type { WattApp } from '../api/wattapp.ts'
import type { Verdict } from './status/conditions.ts'

/** What the checks need to know of the cluster. */
export interface Surroundings {
  /** File names of `source.configMap`; 'absent' when there is no such ConfigMap, undefined when the app has none. */
  sourceFiles: ReadonlySet<string> | 'absent' | undefined
  /** Objects of names that we would give, and that are not ours. */
  foreign: ReadonlyArray<{ kind: string, name: string }>
}

const checks: ReadonlyArray<(app: WattApp, around: Surroundings) => Problem | undefined> = [
  specInvalid, sourceAbsent, sourceFileAbsent, nameTaken
]

export function refuse (app: WattApp, around: Surroundings): Verdict | undefined {
  const found = checks.values().map((check) => check(app, around)).find((problem) => problem !== undefined)
  return found === undefined ? undefined : { reason: found.reason, message: problemText(found) }
}

/** All that `wattapp validate` says: what the API server let pass (it cannot state every rule), or stored under an older CRD. */
function specInvalid ({ apiVersion, kind, metadata, spec }: WattApp): Problem | undefined {
  return validate({ apiVersion, kind, metadata, spec })[0]
}

function sourceAbsent ({ metadata, spec }: WattApp, { sourceFiles }: Surroundings): Problem | undefined {
  if (sourceFiles !== 'absent') return undefined
  return problem(['spec', 'source', 'configMap', 'name'], 'SourceNotFound',
    `there is no ConfigMap "${spec.source?.configMap.name}" in namespace "${metadata.namespace}"`,
    'create it, or correct the name')
}

function sourceFileAbsent ({ spec }: WattApp, { sourceFiles }: Surroundings): Problem | undefined {
  if (sourceFiles === undefined || sourceFiles === 'absent') return undefined
  const index = spec.services.findIndex(({ path }) => path !== '.' && !sourceFiles.has(path))
  if (index === -1) return undefined
  return problem(['spec', 'services', index, 'path'], 'SourceFileNotFound',
    `the ConfigMap "${spec.source?.configMap.name}" has no key "${spec.services[index]?.path}" (it has ${[...sourceFiles].toSorted().join(', ') || 'none'})`,
    'add the file to the ConfigMap, or correct the path')
}

function nameTaken (_: WattApp, { foreign }: Surroundings): Problem | undefined {
  if (foreign.length === 0) return undefined
  return problem(['metadata', 'name'], 'NameConflict',
    `${foreign.map(({ kind, name }) => `${kind} "${name}"`).join(' and ')} exists and is not this app's; it is left alone`,
    'delete it, or give the app another name')
}
