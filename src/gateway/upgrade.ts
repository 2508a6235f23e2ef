// Upgrades (WebSockets and others, RFC 9110 §7.8): the handshake goes through the mesh as a request, then bytes flow both ways.
// A refused one is answered as any other request is.
import { ServerResponse, validateHeaderName, validateHeaderValue, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ResponseHead } from '../mesh/mesh.ts'
import { rawError } from './answer.ts'
import { receive } from './arrival.ts'
import { errors } from './errors.ts'
import type { Ports } from './ports.ts'
import { Proxied } from './proxy.ts'
import { Splice } from './splice.ts'

/** HTTP/2 by upgrade is long out of use (RFC 9113 §3.1), but clients still offer it beside a plain request: that is answered. */
export function isUpgrade (request: IncomingMessage): boolean {
  const { upgrade } = request.headers
  return upgrade !== undefined && !/^\s*(?:h2c|http\/|tls\/)/i.test(upgrade)
}

export class Upgrades {
  readonly #ports: Ports
  readonly #open = new Set<Splice>()

  constructor (ports: Ports) {
    this.#ports = ports
  }

  /** Handler of 'upgrade'. `first`: bytes behind the request's head. */
  take (request: IncomingMessage, socket: Socket, first: Buffer): void {
    socket.on('error', ignore)
    const response = respondOn(request, socket)
    const arrival = receive(request, request.url ?? '', this.#ports.table, this.#ports.observer)
    const { head, fields: { upgrade }, route } = arrival
    if (this.#ports.isDraining) arrival.refusal = errors.WATT_DRAINING()
    const proxied = new Proxied(this.#ports, request, response, arrival)
    if (arrival.refusal !== undefined || route === undefined || upgrade === undefined) return proxied.start()

    head.upgrade = true
    head.headers.push('connection', 'Upgrade', 'upgrade', upgrade)
    proxied.startUpgrade(route.service, (answer, service) => {
      response.detachSocket(socket)
      if (!this.#accept(answer, socket, service, route.service)) return
      const splice = new Splice(socket, service, first, upgrade.toLowerCase() === 'websocket')
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

  destroy (): void {
    for (const splice of this.#open) splice.destroy()
  }

  #accept ({ status, statusMessage, headers }: ResponseHead, socket: Socket, service: Duplex, name: string): boolean {
    let text = `HTTP/1.1 ${status} ${statusMessage}\r\n`
    try {
      for (let index = 0; index < headers.length; index += 2) {
        const field = headers[index] ?? ''
        const value = headers[index + 1] ?? ''
        validateHeaderName(field)
        validateHeaderValue(field, value)
        text += `${field}: ${value}\r\n`
      }
    } catch (thrown) {
      service.on('error', ignore).destroy()
      socket.end(rawError(errors.WATT_RESPONSE_INVALID(name, thrown instanceof Error ? thrown.message : String(thrown))))
      return false
    }
    socket.write(`${text}\r\n`, 'latin1')
    return true
  }
}

/** A response on a socket that node:http has let go of; it is the last one there. */
function respondOn (request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => {
    response.detachSocket(socket)
    socket.destroySoon()
  })
  return response
}

function ignore (): void {}
