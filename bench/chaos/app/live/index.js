// WebSockets.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

export function create () {
  const server = createServer((_, response) => { response.end('live') })
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  return server
}
