// How long a connection may be in what it is in. Pure.
import { limits } from '../limits.ts'

export type Phase =
  /** Nothing came yet. */
  | 'fresh'
  /** The last request is answered, the next has not begun. */
  | 'idle'
  /** A head has begun. */
  | 'head'
  /** A request is under way: it has limits of its own. */
  | 'busy'
  /** The last answer is out; what still comes is read and dropped. */
  | 'lingering'
  /** Closed, or no longer ours. */
  | 'gone'

const longestMs: Record<Phase, number> = {
  fresh: limits.headMs, idle: limits.keepAliveMs, head: limits.headMs, busy: Infinity, lingering: limits.lingerMs, gone: Infinity
}

export function isLate (phase: Phase, forMs: number): boolean {
  return forMs > longestMs[phase]
}
