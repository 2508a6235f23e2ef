// Requests that wait for a worker: bounded in number and time, answered in the order they came.
import { type Call } from './call.ts'
import { errors } from './errors.ts'
import { type HoldLimits, type MeshObserver } from './mesh.ts'

/** A second's worth of a busy gateway's requests and more: some 2 KiB each, while a worker starts anew. */
export const defaultHold: HoldLimits = { limit: 10_000, timeoutMs: 10_000 }

/** In development: one that starts may have to be compiled, or stands in a debugger. One that cannot start holds nobody. */
export const patientHold: HoldLimits = { limit: 10_000, timeoutMs: 2 ** 31 - 1 }

interface Held { call: Call, timer: NodeJS.Timeout, sinceMs: number }

export class Hold {
  readonly #limits: HoldLimits
  readonly #observer: MeshObserver
  readonly #waiting = new Map<string, Set<Held>>()

  constructor (limits: HoldLimits, observer: MeshObserver) {
    this.#limits = limits
    this.#observer = observer
  }

  get services (): IterableIterator<string> {
    return this.#waiting.keys()
  }

  add (call: Call): void {
    const { service } = call
    const waiting = this.#waiting.get(service) ?? new Set<Held>()
    if (waiting.size >= this.#limits.limit) return call.fail(errors.WATT_HOLD_FULL(service, this.#limits.limit))
    this.#waiting.set(service, waiting)
    const held: Held = { call, sinceMs: performance.now(), timer: setTimeout(() => this.#expire(held), this.#limits.timeoutMs) }
    waiting.add(held)
    this.#observer.held?.(service, 1)
    call.whenOver = () => this.#remove(held)
  }

  /** Those that wait for `service`, oldest first; they wait no more. */
  release (service: string): Call[] {
    const waiting = [...this.#waiting.get(service) ?? []]
    for (const held of waiting) this.#remove(held)
    return waiting.map(({ call }) => call)
  }

  #expire (held: Held): void {
    held.call.fail(errors.WATT_SERVICE_AWAY(held.call.service, Math.round(performance.now() - held.sinceMs)))
  }

  #remove (held: Held): void {
    const { service } = held.call
    const waiting = this.#waiting.get(service)
    if (waiting?.delete(held) !== true) return
    held.call.whenOver = undefined
    clearTimeout(held.timer)
    if (waiting.size === 0) this.#waiting.delete(service)
    this.#observer.held?.(service, -1)
  }
}
