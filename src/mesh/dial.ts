// Links to workers, made at first use. To another thread the caller makes both ends of a port and the switchboard hands one on,
// so that frames can be sent at once; a worker in its own thread is handed frames as they are; with processes it is a socket.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Begun, makeBegunMemory } from './begun.ts'
import { type Door } from './carry/door.ts'
import { SocketLine } from './carry/socket-line.ts'
import { type DialMessage } from './control.ts'
import { type Directory } from './directory.ts'
import { Link, type LinkEvents } from './link.ts'
import { PortPeer, type Connect, type Line } from './peer.ts'
import { type Turn } from './turn.ts'

export interface DialerPorts extends LinkEvents {
  control: MessagePort
  turn: Turn
  directory: Pick<Directory, 'doorOf'>
  /** Of this process, if it is one of its own. */
  door: Pick<Door, 'expect'> | undefined
  /** Both are threads of one process; else the port may be carried to another one (carry/bridge.ts). */
  sharesMemory: (worker: number) => boolean
  /** How a worker of this thread is reached. */
  near: (worker: number) => Connect | undefined
}

export class Dialer {
  readonly #ports: DialerPorts
  readonly #links = new Map<number, Link>()

  constructor (ports: DialerPorts) {
    this.#ports = ports
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
    const near = this.#ports.near(worker)
    const link = near !== undefined ? new Link(worker, near, this.#ports) : this.#far(worker)
    this.#links.set(worker, link)
    return link
  }

  #far (worker: number): Link {
    const { line, begun } = this.#line(worker)
    return new Link(worker, (events) => new PortPeer(line, this.#ports.turn, events, begun !== undefined), this.#ports, begun)
  }

  #line (worker: number): { line: Line, begun?: Begun } {
    const { control, directory, door } = this.#ports
    const itsDoor = directory.doorOf(worker)
    if (itsDoor !== undefined) return { line: SocketLine.to(itsDoor) }
    if (door !== undefined) {
      const { line, meeting: port } = door.expect()
      control.postMessage({ type: 'dial', worker, port } satisfies DialMessage)
      return { line }
    }
    const { port1, port2 } = new MessageChannel()
    if (!this.#ports.sharesMemory(worker)) {
      control.postMessage({ type: 'dial', worker, port: port2 } satisfies DialMessage, [port2])
      return { line: port1 }
    }
    const begun = makeBegunMemory()
    control.postMessage({ type: 'dial', worker, port: port2, begun } satisfies DialMessage, [port2])
    return { line: port1, begun: new Begun(begun) }
  }

  forget (link: Link): void {
    if (this.#links.get(link.worker) === link) this.#links.delete(link.worker)
  }
}
