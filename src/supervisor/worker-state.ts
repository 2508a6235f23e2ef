// A worker's life: when its thread is started, called, left alone, ended and started again. Decides; performs nothing.
// One-for-one supervision (Erlang/OTP supervisor: intensity = limit, period = window). Time and chance are arguments.
import { backoffMs } from '../base/backoff.ts'
import type { RestartConfig } from '../api/app-config.ts'
import type { ExitReason, WorkerState } from '../api/app-status.ts'

/**
 * What a worker hears. `overMemory` and `blocked` are the sampler's, `failed` and `started` are the thread's own word, `threw` is
 * an uncaught error and `signalled` the end of a process by a signal (the exit of both follows), `due` is the timer that the last
 * `wake` set: what it means depends on the state.
 */
export type WorkerEvent =
  'started' | 'healthy' | 'unhealthy' | 'overMemory' | 'blocked' | 'failed' | 'threw' | 'signalled' | 'exited' | 'due' | 'drain'

export type Effect =
  /**
   * `retire` asks the thread to finish what is in flight and end; `terminate` ends it; `giveUp` ends it too, but its callers are told
   * at once that it is lost and nobody waits for its end. `report` tells of an exit.
   */
  | { do: 'spawn' | 'admit' | 'expel' | 'retire' | 'terminate' | 'giveUp' | 'report' }
  /** Say `due` after that time, unless the state has changed by then. */
  | { do: 'wake', afterMs: number }

export interface WorkerPolicy {
  restart: RestartConfig
  startTimeoutMs: number
  drainTimeoutMs: number
  /** In development: what did not start, or crashes over and over, is left alone until somebody changes it. Default: false. */
  awaitsChange?: boolean
}

export interface WorkerLife {
  state: WorkerState
  /** When its threads ended, within the window; milliseconds since the epoch. */
  exitsMs: readonly number[]
  /** Past the limit, and not yet ready for a whole window since: the next exit is the crash loop again. */
  isLooping: boolean
  restarts: number
  /** When the thread at hand became ready. */
  readyMs?: number
  /** Why the thread at hand is about to end; the first cause is kept. */
  ending?: ExitReason
  /** Why the last thread ended. */
  lastReason?: ExitReason
}

/** Every legal move. What is not here is ignored: a thread already given up may still speak. An exit to `backoff` may be a crash loop. */
export const moves: { [S in WorkerState]: { [E in WorkerEvent]?: Exclude<WorkerState, 'crashLoop'> } } = {
  // A start may block the loop for long (modules load synchronously): startTimeout bounds it, not blockedTimeout.
  starting: { started: 'ready', overMemory: 'unhealthy', failed: 'unhealthy', threw: 'unhealthy', signalled: 'unhealthy', due: 'unhealthy', exited: 'backoff', drain: 'draining' },
  ready: { unhealthy: 'unhealthy', overMemory: 'unhealthy', blocked: 'backoff', failed: 'unhealthy', threw: 'unhealthy', signalled: 'unhealthy', exited: 'backoff', drain: 'draining' },
  unhealthy: { healthy: 'ready', overMemory: 'unhealthy', blocked: 'backoff', failed: 'unhealthy', threw: 'unhealthy', signalled: 'unhealthy', due: 'backoff', exited: 'backoff', drain: 'draining' },
  backoff: { due: 'starting', drain: 'stopped' },
  crashLoop: { due: 'starting', drain: 'stopped' },
  draining: { overMemory: 'draining', due: 'draining', exited: 'stopped' },
  stopped: {}
}

const causes: { [E in WorkerEvent]?: ExitReason } =
  { overMemory: 'memory', blocked: 'blocked', failed: 'startFailed', threw: 'error', signalled: 'signal', due: 'startTimeout', drain: 'stopped' }

/** From `terminate` to giving up: a thread ends within a garbage collection, or it is in a native call. */
const endMs = 1_000

/** What a dying thread may still be told of: it is not called healthy again. */
const lastWords: readonly WorkerEvent[] = ['exited', 'drain', 'due']

export function begin (policy: WorkerPolicy): [WorkerLife, Effect[]] {
  return [{ state: 'starting', exitsMs: [], isLooping: false, restarts: 0 }, [{ do: 'spawn' }, { do: 'wake', afterMs: policy.startTimeoutMs }]]
}

export function next (worker: WorkerLife, event: WorkerEvent, policy: WorkerPolicy, at: { nowMs: number, random: number }): [WorkerLife, Effect[]] {
  const to = moves[worker.state][event]
  if (to === undefined || (isEnding(worker) && !lastWords.includes(event))) return [worker, []]
  switch (to) {
    case 'starting': return restarted(worker, policy)
    case 'ready': return [{ ...worker, state: to, readyMs: worker.readyMs ?? at.nowMs }, [{ do: 'admit' }]]
    case 'unhealthy': {
      // Whether its own word or Node's comes first is chance.
      const ending = worker.state === 'starting' && event === 'threw' ? 'startFailed' : causes[event]
      if (ending === undefined) return [{ ...worker, state: to }, [{ do: 'expel' }]]
      return [{ ...worker, state: to, ending }, [{ do: 'expel' }, { do: 'terminate' }, { do: 'wake', afterMs: endMs }]]
    }
    case 'draining':
      // Already draining: its time is up, or it outgrew its memory while it finished.
      if (worker.state === 'draining') return [worker, [{ do: 'terminate' }]]
      return [{ ...worker, state: to, ending: worker.ending ?? 'stopped' }, [{ do: 'expel' }, { do: 'retire' }, { do: 'wake', afterMs: policy.drainTimeoutMs }]]
    case 'stopped': return [{ ...worker, state: to, lastReason: 'stopped' }, worker.state === 'draining' ? [{ do: 'report' }] : []]
    case 'backoff': {
      if (event === 'exited') return exited(worker, policy, at)
      // It is told to end, and who knows when it will: its successor does not wait for that.
      const [after, effects] = exited({ ...worker, ending: worker.ending ?? causes[event] ?? 'exit' }, policy, at)
      return [after, [{ do: 'expel' }, { do: 'giveUp' }, ...effects]]
    }
  }
}

function isEnding ({ state, ending }: WorkerLife): boolean {
  return ending !== undefined && state !== 'draining'
}

function restarted ({ exitsMs, isLooping, restarts, lastReason }: WorkerLife, policy: WorkerPolicy): [WorkerLife, Effect[]] {
  const worker = { state: 'starting' as const, exitsMs, isLooping, restarts: restarts + 1, ...(lastReason !== undefined && { lastReason }) }
  return [worker, [{ do: 'spawn' }, { do: 'wake', afterMs: policy.startTimeoutMs }]]
}

function exited (worker: WorkerLife, { restart, awaitsChange = false }: WorkerPolicy, at: { nowMs: number, random: number }): [WorkerLife, Effect[]] {
  const exitsMs = [...worker.exitsMs.filter((ms) => ms > at.nowMs - restart.windowMs), at.nowMs]
  // Retries of a crash loop are further apart than the window may be long: counting exits alone would call it healed each time.
  const wasStable = worker.readyMs !== undefined && at.nowMs - worker.readyMs >= restart.windowMs
  const { restarts, ending = 'exit' } = worker
  const cannotStart = awaitsChange && (ending === 'startFailed' || ending === 'startTimeout')
  const isLooping = cannotStart || exitsMs.length > restart.limit || (worker.isLooping && !wasStable)
  // Callers have waited for a blocked one long enough; should the next one block too, there is a delay.
  const isAtOnce = ending === 'blocked' && exitsMs.length === 1
  const afterMs = isLooping ? restart.maxMs : isAtOnce ? 0 : backoffMs(exitsMs.length, restart, at.random)
  return [{ state: isLooping ? 'crashLoop' : 'backoff', exitsMs, isLooping, restarts, lastReason: ending }, [{ do: 'report' }, ...isLooping && awaitsChange ? [] : [{ do: 'wake' as const, afterMs }]]]
}
