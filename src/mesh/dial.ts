// Links to workers, made at first use. To another thread the caller makes both ends of a port and the switchboard hands one on,
// so that frames can be sent at once; a worker in its own thread is handed frames as they are.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type DialMessage } from './control.ts'
import { Link, type LinkEvents } from './link.ts'
import { PortPeer, type Connect } from './peer.ts'
import { type Turn } from './turn.ts'

export class Dialer {
  readonly #control: MessagePort
  readonly #turn: Turn
  readonly #near: (worker: number) => Connect | undefined
  readonly #events: LinkEvents
  readonly #links = new Map<number, Link>()

  /** @param near how a worker of this thread is reached */
  constructor (control: MessagePort, turn: Turn, near: (worker: number) => Connect | undefined, events: LinkEvents) {
    this.#control = control
    this.#turn = turn
    this.#near = near
    this.#events = events
  }

  /** Requests of this thread under way in `worker`. */
  underWay (worker: number): number {
    return this.#links.get(worker)?.peer.underWay ?? 0
  }

  find (worker: number): Link | undefined {
    return this.#links.get(worker)
  }

  links (): Link[] {
    return [...this.#links.values()]
  }

  dial (worker: number): Link {
    const known = this.#links.get(worker)
    if (known !== undefined) return known
    const link = new Link(worker, this.#near(worker) ?? this.#port(worker), this.#events)
    this.#links.set(worker, link)
    return link
  }

  #port (worker: number): Connect {
    const { port1, port2 } = new MessageChannel()
    this.#control.postMessage({ type: 'dial', worker, port: port2 } satisfies DialMessage, [port2])
    return (events) => new PortPeer(port1, this.#turn, events)
  }

  forget (link: Link): void {
    if (this.#links.get(link.worker) === link) this.#links.delete(link.worker)
  }
}
