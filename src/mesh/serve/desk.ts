// Where callers of a service arrive; knows when it has drained.
import type { Server } from 'node:http'
import { type Enter, type MeshObserver } from '../mesh.ts'
import { type Loads } from '../loads.ts'
import { type Neighbours } from '../neighbours.ts'
import { PortPeer, type Connect, type Line, type PeerEvents } from '../peer.ts'
import { type Turn } from '../turn.ts'
import { Caller } from './caller.ts'
import { ServiceHost } from './service-host.ts'

export interface DeskOptions {
  turn: Turn
  observer: MeshObserver
  neighbours: Neighbours | undefined
  /** What callers in other threads say is heard within it. */
  enter: Enter | undefined
  /** Whose requests under way are counted there. */
  worker: number
  loads: Loads
}

export class Desk {
  readonly #options: DeskOptions
  readonly #callers = new Set<Caller>()
  /** Callers that were not yet asked to go elsewhere, or have not agreed. */
  readonly #staying = new Set<Caller>()
  #service: ServiceHost | undefined
  /** Lines that came before there was a server: their frames wait in them. */
  #early: Array<{ line: Line, begun: SharedArrayBuffer | undefined }> = []
  #drained: PromiseWithResolvers<void> | undefined

  constructor (options: DeskOptions) {
    this.#options = options
  }

  get isServing (): boolean {
    return this.#service !== undefined
  }

  /** Nothing under way but upgraded connections. */
  get isIdle (): boolean {
    return this.#service?.isIdle !== false
  }

  get serving (): number {
    return this.#service?.underWay ?? 0
  }

  serve (server: Server): void {
    const { worker, loads, observer } = this.#options
    this.#service = new ServiceHost(server, observer, {
      rested: () => this.#rested(),
      began: () => loads.begin(worker),
      ended: (isIdle) => loads.end(worker, isIdle)
    })
    for (const { line, begun } of this.#early.splice(0)) this.accept(line, begun)
  }

  /** @param begun of a caller in another thread (begun.ts) */
  accept (line: Line, begun?: SharedArrayBuffer): void {
    if (this.#service === undefined) {
      this.#early.push({ line, begun })
      return
    }
    const caller = this.#call((events) => new PortPeer(line, this.#options.turn, this.#heard(events), begun !== undefined), this.#service, begun)
    this.#staying.add(caller)
    // It dialled before it heard that this worker drains.
    if (this.#drained !== undefined) caller.dismiss()
  }

  /** One of the same thread calls. It is not asked to leave: it ends when this does, and needs it until then. */
  meet (connect: Connect): void {
    if (this.#service !== undefined) this.#call(connect, this.#service)
  }

  drain (): Promise<void> {
    if (this.#drained === undefined) {
      this.#drained = Promise.withResolvers()
      for (const caller of this.#staying) caller.dismiss()
      this.check()
    }
    return this.#drained.promise
  }

  hangUp (): void {
    this.#service?.hangUp()
  }

  close (): void {
    for (const { line } of this.#early.splice(0)) line.close()
    for (const caller of this.#callers) caller.close()
    this.#callers.clear()
    this.#staying.clear()
  }

  /** Callers have left, or work has ended: has it drained? */
  check (): void {
    const { neighbours } = this.#options
    if (this.#staying.size === 0 && (neighbours === undefined ? this.isIdle : neighbours.isIdle)) this.#drained?.resolve()
  }

  #call (connect: Connect, service: ServiceHost, begun?: SharedArrayBuffer): Caller {
    const caller = new Caller(connect, service, { left: (who) => this.#left(who) }, begun)
    this.#callers.add(caller)
    return caller
  }

  #left (caller: Caller): void {
    this.#staying.delete(caller)
    this.check()
  }

  #rested (): void {
    const { neighbours } = this.#options
    if (neighbours === undefined) this.check()
    else if (neighbours.isIdle) neighbours.rested()
  }

  #heard (events: PeerEvents): PeerEvents {
    const { enter } = this.#options
    if (enter === undefined) return events
    return {
      read: (kind, exchange, batch, at) => enter(() => events.read(kind, exchange, batch, at)),
      closed: () => enter(() => events.closed())
    }
  }
}
