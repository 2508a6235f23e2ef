// One service of a worker: its place in the mesh, the servers that it starts, and how it is reported and ended.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { basePathOf } from '../api/base-path.ts'
import { systemClock } from '../base/clock.ts'
import { patientHold } from '../mesh/hold.ts'
import { joinMesh } from '../mesh/join.ts'
import type { Door } from '../mesh/carry/door.ts'
import type { Enter, Mesh } from '../mesh/mesh.ts'
import type { Neighbours } from '../mesh/neighbours.ts'
import { createListenCatch, type ListenCatch } from '../mesh/serve/listen.ts'
import { createObserver, type Observer } from '../telemetry/record/observer.ts'
import type { Recorder } from '../telemetry/record/recorder.ts'
import { createPlatformatic, type Platformatic } from './platformatic/global.ts'
import { waitForDebugger } from './first-line.ts'
import { ServerWatch } from './server-watch.ts'
import { StartReport } from './start-report.ts'
import { start } from './start.ts'
import type { HostedService, ThreadData, ThreadMessage } from './thread.ts'

/** Of the worker; the same for all its services. */
export interface Worker extends Pick<ThreadData, 'root' | 'tracing' | 'isDevelopment'> {
  recorder: Recorder
  post: (message: ThreadMessage) => void
  door: Door | undefined
  /** Where several services share the worker: they know each other, and whose code runs. */
  shared: SharedWorker | undefined
}

export interface SharedWorker {
  neighbours: Neighbours
  enterOf: (resident: Resident) => Enter
  /** Files that run. */
  entries: Set<string>
}

const asItIs: Enter = (run, ...args) => run(...args)

export class Resident {
  readonly name: string
  readonly observer: Observer
  readonly mesh: Mesh
  readonly caught: ListenCatch
  readonly report: StartReport
  /** Runs code as this service's own. */
  readonly enter: Enter
  readonly #hosted: HostedService
  readonly #worker: Worker
  readonly #port: number
  readonly #watch: ServerWatch
  #platformatic: Platformatic | undefined
  #close = async (): Promise<void> => {}

  /** @param port where its code listens, unless it says otherwise */
  constructor (hosted: HostedService, port: number, worker: Worker) {
    const { service, endpoint, mesh: meshPort } = hosted
    const { recorder, tracing, post, door, shared } = worker
    this.name = service.name
    this.#hosted = hosted
    this.#worker = worker
    this.#port = port
    this.report = new StartReport(service.name, service.path, post)
    const enter = this.enter = shared?.enterOf(this) ?? asItIs
    const observer = createObserver({ service: service.name, recorder, tracing, post })
    this.observer = shared === undefined ? observer : { ...observer, within: (context, run) => enter(() => observer.within(context, run)) }
    const { neighbours } = shared ?? {}
    this.mesh = enter(() => joinMesh({
      service: service.name,
      worker: endpoint,
      port: meshPort,
      observer: this.observer,
      ...(worker.isDevelopment && { hold: patientHold }),
      ...(door !== undefined && { door }),
      ...(neighbours !== undefined && { neighbours, enter })
    }))
    this.caught = createListenCatch({ service: service.name, port, changed: () => this.#watch.changed() })
    this.#watch = new ServerWatch({ service: service.name, caught: this.caught, port, named: service.port, clock: systemClock })
    // Only a server that callers can reach, or the service's own work, keeps the worker alive.
    meshPort.unref()
  }

  get drainTimeoutMs (): number {
    return this.#hosted.service.drainTimeoutMs
  }

  /** For code that was written for Watt. */
  get platformatic (): Platformatic {
    const { service, folder, endpoint } = this.#hosted
    this.#platformatic ??= createPlatformatic({ name: service.name, worker: endpoint, folder, basePath: basePathOf(service.routes) })
    return this.#platformatic
  }

  /** Resolves once it is ready. */
  async start (): Promise<void> {
    const { report } = this
    const { service, folder, mesh: meshPort } = this.#hosted
    const { root, isDevelopment, post, shared } = this.#worker
    report.open()
    process.env.PORT = String(this.#port)
    this.#close = await start({
      service,
      isDevelopment,
      root,
      folder,
      port: this.#port,
      caught: this.caught,
      watch: this.#watch,
      mesh: this.mesh,
      clock: systemClock,
      post,
      found: (file) => this.#runs(file),
      forks: (fork) => { if (shared === undefined) this.caught.fork = fork },
      ran: (exported) => { report.exported = exported },
      joined: () => meshPort.ref()
    })
    report.close()
  }

  #runs (file: string): { isRunning: boolean } {
    this.report.file = file
    const { root, shared, post } = this.#worker
    const { waits, service } = this.#hosted
    if (shared === undefined && waits === undefined) return { isRunning: false }
    const path = realpathSync(join(root, file))
    if (waits === true) waitForDebugger(service.name, path, post)
    if (shared === undefined) return { isRunning: false }
    const isRunning = shared.entries.has(path)
    shared.entries.add(path)
    return { isRunning }
  }

  /** Its own end, before the worker's. */
  async close (): Promise<void> {
    this.#platformatic?.events.emit('close')
    await this.#close()
  }
}
