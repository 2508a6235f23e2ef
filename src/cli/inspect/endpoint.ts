// Where debuggers come: one address for all services, listed as Node's own inspector lists its targets.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { http } from '../../base/http.ts'
import { listen, type ListenAddress } from '../../supervisor/listen.ts'
import { packageVersion } from '../../supervisor/version.ts'
import type { Inspector } from './inspector.ts'
import { isLocalName, listing, mayDebug } from './target.ts'

export interface Endpoint {
  /** Host and port, as debuggers are told. */
  address: string
  close: () => Promise<void>
}

/** What a debugger sends in one message at most: a heap snapshot goes the other way. */
const maxPayload = 256 * 2 ** 20

/** @throws WATT_PORT_IN_USE, WATT_LISTEN_FAILED */
export async function openEndpoint (at: ListenAddress, inspector: Inspector): Promise<Endpoint> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false })
  const server = http.createServer(answer)
  server.on('upgrade', (request, socket, head) => upgrade(request, socket as Socket, head))
  await listen(server, 'inspector', at)
  const { port } = server.address() as AddressInfo
  const address = `${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`

  function answer (request: IncomingMessage, response: ServerResponse): void {
    const { url = '/', headers } = request
    if (!isLocalName(headers.host)) return send(response, 400, { error: 'the inspector is asked for by localhost or an IP address only' })
    // As whoever asks finds it: through a tunnel the port may be another one.
    const asked = headers.host ?? address
    switch (url.split('?')[0]) {
      case '/json':
      case '/json/list': return send(response, 200, inspector.targets.map((target) => listing(target, asked)))
      case '/json/version': return send(response, 200, { Browser: `wattapp/v${packageVersion()} node.js/${process.version}`, 'Protocol-Version': '1.1' })
      default: return send(response, 404, { error: 'try /json/list' })
    }
  }

  function upgrade (request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { url = '/', headers } = request
    if (!isLocalName(headers.host) || !mayDebug(headers.origin)) return refuse(socket, 403)
    const id = url.slice(1)
    if (!inspector.targets.some((target) => target.id === id)) return refuse(socket, 404)
    sockets.handleUpgrade(request, socket, head, (client) => debug(client, id))
  }

  function debug (client: WebSocket, id: string): void {
    const session = inspector.connect(id, {
      message: (message) => client.send(message, () => {}),
      // 1012: it starts again.
      closed: () => client.close(1012)
    })
    if (session === undefined) return client.close(1012)
    client.on('message', (data) => session.send(String(data)))
    client.on('error', () => {})
    client.on('close', () => session.close())
  }

  return {
    address,
    async close () {
      inspector.close()
      for (const client of sockets.clients) client.terminate()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    }
  }
}

function send (response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', 'cache-control': 'no-cache' }).end(JSON.stringify(body, null, 2))
}

function refuse (socket: Socket, status: 403 | 404): void {
  socket.on('error', () => {}).end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ''}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
}
