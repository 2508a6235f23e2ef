// Every thread of the pod, services' and gateway's: starts it, gives it its place in mesh, metrics, logs and sampler, and takes
// all of that back when it ends. The sole owner of threads.
import type { MessagePort } from 'node:worker_threads'
import type { GatewayMessage } from '../gateway/thread.ts'
import type { ThreadError, ThreadMessage } from '../runtimes/thread.ts'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'
import type { Switchboard } from '../mesh/mesh.ts'
import type { Collector } from '../telemetry/expose/collect.ts'
import { pageBytes } from '../telemetry/record/recorder.ts'
import type { Output } from '../telemetry/logs/output.ts'
import type { SpanRecord } from '../telemetry/record/record.ts'
import type { Inspection } from './inspection.ts'
import { Processes } from './process.ts'
import { describeEnd } from './process-end.ts'
import type { Figures, Sampler, Whereabouts } from './sampler.ts'
import { startThread, type Thread, type ThreadEvents, type ThreadKind, type ThreadPlan } from './thread.ts'
import type { ExitDetail, Hear, WorkerThread } from './worker.ts'

export interface ThreadsPorts {
  clock: Clock
  switchboard: Switchboard
  collector: Collector
  sampler: Sampler
  output: Output
  exportSpans: (spans: SpanRecord[]) => void
  /** Of services. Absent: none of them is debugged. */
  inspection?: Inspection | undefined
  /** Jobs of the libuv pool that ended in thread `id`, of that name, while they were counted. */
  poolJobs: (id: number, name: string, jobs: number) => void
  /** One more thread survived `terminate()`. */
  abandoned: (service: string, worker: number, total: number) => void
}

export interface Start {
  kind: ThreadKind
  /** Of the thread: the label of its figures. */
  name: string
  /** Members of the mesh that live in it: at least one. */
  services: string[]
  memoryBytes: number
  /** Once it is ready, its event loop may stand still for so long. */
  blockedTimeoutMs: number
  env: Record<string, string>
  argv: string[]
  /** A child process instead, which begins in this folder. */
  processFolder?: string | undefined
  /** workerData, but for `worker` and `page`; each endpoint's `mesh` port is transferred. */
  data: (endpoints: Endpoint[]) => object
  hear: Hear
  /** What the thread says beside records and failures. */
  message: (message: Said) => void
}

/** A member of the mesh: several may live in one thread. */
export interface Endpoint { service: string, id: number, mesh: MessagePort }

export interface StartedThread extends WorkerThread {
  /** Of each service in it, its number in the mesh. */
  endpoints: ReadonlyMap<string, number>
  post: (order: object) => void
}

export class Threads {
  readonly #ports: ThreadsPorts
  readonly #alive = new Map<number, Thread>()
  /** Of those: in which services share this process's libuv pool. */
  readonly #pooled = new Map<number, Thread>()
  readonly #abandoned = new Map<number, string>()
  /** Of shared threads that end: whose code ends them. */
  readonly #culprits = new Map<number, string>()
  readonly #processes: Processes
  #lastId = 0
  #idle: Array<() => void> = []

  constructor (ports: ThreadsPorts) {
    this.#ports = ports
    this.#processes = new Processes(ports.clock)
  }

  /** Of the threads of that name: those that survived `terminate()` and are given up. */
  abandoned (name: string): number {
    return this.#abandoned.values().filter((abandoned) => abandoned === name).reduce((count) => count + 1, 0)
  }

  get totalAbandoned (): number {
    return this.#abandoned.size
  }

  /** @throws when Node refuses the thread's options */
  start (start: Start): StartedThread {
    const { clock, switchboard, collector, sampler, output } = this.#ports
    const inspection = start.kind === 'service' ? this.#ports.inspection : undefined
    const { kind, name, services, memoryBytes, blockedTimeoutMs, processFolder: folder, hear } = start
    const endpoints = services.map((service) => {
      const id = ++this.#lastId
      return { service, id, mesh: switchboard.attach(service, id, folder === undefined) }
    })
    const id = endpoints[0]?.id ?? ++this.#lastId
    const page = new SharedArrayBuffer(pageBytes[kind])
    collector.attach(id, page)
    let isGone = false
    const detach = (): void => endpoints.forEach(({ id }) => switchboard.detach(id))
    const gone = (): void => {
      if (isGone) return
      isGone = true
      detach()
      sampler.remove(id)
      collector.detach(id)
      output.end(id)
      inspection?.ended(id)
      this.#alive.delete(id)
      this.#pooled.delete(id)
      if (this.#alive.size === 0) this.#idle.splice(0).forEach((resolve) => resolve())
    }

    const plan: ThreadPlan = { kind, name: `${name}/${id}`, data: { ...start.data(endpoints), worker: id, page }, transfer: endpoints.map(({ mesh }) => mesh), isInspected: inspection !== undefined, memoryBytes, env: start.env, argv: start.argv }
    let thread: Thread
    const events: ThreadEvents = {
      online: (door, inspector) => {
        if (inspector !== undefined) inspection?.reached(id, inspector)
        if (door !== undefined) endpoints.forEach(({ id }) => switchboard.open(id, door))
        sampler.add(id, thread, {
          memoryBytes: kind === 'service' ? memoryBytes : Infinity,
          blockedTimeoutMs,
          over: (figures) => hear('overMemory', tooMuch(figures, memoryBytes)),
          blocked: (silentMs, where) => hear('blocked', blockedFor(silentMs, where))
        })
      },
      message: (message) => this.#hear(id, start, message),
      output: (descriptor, chunk) => output.take(name, id, [{ descriptor, chunk }]),
      threw: (error) => isHeapExhausted(error)
        ? hear('overMemory', { message: `V8 ran out of heap (limit ${inMib(memoryBytes)} MiB)` })
        : hear('threw', detailOf(error)),
      abandoned: () => {
        this.#abandoned.set(id, name)
        gone()
        hear('exited')
        this.#ports.abandoned(name, id, this.#abandoned.size)
      },
      exited: (code, end) => {
        this.#abandoned.delete(id)
        gone()
        const detail = end === undefined ? describeExit(code) : describeEnd(end)
        const culprit = this.#culprits.get(id)
        this.#culprits.delete(id)
        if (typeof end?.signal === 'string') hear('signalled', detail)
        hear('exited', detail, culprit)
      }
    }
    try {
      thread = folder === undefined ? startThread(plan, events, clock) : this.#processes.start({ ...plan, folder }, events)
    } catch (thrown) {
      gone()
      throw thrown
    }
    if (inspection !== undefined) {
      inspection.began({ id, services, ...(thread.id !== undefined && { threadId: thread.id }) })
    }
    // The kernel ends a process, whoever holds it; let go before, it would go on.
    if (inspection !== undefined && folder === undefined) {
      const { terminate } = thread
      thread = {
        ...thread,
        terminate () {
          terminate()
          inspection.release(id)
        }
      }
    }
    this.#alive.set(id, thread)
    if (kind === 'service' && folder === undefined) this.#pooled.set(id, thread)
    return { id, endpoints: new Map(endpoints.map(({ service, id }) => [service, id])), post: thread.post, terminate: thread.terminate, giveUp, retire }

    function retire (): void {
      inspection?.leaves(id)
      thread.post({ type: 'drain' })
    }

    function giveUp (): void {
      detach()
      thread.terminate()
    }
  }

  /** Has each service's thread count the jobs of the libuv pool that end within that time; their ids. Processes have pools of their own. */
  countPoolJobs (forMs: number): number[] {
    return [...this.#pooled].map(([id, thread]) => {
      thread.post({ type: 'countPoolJobs', forMs })
      return id
    })
  }

  /** Resolves when every thread has ended, or was given up. */
  async terminateAll (): Promise<void> {
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve))
    for (const thread of this.#alive.values()) thread.terminate()
    if (this.#alive.size > 0) await idle
    await this.#processes.close()
  }

  /** Users' code shares the thread and may post whatever it likes: nothing of it may harm this thread. */
  #hear (id: number, { name, services, hear, message }: Start, heard: unknown): void {
    if (!isSaid(heard)) return
    const { collector, sampler, output, exportSpans, poolJobs } = this.#ports
    try {
      switch (heard.type) {
        case 'series': return collector.announce(id, heard.series)
        case 'spans': return exportSpans(heard.spans)
        case 'output': return output.take(name, id, heard.output)
        case 'failed': return hear('failed', failureOf(heard.error))
        case 'ended':
          if (services.includes(heard.service)) this.#culprits.set(id, heard.service)
          return
        case 'waits':
          if (services.includes(heard.service)) this.#ports.inspection?.waits(id, heard.service, heard.file)
          return
        case 'pong': return sampler.pong(id)
        case 'collected': return sampler.collected(id, Number(heard.tookMs))
        case 'poolJobs': return poolJobs(id, name, Number(heard.jobs))
        case 'ready':
        case 'listening':
          sampler.started(id)
          return message(heard)
        default: return message(heard)
      }
    } catch (thrown) {
      output.take(name, id, [{ descriptor: 2, chunk: `a message that the supervisor does not understand: ${messageOf(thrown)}\n` }])
    }
  }
}

type Said = ThreadMessage | GatewayMessage

function isSaid (heard: unknown): heard is Said {
  return typeof heard === 'object' && heard !== null && 'type' in heard && typeof heard.type === 'string'
}

function failureOf ({ code, message, hint, stack }: Omit<ThreadError, 'stack'> & { stack?: string }): ExitDetail {
  return { code, message, hint, ...(stack !== undefined && { stack }) }
}

function detailOf (error: unknown): ExitDetail {
  return { message: messageOf(error), ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }) }
}

function describeExit (code: number): ExitDetail {
  return { message: code === 0 ? 'it ended by itself (nothing left to do, or process.exit(0))' : `it called process.exit(${code})` }
}

function isHeapExhausted (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function tooMuch ({ heapUsedBytes, externalBytes, residentBytes }: Figures, limitBytes: number): ExitDetail {
  const held = residentBytes === undefined
    ? `${inMib(heapUsedBytes + externalBytes)} MiB (heap ${inMib(heapUsedBytes)}, buffers ${inMib(externalBytes)})`
    : `${inMib(residentBytes)} MiB of resident memory (of that heap ${inMib(heapUsedBytes)}, buffers ${inMib(externalBytes)})`
  return {
    message: `it held ${held}; the limit is ${inMib(limitBytes)} MiB`,
    hint: 'raise the service\'s `memory`, or find the leak'
  }
}

function blockedFor (silentMs: number, { isNative, stack }: Whereabouts): ExitDetail {
  return {
    message: `its event loop has not turned for ${(silentMs / 1000).toFixed(1)} s${isNative ? ': it is in a native call' : ''}`,
    hint: isNative ? 'look for a synchronous call that takes long: execSync, pbkdf2Sync, a query of a synchronous driver' : 'look for a loop without an end or a pattern that backtracks; work that must take long belongs in a worker of its own',
    ...(stack !== undefined && { stack: `blocked in\n${stack}` })
  }
}

function inMib (bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
