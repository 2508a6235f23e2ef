// The order in which a worker leaves: callers first, then the services' own end, then the worker.
import type { Clock } from '../base/clock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { SharedEnd } from './shared-end.ts'
import type { SignalListeners } from './signal-listeners.ts'
import { handlersOf, type SignalHandler } from './surroundings/signals.ts'

export interface DrainOptions {
  /** Of each service. */
  meshes: readonly Mesh[]
  /** After which the supervisor ends the worker. */
  timeoutMs: number
  /** Closes what runtimes made listen. */
  close: () => Promise<void>
  clock: Clock
  /** Where several services leave together. */
  shared?: { end: SharedEnd, listens: SignalListeners }
}

/** Of its time to drain, what is in flight has so much; the rest is for the services' own handlers, which may end at once. */
const shareOfCallers = 0.8

/** How long upgraded connections may outlast the start of the service's own end. */
const upgradedMs = 1_000

/** How often services whose handlers have run are asked whether they still do something. */
const idlePollMs = 20

/** What one that said process.exit() leaves behind is not waited for: it meant it to end. */
const leftBehindMs = 1_000

/** Resolves when the worker may end. It may end before, by the services' own handlers. */
export async function drain ({ meshes, timeoutMs, close, clock, shared }: DrainOptions): Promise<void> {
  // A stream may be served for ever: the services' own handlers, which may end it, must have their time too.
  const enough = Promise.withResolvers<void>()
  const timer = clock.after(timeoutMs * shareOfCallers, enough.resolve)
  await Promise.race([Promise.all(meshes.map((mesh) => mesh.drain())), enough.promise])
  // Else it would be taken for work of a service's own, below.
  timer.cancel()
  const handlers = handlersOf('SIGTERM')
  const handled = Promise.all(shared === undefined ? handlers.map(({ run }) => run()) : runEach(handlers, shared))
  await (shared === undefined ? handled : Promise.race([handled, shared.end.allLeft]))
  // A server waits for its upgraded connections, which a framework may end; those that nobody ends are ended here.
  const patience = clock.after(upgradedMs, () => meshes.forEach((mesh) => mesh.hangUp()))
  await close()
  patience.cancel()
  // Without handlers SIGTERM ends a process at once; with handlers a service is over when nothing is left to do.
  if (handlers.length === 0) return
  const over = shared === undefined ? [] : [shared.end.allLeft]
  await Promise.race([...over, idle(clock, () => shared?.end.hasAnyLeft === true)])
}

/** Each in the context of its service; what one of them throws is an error that nobody caught, and the end of all. */
function runEach (handlers: readonly SignalHandler[], { end, listens }: { end: SharedEnd, listens: SignalListeners }): unknown[] {
  const owners = handlers.map(({ listener }) => listens.ownerOf(listener))
  end.begin(new Set(owners.filter((owner) => owner !== undefined)))
  return handlers.map(({ run }, index) => {
    const owner = owners[index]
    return owner === undefined ? run() : owner.enter(run)
  })
}

async function idle (clock: Clock, isHurried: () => boolean): Promise<void> {
  let waitedMs = 0
  do {
    await new Promise<void>((resolve) => { clock.after(idlePollMs, resolve) })
    if (isHurried()) waitedMs += idlePollMs
  } while (waitedMs < leftBehindMs && process.getActiveResourcesInfo().some((resource) => !isOurs(resource)))
}

/** Ports are the mesh's and the supervisor's. */
function isOurs (resource: string): boolean {
  return resource === 'MessagePort'
}
