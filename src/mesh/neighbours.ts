// The members of the mesh that share one thread: calls between them never leave it.
import { HandOver, LocalPeer } from './local-peer.ts'
import { type Enter } from './mesh.ts'
import { type Connect } from './peer.ts'
import { type Desk } from './serve/desk.ts'
import { Turn } from './turn.ts'

export interface Neighbour {
  service: string
  worker: number
  desk: Desk
  /** Runs code as this member's own, in the async context of its service. */
  enter: Enter
  /** `service` is served in this thread from now on. */
  canCall: (service: string) => void
}

export class Neighbours {
  /** One budget for all: they share the event loop. */
  readonly turn = new Turn()
  readonly #handOver = new HandOver(this.turn)
  readonly #members = new Map<number, Neighbour>()

  join (member: Neighbour): void {
    this.#members.set(member.worker, member)
  }

  leave (worker: number): void {
    this.#members.delete(worker)
  }

  /**
   * The neighbour of `caller` that serves `service`. It is called as long as it lives, whatever the directory says: it is
   * ready before the whole thread is, and while the thread drains, what is under way in it still needs it.
   */
  find (service: string, caller: number): number | undefined {
    for (const { worker, desk, service: name } of this.#members.values()) {
      if (name === service && worker !== caller && desk.isServing) return worker
    }
    return undefined
  }

  /** Undefined: `worker` is in another thread, or serves nothing yet. */
  dial (worker: number, enter: Enter): Connect | undefined {
    const callee = this.#members.get(worker)
    if (callee?.desk.isServing !== true) return undefined
    return (events) => {
      const [near, far] = LocalPeer.pair(this.#handOver)
      near.open({ events, enter })
      callee.desk.meet((events) => far.open({ events, enter: callee.enter }))
      return near
    }
  }

  tellServing (service: string): void {
    for (const member of this.#members.values()) if (member.service !== service) member.enter(member.canCall, service)
  }

  /** Nothing is being served in the thread but upgraded connections. */
  get isIdle (): boolean {
    for (const { desk } of this.#members.values()) if (!desk.isIdle) return false
    return true
  }

  /** One of them came to rest: any of them may have drained. */
  rested (): void {
    for (const { desk } of this.#members.values()) desk.check()
  }
}
