// From what a worker is to be to a thread that runs it: environment, arguments, what its entry is told.
import type { AppConfig } from '../api/app-config.ts'
import type { ThreadData } from '../runtimes/thread.ts'
import { workerEnvironment } from './environment.ts'
import type { GroupWorkerPorts } from './group-worker.ts'
import type { Inspection } from './inspection.ts'
import type { Start, StartedThread } from './threads.ts'
import { workingFolder } from './worker-spec.ts'

export interface SpawnPorts {
  config: Pick<AppConfig, 'app' | 'tracing'>
  isDevelopment: boolean
  /** What every service sees. */
  baseEnv: Record<string, string>
  inspection?: Inspection | undefined
  /** Read at each start: a rotated Secret reaches the next worker. @throws WattError when one that is not optional is missing */
  fileEnv: (service: string) => Record<string, string>
  start: (start: Start) => StartedThread
}

export function spawnWith ({ config: { app, tracing }, isDevelopment, baseEnv, fileEnv, inspection, start }: SpawnPorts): GroupWorkerPorts['spawn'] {
  return (spec, hear, ready) => {
    const { group: { name, services }, places: { root, folders }, memoryBytes } = spec
    const [{ args: argv }] = services
    const names = services.map((service) => service.name)
    const files: Record<string, string> = Object.assign({}, ...names.map(fileEnv))
    const data = {
      app,
      name,
      root,
      folder: workingFolder(spec),
      isDevelopment,
      tracing: tracing && { samplingRatio: tracing.samplingRatio }
    } satisfies Partial<ThreadData>
    return start({
      kind: 'service',
      name,
      services: names,
      memoryBytes,
      blockedTimeoutMs: Math.min(...services.map(({ health }) => health.blockedTimeoutMs)),
      env: workerEnvironment(services, baseEnv, files),
      argv,
      processFolder: services.some(({ isolation }) => isolation === 'process') ? data.folder : undefined,
      data: (endpoints) => ({
        ...data,
        services: endpoints.flatMap(({ service: member, id: endpoint, mesh }) => services.filter((service) => service.name === member)
          .map((service) => ({ service, folder: folders.get(member) ?? root, endpoint, mesh, ...(inspection?.stops(member) === true && { waits: true as const }) })))
      } satisfies Omit<ThreadData, 'worker' | 'page'>),
      hear,
      message: (message) => { if (message.type === 'ready') ready(message.service, message) }
    })
  }
}
