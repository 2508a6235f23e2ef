// Once a second: are there as many workers as the load asks for, and has one lived long enough? Decided elsewhere, done by the groups.
import type { Clock, Timer } from '../base/clock.ts'
import type { Group } from './group.ts'
import type { GroupWorker } from './group-worker.ts'
import { dueForRecycling } from './recycle-state.ts'
import type { Figures } from './sampler.ts'
import { beginCount, nextCount, type WorkerCount } from './worker-count-state.ts'
import { roomFor } from './worker-room.ts'

export interface UpkeepPorts {
  clock: Clock
  cores: number
  figures: (worker: number) => Figures
  /** All threads of the pod together, in cores. */
  busyCores: () => number
  /** What that worker has answered. */
  requests: (worker: number) => number
  abandoned: (name: string) => number
  /** Of the pod; undefined: there is none. */
  memoryLimitBytes: () => number | undefined
  gatewayThreads: () => number
  scaled: (service: string, from: number, to: number, reason: string) => void
  recycled: (service: string, worker: number, reason: string) => void
}

const everyMs = 1_000
/** After a replacement that failed: whatever was wrong may have passed by then. */
const tryAgainMs = 60_000

export class Upkeep {
  readonly #groups: readonly Group[]
  readonly #ports: UpkeepPorts
  readonly #counts = new Map<Group, WorkerCount>()
  /** Not to be looked at for recycling before then; Infinity while one is being replaced. */
  readonly #restUntilMs = new Map<Group, number>()
  #timer: Timer | undefined

  constructor (groups: readonly Group[], ports: UpkeepPorts) {
    this.#groups = groups
    this.#ports = ports
    this.#wake()
  }

  close (): void {
    this.#timer?.cancel()
  }

  #wake (): void {
    this.#timer = this.#ports.clock.after(everyMs, () => {
      for (const group of this.#groups) {
        this.#count(group)
        this.#recycle(group)
      }
      this.#wake()
    }, { unref: true })
  }

  #count (group: Group): void {
    const { clock, cores, figures, busyCores, scaled } = this.#ports
    const [{ workers: { min, max } }] = group.services
    if (min === max) return
    const { desired } = group
    const nowMs = clock.monotonic()
    const [count, { workers, reason }] = nextCount(this.#counts.get(group) ?? beginCount(desired, nowMs), {
      desired,
      utilizations: group.workers.filter(({ life }) => life.state === 'ready').map(({ id }) => figures(id).eventLoopUtilization),
      min,
      max,
      room: this.#room(group),
      busyCores: busyCores(),
      cores
    }, nowMs)
    this.#counts.set(group, count)
    if (workers === desired) return
    scaled(group.name, desired, workers, reason)
    group.scale(workers)
  }

  #room ({ name }: Group): number {
    const { abandoned, gatewayThreads, memoryLimitBytes } = this.#ports
    const taken = this.#groups.map(({ name, desired, memoryBytes, services: [{ isolation }] }) => ({ name, desired, memoryBytes, isolation, abandoned: abandoned(name) }))
    return roomFor(name, taken, gatewayThreads(), memoryLimitBytes())
  }

  #recycle (group: Group): void {
    const { clock, recycled } = this.#ports
    if (clock.monotonic() < (this.#restUntilMs.get(group) ?? 0)) return
    for (const worker of group.workers) {
      const reason = this.#reason(group, worker)
      if (reason === undefined) continue
      this.#restUntilMs.set(group, Infinity)
      recycled(group.name, worker.id, reason)
      // What failed is told by the group.
      group.replace(worker).then(() => 0, () => clock.monotonic() + tryAgainMs)
        .then((untilMs) => this.#restUntilMs.set(group, untilMs)).catch(() => {})
      return
    }
  }

  #reason ({ services: [{ recycle }] }: Group, { id, ageMs, lot, life }: GroupWorker): string | undefined {
    if (recycle === undefined || life.state !== 'ready') return undefined
    return dueForRecycling({ ageMs, lot, requests: this.#ports.requests(id) }, recycle)
  }
}
