// Which services listen to signals, where several share a worker: each listener runs as the code of the service that added it.
import type { Resident } from './resident.ts'

export interface SignalListeners {
  /** Undefined: nobody's. */
  ownerOf: (listener: object) => Resident | undefined
}

/** From now on `process` tells of each listener that is added to it, in the context of the code that adds it. */
export function whoListens (current: () => Resident | undefined): SignalListeners {
  const owners = new WeakMap<object, Resident>()
  process.on('newListener', (_event, listener) => {
    const owner = current()
    if (owner !== undefined) owners.set(listener, owner)
  })
  return { ownerOf: (listener) => owners.get(listener) }
}
