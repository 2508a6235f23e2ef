// The listener's ordered end. Clients on kept-alive connections are told by `Connection: close` on their next answer; a connection
// that is closed while its next request is on the way loses it, so idle ones are given time for one more.
import type { FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { idleGraceMs } from './limits.ts'

export interface DrainOptions {
  app: FastifyInstance
  /** Every open connection, upgraded ones included. */
  sockets: ReadonlySet<Socket>
  timeoutMs: number
}

/** Resolves when every connection is closed; those that are not by themselves after `timeoutMs` are then cut. */
export async function drain ({ app, sockets, timeoutMs }: DrainOptions): Promise<void> {
  const deadline = setTimeout(() => sockets.forEach((socket) => socket.destroy()), timeoutMs)
  try {
    // The listener stays for the grace too: what waits in its backlog would be reset with it.
    await Promise.race([allClosed(sockets), after(Math.min(idleGraceMs, timeoutMs / 2), undefined, { ref: false })])
    const closed = app.close()
    // Connections on which nothing was ever sent are not idle in Node's eyes.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    await closed
  } finally {
    clearTimeout(deadline)
  }
}

async function allClosed (sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}
