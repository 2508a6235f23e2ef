// Asks each ready worker of a service with a health endpoint, over the mesh, and has those replaced that do not do well: the new
// one first, since the old one may still serve.
import type { Clock, Timer } from '../base/clock.ts'
import { backoffMs } from '../base/backoff.ts'
import type { Probe } from '../mesh/probe.ts'
import type { Group } from './group.ts'
import type { GroupWorker } from './group-worker.ts'
import { healthy, hear, unfit, type Answer, type Endpoint, type Health } from './health-state.ts'
import type { WorkerExit } from './worker.ts'

export interface HealthPorts {
  clock: Clock
  random: () => number
  /** Called when there is somebody to ask: most apps have no endpoint, and need not load what asks. */
  openProbe: () => Promise<Probe>
  unfit: (service: string, exit: WorkerExit) => void
}

interface Ask { group: Group, worker: GroupWorker, service: string, id: number, endpoint: Endpoint }

interface Asked { health: Health, dueMs: number, isAsking: boolean }

/** The shortest interval that validation lets pass. */
const lookMs = 100

export class HealthWatch {
  readonly #groups: readonly Group[]
  readonly #ports: HealthPorts
  /** By the worker's number in the mesh. */
  readonly #asked = new Map<number, Asked>()
  /** Replacements within the restart window, of each group. */
  readonly #replacedMs = new Map<Group, readonly number[]>()
  readonly #restUntilMs = new Map<Group, number>()
  #probe: Probe | undefined
  #timer: Timer | undefined
  #isClosed = false

  constructor (groups: readonly Group[], ports: HealthPorts) {
    this.#groups = groups
    this.#ports = ports
    this.#wake()
  }

  close (): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#probe?.close()
  }

  #wake (): void {
    const asks = this.#groups.flatMap((group) => this.#asksOf(group))
    const known = new Set(asks.map(({ id }) => id))
    for (const id of this.#asked.keys()) if (!known.has(id)) this.#asked.delete(id)
    if (asks.length > 0) this.#askAll(asks)
    this.#timer = this.#ports.clock.after(asks.length > 0 ? lookMs : 10 * lookMs, () => this.#wake(), { unref: true })
  }

  #asksOf (group: Group): Ask[] {
    return group.workers.filter(({ life }) => life.state === 'ready').flatMap((worker) =>
      group.services.flatMap(({ name, health: { endpoint } }) => {
        const id = endpoint && worker.callable(name)
        return endpoint === undefined || id === undefined ? [] : [{ group, worker, service: name, id, endpoint }]
      }))
  }

  #askAll (asks: Ask[]): void {
    const probe = this.#probe
    if (probe === undefined) {
      // A failure to load our own code is a fault of ours: it ends the process as any other.
      this.#ports.openProbe().then((opened) => {
        if (this.#isClosed || this.#probe !== undefined) opened.close()
        else this.#probe = opened
      }).catch((thrown: unknown) => queueMicrotask(() => { throw thrown }))
      return
    }
    const nowMs = this.#ports.clock.monotonic()
    for (const ask of asks) {
      const { id, endpoint: { intervalMs } } = ask
      let asked = this.#asked.get(id)
      if (asked === undefined) this.#asked.set(id, asked = { health: healthy, dueMs: nowMs + intervalMs, isAsking: false })
      if (asked.isAsking || nowMs < asked.dueMs) continue
      asked.dueMs = nowMs + intervalMs
      this.#ask(probe, ask, asked)
    }
  }

  #ask (probe: Probe, ask: Ask, asked: Asked): void {
    const { id, service, endpoint } = ask
    asked.isAsking = true
    const over = (answer: Answer): void => {
      if (!asked.isAsking) return
      asked.isAsking = false
      asked.health = hear(asked.health, answer, endpoint)
      this.#judge(ask, asked)
    }
    const exchange = probe.ask(id, service, { method: 'GET', path: endpoint.path, headers: this.#headers(service) }, {
      onHead: ({ status }) => over({ status }),
      onData: () => {},
      onEnd: () => timer.cancel(),
      onError ({ message }) {
        timer.cancel()
        over({ error: message })
      }
    })
    // Not cancelled by the head: a body without an end is not waited for either.
    const timer = this.#ports.clock.after(endpoint.timeoutMs, () => {
      exchange.abort()
      over('timeout')
    }, { unref: true })
  }

  #judge ({ group, worker, endpoint }: Ask, asked: Asked): void {
    const { clock, random } = this.#ports
    const reason = unfit(asked.health, endpoint)
    if (reason === undefined || this.#isClosed || clock.monotonic() < (this.#restUntilMs.get(group) ?? 0)) return
    const [{ restart }] = group.services
    const nowMs = clock.monotonic()
    const replacedMs = [...(this.#replacedMs.get(group) ?? []).filter((ms) => ms > nowMs - restart.windowMs), nowMs]
    this.#replacedMs.set(group, replacedMs)
    this.#restUntilMs.set(group, Infinity)
    asked.health = healthy
    const exit: WorkerExit = { thread: worker.id, reason: 'health', message: reason, hint: 'its log may say why; health.timeout and health.failureThreshold bear more', isCrashLoop: false, retryInMs: 0 }
    this.#ports.unfit(group.name, exit)
    // A dependency that is down makes every worker unfit: new ones must not follow each other without a pause. What failed is told by the group.
    const restMs = replacedMs.length > restart.limit ? restart.maxMs : backoffMs(replacedMs.length, restart, random())
    group.replace(worker, exit).catch(() => {}).finally(() => this.#restUntilMs.set(group, clock.monotonic() + restMs)).catch(() => {})
  }

  /** A trace of its own that is not sampled: health is no traffic. */
  #headers (service: string): string[] {
    const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(this.#ports.random() * 15 + 1).toString(16)).join('')
    return ['host', `${service}.internal`, 'user-agent', 'wattapp-health', 'accept', '*/*', 'traceparent', `00-${hex(32)}-${hex(16)}-00`]
  }
}
