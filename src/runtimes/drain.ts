// The order in which a service's thread leaves: callers first, then the service's own end, then the thread.
import type { Clock } from '../base/clock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { raise } from './surroundings/signals.ts'

export interface DrainOptions {
  mesh: Mesh
  /** After which the supervisor ends the thread. */
  timeoutMs: number
  /** Closes what a runtime made listen. */
  close: () => Promise<void>
  clock: Clock
}

/** How long upgraded connections may outlast the start of the service's own end. */
const upgradedMs = 1_000

/** How often a service whose handlers have run is asked whether it still does something. */
const idlePollMs = 20

/** Resolves when the thread may end. It may end before, by the service's own handlers. */
export async function drain ({ mesh, timeoutMs, close, clock }: DrainOptions): Promise<void> {
  // A stream may be served for ever: the service's own handlers, which may end it, must have their time too.
  const enough = Promise.withResolvers<void>()
  const timer = clock.after(timeoutMs / 2, enough.resolve)
  await Promise.race([mesh.drain(), enough.promise])
  // Else it would be taken for work of the service's own, below.
  timer.cancel()
  const handled = raise('SIGTERM')
  await handled
  // A server waits for its upgraded connections, which a framework may end; those that nobody ends are ended here.
  const patience = clock.after(upgradedMs, () => mesh.hangUp())
  await close()
  patience.cancel()
  // Without handlers SIGTERM ends a process at once; with handlers the service is over when nothing is left to do.
  if (handled !== undefined) await idle(clock)
}

async function idle (clock: Clock): Promise<void> {
  do await wait(clock, idlePollMs)
  while (process.getActiveResourcesInfo().some((resource) => !isOurs(resource)))
}

/** Ports are the mesh's and the supervisor's. */
function isOurs (resource: string): boolean {
  return resource === 'MessagePort'
}

function wait (clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => { clock.after(ms, resolve) })
}
