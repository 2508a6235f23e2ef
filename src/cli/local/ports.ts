// Ports on this machine.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** `port` when it is free, else 0, which lets the system choose: a second app on one laptop must not fail for its metrics. */
export async function freeOr0 (host: string, port: number): Promise<number> {
  const server = createServer().listen({ host, port })
  try {
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return port
  } catch {
    return 0
  }
}
