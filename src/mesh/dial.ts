// Ports to workers, asked for at first use: the caller makes both ends and the switchboard hands one on, so that frames
// can be sent at once.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type DialMessage } from './control.ts'
import { Link, type LinkEvents } from './link.ts'
import { type Turn } from './turn.ts'

export class Dialer {
  readonly #control: MessagePort
  readonly #turn: Turn
  readonly #events: LinkEvents
  readonly #links = new Map<number, Link>()

  constructor (control: MessagePort, turn: Turn, events: LinkEvents) {
    this.#control = control
    this.#turn = turn
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
    const { port1, port2 } = new MessageChannel()
    this.#control.postMessage({ type: 'dial', worker, port: port2 } satisfies DialMessage, [port2])
    const link = new Link(worker, port1, this.#turn, this.#events)
    this.#links.set(worker, link)
    return link
  }

  forget (link: Link): void {
    if (this.#links.get(link.worker) === link) this.#links.delete(link.worker)
  }
}
