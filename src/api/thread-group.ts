// Which services run together: those that name the same thread share each worker, every other has workers of its own.
import type { AppConfig, ServiceConfig } from './app-config.ts'

/** What one worker runs: the unit of supervision, memory and restarts. */
export interface ThreadGroup {
  /** The thread's name, or that of its only service: no two groups share one (the schema sees to it). */
  name: string
  isShared: boolean
  /** At least one; in the order of the manifest. */
  services: [ServiceConfig, ...ServiceConfig[]]
}

/** In the order of each group's first service. */
export function threadGroups ({ services }: Pick<AppConfig, 'services'>): ThreadGroup[] {
  const groups = new Map<string, ThreadGroup>()
  for (const service of services) {
    const name = service.thread ?? service.name
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { name, isShared: service.thread !== undefined, services: [service] })
    else group.services.push(service)
  }
  return [...groups.values()]
}
