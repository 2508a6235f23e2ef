// Who may be debugged, and by whom they are: the workers of all services, whichever way each is reached.
import { pathToFileURL } from 'node:url'
import type { Inspection } from '../../supervisor/supervisor.ts'
import { isOwnAnswer, letsRun, stopAtFirstLine } from './first-line.ts'
import { openProcessSession } from './process-session.ts'
import type { DebugSession, OpenSession, SessionEvents } from './session.ts'
import { targetsOf, type Inspected, type Target } from './target.ts'
import { listenToThreads, openThreadSession } from './thread-session.ts'

interface InspectedWorker extends Inspected {
  open: OpenSession | undefined
  /** What runs first, while it waits for a debugger. */
  firstFile: string | undefined
  debuggers: Set<{ session: DebugSession, closed: () => void }>
}

export interface InspectorPorts {
  /** Services whose workers wait for a debugger at each start. */
  stopped: readonly string[]
  /** One of them does. */
  waits: (service: string) => void
}

export class Inspector implements Inspection {
  readonly #ports: InspectorPorts
  readonly #workers = new Map<number, InspectedWorker>()
  #listening: ReturnType<typeof listenToThreads> | undefined

  constructor (ports: InspectorPorts) {
    this.#ports = ports
  }

  get targets (): Target[] {
    return this.#reachable()
  }

  /** Undefined: there is no such target just now. */
  connect (target: string, events: SessionEvents): DebugSession | undefined {
    const found = this.#reachable().find(({ id }) => id === target)
    const worker = found && this.#workers.get(found.worker)
    if (worker?.open === undefined) return undefined
    const session = worker.open({ ...events, message: (message) => { if (!isOwnAnswer(message)) events.message(message) } })
    const one = { session, closed: events.closed }
    worker.debuggers.add(one)
    return {
      send (message) {
        const { firstFile } = worker
        if (firstFile !== undefined && letsRun(message)) {
          worker.firstFile = undefined
          session.send(stopAtFirstLine(pathToFileURL(firstFile).href, firstFile))
        }
        session.send(message)
      },
      close () {
        worker.debuggers.delete(one)
        session.close()
      }
    }
  }

  close (): void {
    for (const id of this.#workers.keys()) this.release(id)
    this.#listening?.close()
  }

  // What the supervisor tells.

  began: Inspection['began'] = ({ id, services, threadId }) => {
    if (this.#ports.stopped.length > 0) this.#listening ??= listenToThreads()
    this.#workers.set(id, { id, services, isLeaving: false, open: threadId === undefined ? undefined : (events) => openThreadSession(threadId, events), firstFile: undefined, debuggers: new Set() })
  }

  reached: Inspection['reached'] = (id, url) => {
    const worker = this.#workers.get(id)
    if (worker !== undefined) worker.open = (events) => openProcessSession(url, events)
  }

  waits: Inspection['waits'] = (id, service, file) => {
    const worker = this.#workers.get(id)
    if (worker === undefined) return
    worker.firstFile = file
    this.#ports.waits(service)
  }

  leaves: Inspection['leaves'] = (id) => {
    const worker = this.#workers.get(id)
    if (worker !== undefined) worker.isLeaving = true
  }

  release: Inspection['release'] = (id) => {
    this.leaves(id)
    for (const one of this.#workers.get(id)?.debuggers ?? []) {
      one.session.close()
      one.closed()
    }
    this.#workers.get(id)?.debuggers.clear()
  }

  ended: Inspection['ended'] = (id) => {
    this.release(id)
    this.#workers.delete(id)
  }

  stops: Inspection['stops'] = (service) => this.#ports.stopped.includes(service)

  #reachable (): ReturnType<typeof targetsOf> {
    return targetsOf([...this.#workers.values()].filter(({ open }) => open !== undefined))
  }
}
