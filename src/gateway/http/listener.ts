// The public port: accepts connections, knows all that are open, looks at all of them once a tick.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { messageOf, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import type { Ports } from '../ports.ts'
import type { Proxied } from '../proxy.ts'
import { Connection } from './connection.ts'
import { Reading } from './reading.ts'

export interface Place {
  host: string
  /** 0 picks a free one. */
  port: number
  reusePort: boolean
}

/** Connections that the kernel holds until they are accepted; it allows as many as net.core.somaxconn says. */
const backlog = 4096

export class Listener {
  readonly #ports: Ports
  readonly #upgrade: (connection: Connection, proxied: Proxied) => void
  readonly #connections = new Set<Connection>()
  /** Upgraded ones among them. */
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #reading = new Reading()
  #isStopped = false
  #closed: Array<() => void> = []

  constructor (ports: Ports, upgrade: (connection: Connection, proxied: Proxied) => void) {
    this.#ports = ports
    this.#upgrade = upgrade
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
  }

  /** Gives the port. @throws WATT_PORT_TAKEN, WATT_LISTEN_FAILED */
  async listen ({ host, port, reusePort }: Place): Promise<number> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject)
        this.#server.listen({ host, port, reusePort, backlog }, () => {
          this.#server.off('error', reject)
          resolve()
        })
      })
    } catch (thrown) {
      const isTaken = thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE'
      throw withCause(isTaken ? errors.WATT_PORT_TAKEN(host, port) : errors.WATT_LISTEN_FAILED(host, port, messageOf(thrown)), thrown)
    }
    return (this.#server.address() as AddressInfo).port
  }

  /** Accepts no more. */
  stop (): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#server.close(() => this.#check())
  }

  /** Ends what has had no request under way for so long, and what has no end of its own. */
  endIdle (forMs: number): void {
    for (const connection of this.#connections) {
      connection.endIfIdle(forMs)
      connection.endEventStream()
    }
  }

  destroyAll (): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** For each connection: anything late? */
  tick (nowMs: number): void {
    for (const connection of this.#connections) connection.check(nowMs)
  }

  async allClosed (): Promise<void> {
    while (this.#sockets.size > 0) await new Promise<void>((resolve) => this.#closed.push(resolve))
  }

  #accept (socket: Socket): void {
    const connection = new Connection(socket, this.#reading, this.#ports, {
      upgrade: this.#upgrade,
      closed: () => {
        this.#connections.delete(connection)
        this.#sockets.delete(socket)
        this.#check()
      }
    })
    this.#connections.add(connection)
    this.#sockets.add(socket)
  }

  #check (): void {
    if (this.#sockets.size === 0) this.#closed.splice(0).forEach((resolve) => resolve())
  }
}
