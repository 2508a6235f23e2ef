// Makes a server that a runtime holds listen on the service's virtual port, as the service's own code would.
import { once } from 'node:events'
import type { Server } from 'node:http'

export async function listenOn (server: Server, port: number): Promise<void> {
  if (server.listening) return
  const listening = once(server, 'listening')
  server.listen(port, '127.0.0.1')
  await listening
}
