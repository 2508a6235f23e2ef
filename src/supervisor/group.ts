// What runs together (one service, or those that share a thread): as many workers as are wanted, each supervised by itself
// (one-for-one), and replaced one by one without a lost request.
import type { ServiceConfig } from '../api/app-config.ts'
import type { ServiceStatus } from '../api/app-status.ts'
import type { ThreadGroup } from '../api/thread-group.ts'
import type { Clock } from '../base/clock.ts'
import type { Gate } from '../base/gate.ts'
import type { Switchboard } from '../mesh/mesh.ts'
import { GroupWorker, type GroupWorkerPorts, type Readiness } from './group-worker.ts'
import { serviceStatus } from './service-status.ts'
import type { Figures } from './sampler.ts'
import type { WorkerSpec } from './worker-spec.ts'
import type { WorkerExit } from './worker.ts'

export interface GroupPorts {
  clock: Clock
  random: () => number
  switchboard: Pick<Switchboard, 'admit' | 'expel' | 'setCrashLoop'>
  spawn: GroupWorkerPorts['spawn']
  /** One replacement at a time over the whole pod: the memory plan has room for one more worker. */
  surge: Gate
  figures: (worker: number) => Figures
  /** Threads of that name that survived `terminate()`. */
  abandoned: (name: string) => number
  /** What threads of that name do to all others through the libuv pool. */
  flooding: (name: string) => string | undefined
  serviceReady: (service: string, worker: number, readiness: Readiness, startedInMs: number) => void
  serviceListens: (service: string, worker: number, readiness: Readiness) => void
  workerExited: (name: string, exit: WorkerExit) => void
  /** One that was to take another's place; the other stays. */
  newcomerExited: (name: string, exit: WorkerExit) => void
  workerRestarted: (name: string, exit: WorkerExit) => void
  changed: () => void
}

/** A worker that was to take another's place did not become ready; the other stays. */
export class ReplacementFailed extends Error {
  readonly exit: WorkerExit

  constructor (name: string, exit: WorkerExit) {
    super(`service "${name}" did not become ready: ${exit.reason}: ${exit.message}`)
    this.exit = exit
  }
}

/** The pod drains, or something newer is wanted: what was to become of its workers no longer matters. */
export class ReplacementGivenUp extends Error {}

/** How long a restart waits for what is in flight: longer than most answers take, shorter than a person notices. */
const patienceMs = 250

interface ReplaceOptions {
  /** What the old one is held to have ended of: it counts as a restart. */
  because?: WorkerExit | undefined
  /** Gives it up. */
  signal?: AbortSignal | undefined
}

export class Group {
  readonly name: string
  readonly #ports: GroupPorts
  readonly #workerPorts: GroupWorkerPorts
  /** Workers of one make share it: what they are is told by which one they have. */
  #spec: WorkerSpec
  /** Of those that take their place, while they are replaced. */
  #nextSpec: WorkerSpec | undefined
  #workers: GroupWorker[] = []
  /** Of those: to take another's place, and not ready yet. */
  readonly #newcomers = new Set<GroupWorker>()
  #desired: number
  /** Restarts that wait for old workers to end: none is added meanwhile. */
  #pauses = 0
  #isLeaving = false
  #hasBeenReady = false
  #isSettled = false
  #isInCrashLoop = false
  readonly #readiness = new Map<string, Readiness>()
  #lastExit: (WorkerExit & { atMs: number }) | undefined
  #restarts = 0
  #lastChange: Promise<unknown> = Promise.resolve()
  #stopped: Array<() => void> = []

  constructor (spec: WorkerSpec, ports: GroupPorts) {
    const { group: { name, services: [{ workers }] } } = spec
    this.name = name
    this.#spec = { ...spec }
    this.#desired = workers.min
    this.#ports = ports
    const { clock, random, switchboard, spawn } = ports
    this.#workerPorts = {
      clock,
      random,
      switchboard,
      spawn,
      serviceReady: (worker, service, readiness, startedInMs) => {
        this.#hasBeenReady = this.#isSettled = true
        this.#readiness.set(service, readiness)
        ports.serviceReady(service, worker.id, readiness, startedInMs)
      },
      serviceListens: (worker, service, readiness) => {
        this.#readiness.set(service, readiness)
        ports.serviceListens(service, worker.id, readiness)
        ports.changed()
      },
      exited: (worker, exit) => this.#exited(worker, exit),
      restarted: (exit) => {
        this.#restarts++
        ports.workerRestarted(name, exit)
      },
      changed: () => this.#changed()
    }
  }

  get group (): ThreadGroup { return this.#spec.group }

  get services (): ThreadGroup['services'] { return this.#spec.group.services }

  get hasBeenReady (): boolean { return this.#hasBeenReady }

  /** Those that depend on it need wait no longer: ready once, in crash loop, or too slow once. */
  get isSettled (): boolean { return this.#isSettled }

  /** Workers that start, and began to less than so many milliseconds ago. */
  startingSince (ms: number): number { return this.#workers.filter(({ life, ageMs }) => life.state === 'starting' && ageMs < ms).length }

  get desired (): number { return this.#desired }

  get memoryBytes (): number { return this.#spec.memoryBytes }

  /** Those that stay: neither leaving, nor waiting to take another's place. */
  get workers (): readonly GroupWorker[] {
    return this.#workers.filter((worker) => worker.life.state !== 'draining' && worker.life.state !== 'stopped' && !this.#newcomers.has(worker))
  }

  /** Threads that take memory now, whatever their state. */
  get size (): number { return this.#workers.length }

  /** Workers still to be added with `add`. */
  get missing (): number {
    return this.#isLeaving || this.#pauses > 0 ? 0 : Math.max(0, this.#desired - this.workers.length)
  }

  add (): void {
    this.#start(this.#spec)
    this.#ports.changed()
  }

  /** In force at once: the ones too many drain; those that are missing are `add`ed by the tree, as it has room. */
  scale (workers: number): void {
    this.#desired = workers
    this.#trim()
    this.#ports.changed()
  }

  /** Keeps the number of workers within other bounds. */
  bound ({ min, max }: ServiceConfig['workers']): void {
    this.scale(Math.min(max, Math.max(min, this.#desired)))
  }

  /** For threads that start from now on; times and limits of supervision at once. */
  adopt (change: Partial<WorkerSpec>): void {
    for (const spec of [this.#spec, this.#nextSpec]) if (spec !== undefined) Object.assign(spec, change)
    this.#workers.forEach((worker) => worker.adopt())
  }

  /**
   * Replaces all workers, one at a time: the new one becomes ready and is admitted, then the old one is expelled and drained.
   * @param signal gives it up
   * @throws ReplacementFailed, ReplacementGivenUp; workers that were replaced by then are replaced once more, by such as they were
   */
  roll (change: Partial<WorkerSpec>, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#spec
      const after = this.#nextSpec = { ...before, ...change }
      try {
        await this.#replaceAll(after, signal)
        this.#spec = after
      } catch (thrown) {
        // What then fails as well is told by `newcomerExited`: there is nothing better to go back to.
        await this.#replaceAll(before).catch(() => {})
        throw thrown
      } finally {
        this.#nextSpec = undefined
      }
    })
  }

  /**
   * New workers in place of all: the ones at hand are called no more from now on, so that nobody is answered by what was before.
   * Resolves when the new ones may start: they wait for the others to end, since both may want one file or port, but not for long.
   */
  async restart (): Promise<void> {
    // What is being rolled in knows better which make is next.
    if (this.#nextSpec !== undefined) await this.#lastChange
    if (this.#isLeaving) return
    this.#pauses++
    for (const worker of this.workers) worker.drain()
    const ended = Promise.all(this.#workers.map(({ stopped }) => stopped))
    const enough = Promise.withResolvers<void>()
    const timer = this.#ports.clock.after(patienceMs, enough.resolve, { unref: true })
    await Promise.race([ended, enough.promise])
    timer.cancel()
    this.#pauses--
    this.#changed()
  }

  /** A ceiling of its own, whatever is configured: the pod has more or less memory than it began with. @throws as `roll` */
  async setMemory (memoryBytes: number): Promise<void> {
    if (memoryBytes !== this.#spec.memoryBytes) await this.roll({ memoryBytes })
  }

  /**
   * One worker by another like it. Nothing to do when it is about to go. @throws ReplacementFailed; it stays then
   * @param because what it is held to have ended of: it counts as a restart
   */
  replace (worker: GroupWorker, because?: WorkerExit): Promise<void> {
    return this.#inTurn(() => this.#replace(worker, this.#spec, { because }))
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

  status (): ServiceStatus[] {
    const { group, memoryBytes } = this.#spec
    const workers = this.#workers.map((worker) => ({ id: worker.id, state: worker.life.state, restarts: worker.life.restarts, ...this.#ports.figures(worker.id) }))
    return group.services.map((service) => serviceStatus(service, {
      readiness: this.#readiness.get(service.name),
      workers,
      desired: this.#desired,
      restarts: this.#restarts,
      memoryBytes,
      lastExit: this.#lastExit,
      isInCrashLoop: this.#isInCrashLoop,
      isLeaving: this.#isLeaving,
      abandoned: this.#ports.abandoned(this.name),
      flooding: this.#ports.flooding(this.name)
    }))
  }

  #start (spec: WorkerSpec): GroupWorker {
    const worker = new GroupWorker(spec, this.#workerPorts)
    this.#workers.push(worker)
    return worker
  }

  #exited (worker: GroupWorker, exit: WorkerExit): void {
    const { clock, newcomerExited, workerExited } = this.#ports
    if (this.#newcomers.has(worker)) {
      if (exit.reason !== 'stopped') newcomerExited(this.name, exit)
      return
    }
    if (exit.reason !== 'stopped') this.#lastExit = { ...exit, atMs: clock.now() }
    if (exit.isCrashLoop || exit.reason === 'startTimeout') this.#isSettled = true
    workerExited(this.name, exit)
  }

  #inTurn (change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change)
    this.#lastChange = done.catch(() => {})
    return done
  }

  async #replaceAll (spec: WorkerSpec, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const old = this.workers.find((worker) => worker.spec !== spec)
      if (this.#isLeaving) throw new ReplacementGivenUp()
      if (old === undefined) return
      if (signal?.aborted === true) throw new ReplacementGivenUp()
      await this.#replace(old, spec, { signal })
    }
  }

  #replace (old: GroupWorker, spec: WorkerSpec, { because, signal }: ReplaceOptions): Promise<void> {
    return this.#ports.surge.run(async () => {
      if (this.#isLeaving || signal?.aborted === true || !this.workers.includes(old)) return
      const newcomer = this.#start(spec)
      this.#newcomers.add(newcomer)
      this.#ports.changed()
      const giveUp = (): void => newcomer.drain()
      signal?.addEventListener('abort', giveUp)
      const exit = await newcomer.firstStart
      signal?.removeEventListener('abort', giveUp)
      if (exit !== undefined) newcomer.drain()
      else {
        this.#newcomers.delete(newcomer)
        if (because !== undefined) this.#countRestart(because)
        old.drain()
        // Fewer may be wanted by now.
        this.#trim()
      }
      // Whoever comes next takes the place that one of them leaves.
      await (exit === undefined ? old : newcomer).stopped
      this.#newcomers.delete(newcomer)
      // Whoever gave it up knows.
      if (exit !== undefined && exit.reason !== 'stopped') throw new ReplacementFailed(this.name, exit)
    })
  }

  #countRestart (exit: WorkerExit): void {
    const { clock, workerRestarted } = this.#ports
    this.#lastExit = { ...exit, atMs: clock.now() }
    this.#restarts++
    workerRestarted(this.name, exit)
  }

  #trim (): void {
    // First those that serve nobody, then the youngest: the oldest are warm.
    const byUse = this.workers.toSorted((a, b) => Number(b.life.state === 'ready') - Number(a.life.state === 'ready') || a.id - b.id)
    byUse.slice(this.#desired).forEach((worker) => worker.drain())
  }

  #changed (): void {
    this.#workers = this.#workers.filter(({ life }) => life.state !== 'stopped')
    const staying = this.workers
    const isInCrashLoop = staying.length > 0 && staying.every(({ life }) => life.isLooping && life.state !== 'ready')
    if (isInCrashLoop !== this.#isInCrashLoop) {
      this.#isInCrashLoop = isInCrashLoop
      this.services.forEach(({ name }) => this.#ports.switchboard.setCrashLoop(name, isInCrashLoop))
    }
    if (this.#isLeaving && this.#workers.length === 0) this.#stopped.splice(0).forEach((stopped) => stopped())
    this.#ports.changed()
  }
}
