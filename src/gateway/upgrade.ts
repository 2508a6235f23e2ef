// Upgrades (WebSockets and others, RFC 9110 §7.8): the handshake goes through the mesh as a request, then bytes flow both ways.
// A refused one is answered as any other request is.
import type { ResponseHead } from '../mesh/mesh.ts'
import type { Connection } from './http/connection.ts'
import { errors } from './errors.ts'
import type { Ports } from './ports.ts'
import type { Proxied } from './proxy.ts'
import { fieldLines } from './response-fields.ts'
import { Splice } from './splice.ts'

export class Upgrades {
  readonly #ports: Ports
  readonly #open = new Set<Splice>()

  constructor (ports: Ports) {
    this.#ports = ports
  }

  take (connection: Connection, proxied: Proxied): void {
    const { refusal, route, head, fields: { upgrade = '' } } = proxied.arrival
    if (refusal !== undefined || route === undefined) return proxied.start()
    if (this.#ports.isDraining) return proxied.refuse(errors.WATT_DRAINING())

    head.upgrade = true
    head.headers.push('connection', 'Upgrade', 'upgrade', upgrade)
    proxied.startUpgrade(route.service, (answer, service) => {
      const text = handshake(answer)
      if (text === undefined) {
        service.on('error', ignore).destroy()
        connection.cut(false)
        return
      }
      const { socket } = connection
      const splice = new Splice(socket, service, upgrade.toLowerCase() === 'websocket')
      const first = connection.release((bytes) => splice.take(bytes))
      connection.writer.switchOver(text)
      // What the client sent right behind its handshake.
      splice.take(first)
      this.#open.add(splice)
      socket.on('close', () => this.#open.delete(splice))
      // A drain may have begun between the handshake and its answer.
      if (this.#ports.isDraining) splice.leave()
    })
  }

  /** Says 1001 to every WebSocket. */
  leave (): void {
    for (const splice of this.#open) splice.leave()
  }
}

/** Undefined: HTTP cannot carry it. */
function handshake ({ status, statusMessage, headers }: ResponseHead): string | undefined {
  const fields = fieldLines(headers)
  return fields === undefined || fieldLines(['x', statusMessage]) === undefined ? undefined : `HTTP/1.1 ${status} ${statusMessage}\r\n${fields}\r\n`
}

function ignore (): void {}
