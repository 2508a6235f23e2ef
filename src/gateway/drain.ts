// The listener's ordered end. Clients on kept-alive connections are told by `Connection: close` on their next answer; a connection
// that is closed while its next request is on the way loses it, so idle ones are given time for one more.
import { setTimeout as after } from 'node:timers/promises'
import type { Listener } from './http/listener.ts'
import { idleGraceMs } from './limits.ts'

/** How often it is looked for connections that have become idle since, or event streams that have begun. */
const lookMs = 250

/** Resolves when every connection is closed; those that are not by themselves after `timeoutMs` are then cut. */
export async function drain (listener: Listener, timeoutMs: number): Promise<void> {
  const graceMs = Math.min(idleGraceMs, timeoutMs / 2)
  const deadline = setTimeout(() => listener.destroyAll(), timeoutMs)
  let looking: NodeJS.Timeout | undefined
  try {
    // The listener stays for the grace too: what waits in its backlog would be reset with it.
    await Promise.race([listener.allClosed(), after(graceMs, undefined, { ref: false })])
    listener.stop()
    listener.endIdle(graceMs / 2)
    looking = setInterval(() => listener.endIdle(graceMs), lookMs)
    await listener.allClosed()
  } finally {
    clearTimeout(deadline)
    clearInterval(looking)
  }
}
