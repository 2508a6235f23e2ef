// Does a thread's event loop turn, judged from outside: for how long has it not, and how late is it? Pure.
// Idle time that grows is a loop that turns. One that is never idle may as well be busy with many short turns: it is sent a ping,
// which it can only answer in a turn. So an idle thread is never disturbed, and a blocked one needs to say nothing.

export interface LoopTime { idle: number, active: number }

export interface LoopLife {
  time: LoopTime
  /** Without a sign of a turn; counts the time that was looked at. */
  silentMs: number
  /** Since the ping that is on the way; undefined: none is. */
  waitedMs: number | undefined
  /** How long the ping took that was answered since the last look. */
  answeredMs: number
  /** The longest wait known at each of the latest looks. */
  delaysMs: readonly number[]
}

/** Looks over which the longest delay is kept: a second. */
const looksKept = 20
/** Busy for less between two looks, it can hardly have kept anyone waiting. */
const askFromMs = 5

export const newLoop: LoopLife = { time: { idle: 0, active: 0 }, silentMs: 0, waitedMs: undefined, answeredMs: 0, delaysMs: [] }

/**
 * One look. `stepMs`: since the last one; a supervisor that was itself stopped (a suspended laptop, a throttled container) must
 * not count that time as the thread's silence, so it is bounded by the caller.
 */
export function look (loop: LoopLife, time: LoopTime, stepMs: number): { loop: LoopLife, ping: boolean } {
  const hasIdled = time.idle > loop.time.idle
  const silentMs = hasIdled ? 0 : loop.silentMs + stepMs
  // A loop that idles has read what was sent: a ping without an answer is lost, as when the service took our listener away.
  const waitedMs = loop.waitedMs === undefined || hasIdled ? undefined : loop.waitedMs + stepMs
  const ping = waitedMs === undefined && time.active - loop.time.active >= askFromMs
  const delaysMs = [...loop.delaysMs, Math.max(loop.answeredMs, waitedMs ?? 0)].slice(-looksKept)
  return { loop: { time, silentMs, waitedMs: ping ? 0 : waitedMs, answeredMs: 0, delaysMs }, ping }
}

/** It answered a ping, `tookMs` after that was sent. */
export function answered (loop: LoopLife, tookMs: number): LoopLife {
  if (loop.waitedMs === undefined) return loop
  return { ...loop, silentMs: 0, waitedMs: undefined, answeredMs: Math.max(loop.answeredMs, tookMs) }
}

/** It turned, as is known from elsewhere. */
export function turned (loop: LoopLife): LoopLife {
  return { ...loop, silentMs: 0 }
}

/** The longest that a ping waited within the last second, or has waited until now. An idle loop is not asked: 0. */
export function delayMs ({ delaysMs }: LoopLife): number {
  return Math.max(0, ...delaysMs)
}
