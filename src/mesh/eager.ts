// Awake for an answer that is due at once. A thread that sleeps is woken tens of microseconds later, with cold caches, which is more
// than most calls between threads take; so, as an adaptive mutex spins before it sleeps, a thread that has nothing but one call under
// way looks out for its answer for a moment, and one that has just answered for the next request. Where that is mostly in vain it does
// so ever more seldom.
import { AsyncResource } from 'node:async_hooks'
import { availableParallelism } from 'node:os'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'

/** Of the event loop, at most: no timer or socket waits longer for it. A caller by `fetch` asks again 0.1 to 0.2 ms after an answer (KVM's halt polling stays awake as long). */
const longestMs = 0.25
/** About a microsecond: each look takes the port's lock from who is to write, and what both cores share. */
const pauses = 32
/** One look in so many stays, since what is slow may become quick: then it is 2 µs a call. */
const rarest = 128

export interface EagerEvents {
  /** It has not come by another way. */
  isAwaited: () => boolean
  arrived: (message: unknown) => void
}

export class Eager {
  readonly #port: MessagePort
  readonly #events: EagerEvents
  readonly #hasCores: boolean
  /** What arrives is read as if the port had said so: in the context of none of the callers. */
  readonly #context = new AsyncResource('WattAppMesh')
  #isDue = false
  #isPatient = false
  #skips = 0
  #toSkip = 0

  /** @param cores that this process may use (libuv counts the container's share); with one, nobody could answer meanwhile */
  constructor (port: MessagePort, events: EagerEvents, cores = availableParallelism()) {
    this.#port = port
    this.#events = events
    this.#hasCores = cores > 1
  }

  /**
   * Something is due on this port, and nothing else is under way in this thread.
   * @param isPatient it may be a while: who prepares it is not to be slowed down by looks without a pause
   */
  expect (isPatient: boolean): void {
    if (!this.#hasCores || this.#isDue) return
    if (this.#toSkip > 0) {
      this.#toSkip--
      return
    }
    this.#isDue = true
    this.#isPatient = isPatient
    // Behind what the caller has still to do, and what the loop has for others.
    setImmediate(this.#look)
  }

  #look = (): void => {
    this.#isDue = false
    if (!this.#events.isAwaited()) return
    const endMs = performance.now() + longestMs
    do {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) {
        if (this.#isPatient) for (let times = 0; times < pauses; times++) Atomics.pause()
        continue
      }
      this.#skips >>= 1
      return this.#context.runInAsyncScope(this.#events.arrived, undefined, received.message)
    } while (performance.now() < endMs)
    this.#skips = Math.min(rarest, Math.max(1, this.#skips * 2))
    this.#toSkip = this.#skips
  }
}
