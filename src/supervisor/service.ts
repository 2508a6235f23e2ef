// One service's workers: as many as are wanted, each supervised by itself (one-for-one).
import type { ServiceConfig } from '../api/app-config.ts'
import type { ServiceStatus, WorkerStatus } from '../api/app-status.ts'
import type { Clock } from '../base/clock.ts'
import type { Switchboard } from '../mesh/mesh.ts'
import type { Figures } from './sampler.ts'
import { serviceMessage } from './service-message.ts'
import { SupervisedWorker, type Hear, type WorkerExit, type WorkerThread } from './worker.ts'

/** What a thread said when it was ready. */
export interface Readiness { runtime: string, reason: string, hasServer: boolean, otherServers: string[] }

export interface ServicePorts {
  clock: Clock
  random: () => number
  switchboard: Pick<Switchboard, 'admit' | 'expel' | 'setCrashLoop'>
  /** @throws WattError when its environment cannot be made */
  spawn: (service: ServiceConfig, hear: Hear, ready: (readiness: Readiness) => void) => WorkerThread
  figures: (worker: number) => Figures
  abandoned: (service: string) => number
  workerReady: (service: ServiceConfig, worker: number, readiness: Readiness, startedInMs: number) => void
  /** One that was ready without a server has one now. */
  workerListens: (service: ServiceConfig, worker: number, readiness: Readiness) => void
  workerExited: (service: ServiceConfig, exit: WorkerExit) => void
  workerRestarted: (service: ServiceConfig, exit: WorkerExit) => void
  changed: () => void
}

const noReadiness: Readiness = { runtime: '', reason: '', hasServer: true, otherServers: [] }

export class Service {
  readonly config: ServiceConfig
  readonly #ports: ServicePorts
  #workers: SupervisedWorker[] = []
  #desired: number
  #isLeaving = false
  #hasBeenReady = false
  #isSettled = false
  #isInCrashLoop = false
  #readiness = noReadiness
  #lastExit: (WorkerExit & { atMs: number }) | undefined
  #restarts = 0
  #stopped: Array<() => void> = []

  constructor (config: ServiceConfig, ports: ServicePorts) {
    this.config = config
    this.#ports = ports
    this.#desired = config.workers.min
  }

  get hasBeenReady (): boolean { return this.#hasBeenReady }

  /** Those that depend on it need wait no longer: ready once, in crash loop, or too slow once. */
  get isSettled (): boolean { return this.#isSettled }

  get starting (): number { return this.#count('starting') }

  get ready (): number { return this.#count('ready') }

  get size (): number { return this.#workers.length }

  /** Workers still to be added with `add`. */
  get missing (): number {
    return this.#isLeaving ? 0 : Math.max(0, this.#desired - this.#staying().length)
  }

  /** In force at once: the ones too many drain; those that are missing are `add`ed by the tree, as it has room. */
  scale (workers: number): void {
    this.#desired = workers
    // First those that serve nobody, then the youngest: the oldest are warm.
    const byUse = this.#staying().toSorted((a, b) => Number(b.life.state === 'ready') - Number(a.life.state === 'ready') || a.id - b.id)
    byUse.slice(workers).forEach((worker) => worker.drain())
    this.#ports.changed()
  }

  add (): void {
    const { clock, random, switchboard } = this.#ports
    let readiness = noReadiness
    let exit: WorkerExit | undefined
    const worker = new SupervisedWorker(this.config, {
      clock,
      random,
      spawn: (hear) => {
        if (exit !== undefined) {
          this.#restarts++
          this.#ports.workerRestarted(this.config, exit)
        }
        const thread = this.#ports.spawn(this.config, hear, (heard) => {
          // One that was given up may still speak.
          if (worker.id !== thread.id) return
          const isKnown = worker.life.state === 'ready'
          // Users' code may post such a message too; there is nothing new in it.
          if (isKnown && readiness.hasServer) return
          readiness = heard
          if (isKnown) this.#listens(thread.id, heard)
          else hear('started')
        })
        return thread
      },
      admit: ({ id }, startedInMs) => {
        this.#readiness = readiness
        this.#hasBeenReady = this.#isSettled = true
        // A background service has no one to answer: calls to it wait and fail rather than reach a thread that hears nothing.
        if (readiness.hasServer) switchboard.admit(id)
        this.#ports.workerReady(this.config, id, readiness, startedInMs)
      },
      expel: ({ id }) => switchboard.expel(id),
      exited: (heard) => {
        exit = heard
        if (heard.reason !== 'stopped') this.#lastExit = { ...heard, atMs: clock.now() }
        if (heard.isCrashLoop || heard.reason === 'startTimeout') this.#isSettled = true
        this.#ports.workerExited(this.config, heard)
      },
      changed: () => this.#changed()
    })
    this.#workers.push(worker)
    this.#ports.changed()
  }

  /** `stopped` is called when all its workers have ended. */
  drain (stopped: () => void): void {
    this.#isLeaving = true
    this.#stopped.push(stopped)
    for (const worker of [...this.#workers]) worker.drain()
    this.#changed()
  }

  /** As `drain`, at once. */
  kill (): void {
    this.#isLeaving = true
    for (const worker of [...this.#workers]) worker.kill()
  }

  status (): ServiceStatus {
    const { name, required, memoryBytes } = this.config
    const { runtime, reason: runtimeReason, otherServers } = this.#readiness
    const workers = this.#workers.map((worker) => this.#workerStatus(worker))
    const last = this.#lastExit
    const lastExit = last === undefined ? undefined : { reason: last.reason, message: oneLine(last.message), at: new Date(last.atMs).toISOString() }
    return {
      name,
      isolation: this.config.isolation,
      runtime,
      runtimeReason,
      workers,
      desired: this.#desired,
      ready: this.ready,
      restarts: this.#restarts,
      required,
      memoryBytes,
      ...(lastExit !== undefined && { lastExit }),
      message: serviceMessage({
        dependsOn: this.config.dependsOn,
        states: workers.map(({ state }) => state),
        desired: this.#desired,
        isInCrashLoop: this.#isInCrashLoop,
        isLeaving: this.#isLeaving,
        lastExit,
        abandoned: this.#ports.abandoned(name)
      }),
      otherServers
    }
  }

  /** A background service that begins to listen after all. */
  #listens (worker: number, readiness: Readiness): void {
    const { switchboard, workerListens, changed } = this.#ports
    this.#readiness = readiness
    if (!readiness.hasServer) return
    switchboard.admit(worker)
    workerListens(this.config, worker, readiness)
    changed()
  }

  #workerStatus ({ id, life }: SupervisedWorker): WorkerStatus {
    return { id, state: life.state, restarts: life.restarts, ...this.#ports.figures(id) }
  }

  #changed (): void {
    this.#workers = this.#workers.filter(({ life }) => life.state !== 'stopped')
    const staying = this.#staying()
    const isInCrashLoop = staying.length > 0 && staying.every(({ life }) => life.isLooping && life.state !== 'ready')
    if (isInCrashLoop !== this.#isInCrashLoop) {
      this.#isInCrashLoop = isInCrashLoop
      this.#ports.switchboard.setCrashLoop(this.config.name, isInCrashLoop)
    }
    if (this.#isLeaving && this.#workers.length === 0) this.#stopped.splice(0).forEach((stopped) => stopped())
    this.#ports.changed()
  }

  #staying (): SupervisedWorker[] {
    return this.#workers.filter(({ life }) => life.state !== 'draining' && life.state !== 'stopped')
  }

  #count (state: WorkerStatus['state']): number {
    return this.#workers.filter(({ life }) => life.state === state).length
  }
}

/** Status is for everybody who may reach the admin port: no stack traces, no essays. */
function oneLine (message: string): string {
  const [line = ''] = message.split('\n', 1)
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
