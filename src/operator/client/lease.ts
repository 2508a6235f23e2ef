// Leads while a Lease says so. `isHeld` is the fence: false from the moment on that another may lead.
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/error.ts'
import type { Clock } from '../../base/clock.ts'
import { isNotFound } from './errors.ts'
import type { Kube } from './kube.ts'
import { defaultTiming, mayTake, released, sight, taken, type LeaseSpec, type LeaseTiming, type Sighting } from './lease-state.ts'
import { collectionPath, objectPath, resources, type KubeObject } from './object.ts'

interface Lease extends KubeObject { spec?: LeaseSpec }

export interface LeaseOptions {
  kube: Kube
  namespace: string
  name: string
  /** Unique among the candidates, e.g. the pod's name and a random part. */
  identity: string
  timing?: LeaseTiming
  clock: Clock
  random: () => number
  onFailed?: (why: string) => void
}

export interface Candidate {
  /** Resolves when we lead. Rejects only when closed before that. */
  elected: Promise<void>
  /** Resolves when we led and do no more: the process must end, what it had begun cannot be trusted. */
  lost: Promise<void>
  isHeld: () => boolean
  /** Stops, and frees the lease for another at once. */
  close: () => Promise<void>
}

export function stand ({ kube, namespace, name, identity, timing = defaultTiming, clock, random, onFailed }: LeaseOptions): Candidate {
  const stop = new AbortController()
  const path = objectPath(resources.lease, namespace, name)
  const elected = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<void>()
  elected.promise.catch(() => {})
  let seen: Sighting | undefined
  /** As we last wrote it: renewing then takes one request. */
  let held: Lease | undefined
  let renewedMs = -Infinity
  let hasLed = false

  const isHeld = (): boolean => hasLed && clock.monotonic() - renewedMs < timing.renewMs
  // MicroTime wants six digits.
  const now = (): string => new Date(clock.now()).toISOString().replace('Z', '000Z')

  /** True: the lease is ours, from `renewedMs` on. */
  async function attempt (): Promise<boolean> {
    const signal = AbortSignal.timeout(timing.renewMs)
    // Counted from before the request: the server may have written it at any moment since.
    const askedMs = clock.monotonic()
    const lease = held ?? await read(signal)
    if (lease === undefined) {
      const made = { apiVersion: resources.lease.apiVersion, kind: resources.lease.kind, metadata: { name, namespace }, spec: taken({}, identity, timing, now()) }
      held = await kube.request('POST', collectionPath(resources.lease, namespace), { body: made, signal }) as Lease
    } else {
      seen = sight(seen, lease.spec ?? {}, clock.monotonic())
      if (!mayTake(seen, identity, timing, clock.monotonic())) return false
      held = await write(lease, taken(lease.spec ?? {}, identity, timing, now()), signal)
    }
    renewedMs = askedMs
    return true
  }

  async function read (signal?: AbortSignal): Promise<Lease | undefined> {
    try {
      return await kube.request('GET', path, { signal }) as Lease
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined
      throw thrown
    }
  }

  /** With its resource version: of two that write at once, one gets a conflict. */
  async function write (lease: Lease, spec: LeaseSpec, signal?: AbortSignal): Promise<Lease> {
    return await kube.request('PUT', path, { body: { ...lease, spec }, signal }) as Lease
  }

  async function run (): Promise<void> {
    while (!stop.signal.aborted) {
      const isOurs = await attempt().catch((thrown: unknown) => {
        // Written by another, or we do not know by whom: look before the next write.
        held = undefined
        onFailed?.(messageOf(thrown))
        return false
      })
      if (isOurs && !hasLed) {
        hasLed = true
        elected.resolve()
      }
      if (hasLed && !isHeld()) return lost.resolve()
      await sleep(timing.retryMs * (hasLed ? 1 : 1 + 0.2 * random()), undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  const running = run()
  return {
    elected: elected.promise,
    lost: lost.promise,
    isHeld: () => isHeld() && !stop.signal.aborted,
    async close () {
      const held = isHeld()
      stop.abort()
      await running
      elected.reject(new Error('closed before it led'))
      if (!held) return
      try {
        const lease = await read()
        if (lease?.spec?.holderIdentity === identity) await write(lease, released(lease.spec, now()))
      } catch (thrown) {
        // Not freed: the next one waits for its time, as it would after a crash.
        onFailed?.(messageOf(thrown))
      }
    }
  }
}
