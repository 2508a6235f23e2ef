// Services in child processes, as Threads: nothing else in the supervisor knows the difference.
import { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import type { ProcessData } from '../runtimes/process-message.ts'
import { collectorFlags } from './collector.ts'
import type { ProcessEnd } from './process-end.ts'
import { figuresBytes, loopOf, memoryOf } from './process-figures.ts'
import type { CarrierMessage, CarrierOrder } from './process-carrier-message.ts'
import { heapLimitMb, type Thread, type ThreadEvents, type ThreadPlan } from './thread.ts'

interface Child { events: ThreadEvents, isOver: boolean }

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const carrierEntry = new URL(`./process-carrier.${extension}`, import.meta.url)

/** Any port: debuggers come by way of the endpoint, and read of it there instead of in the service's log. */
const inspectorFlags = ['--inspect=127.0.0.1:0', '--inspect-publish-uid=http']

/** A process that the kernel does not end within that time waits for a disk that does not answer; it may be so for ever. */
const abandonAfterMs = 5_000

export class Processes {
  readonly #clock: Clock
  readonly #children = new Map<number, Child>()
  #carrier: Worker | undefined
  #lastId = 0

  constructor (clock: Clock) {
    this.#clock = clock
  }

  start (plan: ThreadPlan & { folder: string }, events: ThreadEvents): Thread {
    const id = ++this.#lastId
    const figures = new SharedArrayBuffer(figuresBytes)
    const slots = new Float64Array(figures)
    const child: Child = { events, isOver: false }
    let isTerminating = false
    const { page, ...data } = plan.data as { page: SharedArrayBuffer }
    this.#children.set(id, child)
    this.#order({
      do: 'start',
      child: id,
      plan: {
        name: plan.name,
        data: { ...data as Omit<ProcessData, 'pageBytes'>, pageBytes: page.byteLength },
        folder: plan.folder,
        env: plan.env,
        argv: plan.argv,
        flags: [...plan.isInspected ? inspectorFlags : [], ...collectorFlags, `--max-old-space-size=${heapLimitMb(plan.memoryBytes)}`],
        figures,
        page
      }
    }, plan.transfer)

    return {
      post: (order) => this.#order({ do: 'post', child: id, order: order as never }),
      terminate: () => {
        if (isTerminating || child.isOver) return
        isTerminating = true
        this.#order({ do: 'kill', child: id })
        this.#clock.after(abandonAfterMs, () => { if (!child.isOver) events.abandoned() }, { unref: true })
      },
      loop: () => loopOf(slots),
      heap: async () => memoryOf(slots),
      // What it runs can be seen from inside alone.
      where: async () => undefined
    }
  }

  /** Its children must have ended. */
  async close (): Promise<void> {
    await this.#carrier?.terminate()
  }

  #order (order: CarrierOrder, transfer: ThreadPlan['transfer'] = []): void {
    this.#carrier ??= this.#startCarrier()
    this.#carrier.postMessage(order, transfer)
  }

  #startCarrier (): Worker {
    const carrier = new Worker(carrierEntry, { name: 'carrier', env: {}, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 8 } })
    carrier.on('message', (message: CarrierMessage) => this.#hear(message))
    // It is ours, so this is a mistake of ours; its children end with their pipes.
    carrier.on('error', (error) => this.#children.forEach(({ events }) => events.threw(error)))
    carrier.on('exit', () => {
      if (this.#carrier === carrier) this.#carrier = undefined
      for (const id of [...this.#children.keys()]) this.#over(id, { code: 1, signal: null, pid: undefined })
    })
    return carrier
  }

  #hear (message: CarrierMessage): void {
    const events = this.#children.get(message.child)?.events
    switch (message.said) {
      case 'online': return events?.online(message.door, message.inspector)
      case 'message': return events?.message(message.message)
      case 'output': return events?.output(message.descriptor, message.chunk)
      case 'threw': return events?.threw(toError(message.error))
      case 'exited': return this.#over(message.child, message.end)
    }
  }

  #over (id: number, end: ProcessEnd): void {
    const child = this.#children.get(id)
    if (child === undefined) return
    child.isOver = true
    this.#children.delete(id)
    child.events.exited(end.code ?? 1, end)
  }
}

function toError ({ message, stack }: { message: string, stack?: string }): Error {
  return Object.assign(new Error(message), { stack: stack ?? message })
}
