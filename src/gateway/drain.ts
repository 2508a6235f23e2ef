// The listener's ordered end. Clients on kept-alive connections are told by `Connection: close` on their next answer; a connection
// that is closed while its next request is on the way loses it, so idle ones are given time for one more.
import { setTimeout as after } from 'node:timers/promises'
import type { Listener } from './http/listener.ts'
import { idleGraceMs } from './limits.ts'

/** Resolves when every connection is closed; those that are not by themselves after `timeoutMs` are then cut. */
export async function drain (listener: Listener, timeoutMs: number): Promise<void> {
  let eventStreams: NodeJS.Timeout | undefined
  const deadline = setTimeout(() => listener.destroyAll(), timeoutMs)
  try {
    // The listener stays for the grace too: what waits in its backlog would be reset with it.
    await Promise.race([listener.allClosed(), after(Math.min(idleGraceMs, timeoutMs / 2), undefined, { ref: false })])
    listener.stop()
    listener.endIdle()
    listener.endEventStreams()
    // One that begins only now: on a connection that was idle, or behind a request.
    eventStreams = setInterval(() => listener.endEventStreams(), idleGraceMs)
    await listener.allClosed()
  } finally {
    clearTimeout(deadline)
    clearInterval(eventStreams)
  }
}
