// What the next worker of a group is started with, and by which times it is judged: from its services, which share it. Pure.
import { folderOfPackage } from '../api/package-path.ts'
import type { ServiceConfig } from '../api/app-config.ts'
import type { ThreadGroup } from '../api/thread-group.ts'
import type { WorkerPolicy } from './worker-state.ts'

/** Where code is: real paths, looked up before any worker starts. */
export interface Places {
  /** Of the app. */
  root: string
  /** Of each service, its folder. */
  folders: ReadonlyMap<string, string>
  /** Of code that is no longer mounted: where it was, and what its services still take for their folders. */
  copyOf?: Places
}

export interface WorkerSpec {
  group: ThreadGroup
  places: Places
  /** As configured, unless the pod has been resized since. */
  memoryBytes: number
  /** What cannot start is left alone until `Group.restart`. */
  awaitsChange?: boolean
}

export function specOf (group: ThreadGroup, places: Places): WorkerSpec {
  const [{ memoryBytes }] = group.services
  return { group, places, memoryBytes }
}

/** Validation sees to it that `restart` is the same for all; the slowest to start and to leave decides for all. */
export function policyOf ({ group: { services }, awaitsChange = false }: WorkerSpec): WorkerPolicy {
  const [{ restart }] = services
  return { restart, awaitsChange, startTimeoutMs: longest(services, 'startTimeoutMs'), drainTimeoutMs: longest(services, 'drainTimeoutMs') }
}

/** process.cwd(): of the only service its folder; services that share a thread share the app's root. A package runs where npx would run it. */
export function workingFolder ({ group: { isShared, services: [{ name, path }] }, places }: WorkerSpec): string {
  const { root, folders } = places.copyOf ?? places
  if (isShared) return root
  const above = folderOfPackage(path)
  if (above !== undefined) return above === '' ? root : `${root}/${above}`
  return folders.get(name) ?? root
}

function longest (services: readonly ServiceConfig[], field: 'startTimeoutMs' | 'drainTimeoutMs'): number {
  return Math.max(...services.map((service) => service[field]))
}
