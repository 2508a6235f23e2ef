// One worker of a group: a supervised thread, and what each of its services has said. It is ready when all of them are.
import type { Clock } from '../base/clock.ts'
import type { Switchboard } from '../mesh/mesh.ts'
import { policyOf, type WorkerSpec } from './worker-spec.ts'
import type { WorkerLife, WorkerPolicy } from './worker-state.ts'
import { SupervisedWorker, type Hear, type WorkerExit, type WorkerThread } from './worker.ts'

/** What a service said when it was ready. */
export interface Readiness { runtime: string, reason: string, hasServer: boolean, otherServers: string[] }

/** A thread with several members of the mesh in it. */
export interface GroupThread extends WorkerThread {
  /** Of each service, its number in the mesh. */
  endpoints: ReadonlyMap<string, number>
}

export interface GroupWorkerPorts {
  clock: Clock
  random: () => number
  switchboard: Pick<Switchboard, 'admit' | 'expel'>
  /** @throws WattError when its environment cannot be made */
  spawn: (spec: WorkerSpec, hear: Hear, ready: (service: string, readiness: Readiness) => void) => GroupThread
  /** Of one service, when the worker as a whole is. */
  serviceReady: (worker: GroupWorker, service: string, readiness: Readiness, startedInMs: number) => void
  /** One that was ready without a server has one now. */
  serviceListens: (worker: GroupWorker, service: string, readiness: Readiness) => void
  exited: (worker: GroupWorker, exit: WorkerExit) => void
  restarted: (exit: WorkerExit) => void
  changed: () => void
}

export class GroupWorker {
  /** Resolves when its first thread is ready, or has ended before, with that end. */
  readonly firstStart: Promise<WorkerExit | undefined>
  /** Resolves when its last thread has ended and none follows. */
  readonly stopped: Promise<void>
  /** What its threads are started with, the next one too. */
  readonly spec: WorkerSpec
  readonly #ports: GroupWorkerPorts
  /** The worker's own copy: a new policy is in force at once. */
  readonly #policy: WorkerPolicy
  readonly #worker: SupervisedWorker
  #thread: GroupThread | undefined
  #threadStartedMs = 0
  #lot = 0
  readonly #said = new Map<string, Readiness>()
  #isAnnounced = false
  #lastExit: WorkerExit | undefined

  constructor (spec: WorkerSpec, ports: GroupWorkerPorts) {
    const { clock, random, changed } = ports
    const firstStart = Promise.withResolvers<WorkerExit | undefined>()
    const stopped = Promise.withResolvers<void>()
    this.firstStart = firstStart.promise
    this.stopped = stopped.promise
    this.#ports = ports
    this.spec = spec
    this.#policy = policyOf(spec)
    this.#worker = new SupervisedWorker(this.#policy, {
      clock,
      random,
      spawn: (hear) => this.#spawn(hear),
      admit: (_, startedInMs) => {
        this.#admit(startedInMs)
        firstStart.resolve(undefined)
      },
      expel: () => this.#thread?.endpoints.forEach((endpoint) => ports.switchboard.expel(endpoint)),
      exited: (exit) => {
        this.#lastExit = exit
        ports.exited(this, exit)
        firstStart.resolve(exit)
      },
      changed: () => {
        if (this.life.state === 'stopped') stopped.resolve()
        changed()
      }
    })
  }

  get id (): number { return this.#worker.id }

  get life (): WorkerLife { return this.#worker.life }

  /** Of the thread at hand. */
  get ageMs (): number { return this.#ports.clock.monotonic() - this.#threadStartedMs }

  /** Drawn for the thread at hand, in [0, 1): what is due for many need not be due for all at once. */
  get lot (): number { return this.#lot }

  /** Times and limits of its supervision as its spec has them now. */
  adopt (): void {
    Object.assign(this.#policy, policyOf(this.spec))
  }

  /** Its number in the mesh, if that service of it has a server. */
  callable (service: string): number | undefined {
    return this.#said.get(service)?.hasServer === true ? this.#thread?.endpoints.get(service) : undefined
  }

  drain (): void {
    this.#worker.drain()
  }

  /** Its thread ends at once; it is not started again. */
  kill (): void {
    this.#worker.kill()
  }

  #spawn (hear: Hear): GroupThread {
    const { clock, random, spawn, restarted } = this.#ports
    if (this.#lastExit !== undefined) restarted(this.#lastExit)
    this.#said.clear()
    this.#isAnnounced = false
    this.#thread = undefined
    this.#threadStartedMs = clock.monotonic()
    this.#lot = random()
    const thread = spawn(this.spec, hear, (service, readiness) => {
      // One that was given up may still speak; and users' code may post such a message too.
      if (this.#thread === thread && thread.endpoints.has(service)) this.#hear(service, readiness, hear)
    })
    this.#thread = thread
    return thread
  }

  #hear (service: string, readiness: Readiness, hear: Hear): void {
    if (this.#said.get(service)?.hasServer === true) return
    this.#said.set(service, readiness)
    if (this.#isAnnounced) this.#listens(service, readiness)
    else if (this.#said.size === this.#thread?.endpoints.size) hear('started')
  }

  #admit (startedInMs: number): void {
    const { serviceReady } = this.#ports
    const isFirst = !this.#isAnnounced
    this.#isAnnounced = true
    for (const [service, readiness] of this.#said) {
      this.#admitService(service, readiness)
      if (isFirst) serviceReady(this, service, readiness, startedInMs)
    }
  }

  /** A background service has no one to answer: calls to it wait and fail rather than reach a thread that hears nothing. */
  #admitService (service: string, { hasServer }: Readiness): void {
    const endpoint = this.#thread?.endpoints.get(service)
    if (hasServer && endpoint !== undefined) this.#ports.switchboard.admit(endpoint)
  }

  /** A background service that begins to listen after all. */
  #listens (service: string, readiness: Readiness): void {
    if (!readiness.hasServer) return
    if (this.life.state === 'ready') this.#admitService(service, readiness)
    this.#ports.serviceListens(this, service, readiness)
  }
}
