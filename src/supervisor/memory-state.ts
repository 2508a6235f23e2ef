// Is a worker over its ceiling, or is it V8 that has not yet thrown away what nobody needs? Pure.
// V8 lets garbage pile up to some 1.7 times of what lives before it looks; so a worker that is over is first told to collect,
// if its event loop turns and it is not far over: one that fills memory in a loop would never hear it.

export interface MemoryLife {
  state: 'within' | 'collecting' | 'collected'
  /** Since when it is told to collect, while it is. */
  sinceMs: number
  /** Not before that it is told again. */
  restsUntilMs: number
}

export type Verdict = 'fine' | 'collect' | 'end'

export interface Held {
  bytes: number
  limitBytes: number
  /** The figures are of after the collection. */
  isAfter: boolean
  /** Its event loop turns. */
  turns: boolean
  nowMs: number
}

/** Further over than this nothing is waited for. */
const bearable = 1.25
/** More than this of its ceiling after a collection is too near for the next one to be far. */
const full = 0.95
/** A collection of a gigabyte takes a second or two on a slow node. */
const patienceMs = 2_000
/** So many times of what a collection takes lie between it and the next: a worker that needs one sooner does little else. */
const rest = 3

export const within: MemoryLife = { state: 'within', sinceMs: -Infinity, restsUntilMs: -Infinity }

export function judge (life: MemoryLife, { bytes, limitBytes, isAfter, turns, nowMs }: Held): [MemoryLife, Verdict] {
  if (life.state === 'collected' && isAfter) return bytes > full * limitBytes ? [life, 'end'] : [{ ...life, state: 'within' }, 'fine']
  if (bytes <= limitBytes) return [life, 'fine']
  if (bytes > bearable * limitBytes) return [life, 'end']
  switch (life.state) {
    case 'within': return turns && nowMs >= life.restsUntilMs ? [{ ...life, state: 'collecting', sinceMs: nowMs }, 'collect'] : [life, 'end']
    case 'collecting': return [life, nowMs - life.sinceMs > patienceMs ? 'end' : 'fine']
    case 'collected': return [life, 'fine']
  }
}

/** It has collected. `tookMs` is what it says: no more than there was, whatever that is. */
export function collected (life: MemoryLife, nowMs: number, tookMs: number): MemoryLife {
  if (life.state !== 'collecting') return life
  const mostMs = nowMs - life.sinceMs
  return { ...life, state: 'collected', restsUntilMs: nowMs + rest * (tookMs >= 0 && tookMs < mostMs ? tookMs : mostMs) }
}
