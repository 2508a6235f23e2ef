// A WebSocket echo by the package ws: in a thread of ours behind the gateway, and as the peer by itself.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((request, response) => response.end('echo'))
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
