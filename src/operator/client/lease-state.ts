// Who may lead, by a Lease (client-go's leader election). Expiry is judged by when *we* last saw the record change, on
// our own monotonic clock: machines whose clocks differ still agree.

export interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
}

/** The last record seen, and when it was first seen so. */
export interface Sighting { spec: LeaseSpec, sinceMs: number }

export interface LeaseTiming {
  /** How long others must wait after our last renewal. */
  leaseMs: number
  /** How long we go on without a renewal; shorter than `leaseMs`, so that two never lead at once. */
  renewMs: number
  retryMs: number
}

export const defaultTiming: LeaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 }

export function sight (before: Sighting | undefined, spec: LeaseSpec, nowMs: number): Sighting {
  const same = before !== undefined && before.spec.holderIdentity === spec.holderIdentity && before.spec.renewTime === spec.renewTime &&
    before.spec.leaseTransitions === spec.leaseTransitions
  return same ? before : { spec, sinceMs: nowMs }
}

/** May `identity` write itself in? Its own lease, a released one, or one whose holder has been silent for its time. */
export function mayTake ({ spec, sinceMs }: Sighting, identity: string, { leaseMs }: LeaseTiming, nowMs: number): boolean {
  const holder = spec.holderIdentity ?? ''
  const silentMs = spec.leaseDurationSeconds === undefined ? leaseMs : spec.leaseDurationSeconds * 1000
  return holder === '' || holder === identity || nowMs - sinceMs > silentMs
}

/** The record that says that `identity` leads. `now` is an RFC 3339 time with microseconds. */
export function taken (spec: LeaseSpec, identity: string, { leaseMs }: LeaseTiming, now: string): LeaseSpec {
  const isOurs = spec.holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseMs / 1000),
    acquireTime: isOurs ? spec.acquireTime ?? now : now,
    renewTime: now,
    leaseTransitions: (spec.leaseTransitions ?? 0) + (isOurs ? 0 : 1)
  }
}

/** The record that lets another lead at once. */
export function released (spec: LeaseSpec, now: string): LeaseSpec {
  return { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now, leaseTransitions: spec.leaseTransitions ?? 0 }
}
