// Where callers' ports arrive in a service's thread; knows when it has drained.
import { type Server } from 'node:http'
import { type MessagePort } from 'node:worker_threads'
import { type MeshObserver } from '../mesh.ts'
import { type Turn } from '../turn.ts'
import { Caller } from './caller.ts'
import { ServiceHost } from './service-host.ts'

export class Desk {
  readonly #turn: Turn
  readonly #observer: MeshObserver
  readonly #callers = new Set<Caller>()
  /** Callers that were not yet asked to go elsewhere, or have not agreed. */
  readonly #staying = new Set<Caller>()
  #service: ServiceHost | undefined
  /** Ports that came before there was a server: their frames wait in them. */
  #early: MessagePort[] = []
  #drained: PromiseWithResolvers<void> | undefined

  constructor (turn: Turn, observer: MeshObserver) {
    this.#turn = turn
    this.#observer = observer
  }

  get serving (): number {
    return this.#service?.underWay ?? 0
  }

  serve (server: Server): void {
    this.#service = new ServiceHost(server, this.#observer, () => this.#check())
    for (const port of this.#early.splice(0)) this.accept(port)
  }

  accept (port: MessagePort): void {
    if (this.#service === undefined) {
      this.#early.push(port)
      return
    }
    const caller = new Caller(port, this.#turn, this.#service, { left: (who) => this.#left(who) })
    this.#callers.add(caller)
    this.#staying.add(caller)
    // It dialled before it heard that this worker drains.
    if (this.#drained !== undefined) caller.dismiss()
  }

  drain (): Promise<void> {
    if (this.#drained === undefined) {
      this.#drained = Promise.withResolvers()
      for (const caller of this.#staying) caller.dismiss()
      this.#check()
    }
    return this.#drained.promise
  }

  hangUp (): void {
    this.#service?.hangUp()
  }

  close (): void {
    for (const port of this.#early.splice(0)) port.close()
    for (const caller of this.#callers) caller.close()
    this.#callers.clear()
    this.#staying.clear()
  }

  #left (caller: Caller): void {
    this.#staying.delete(caller)
    this.#check()
  }

  #check (): void {
    if (this.#staying.size === 0 && this.#service?.isIdle !== false) this.#drained?.resolve()
  }
}
