// What a person reads of a service that is not well: the first check that finds something. Pure.
import type { ExitReason, WorkerState } from '../api/app-status.ts'

export interface ServiceHealth {
  dependsOn: string[]
  states: WorkerState[]
  desired: number
  isInCrashLoop: boolean
  isLeaving: boolean
  lastExit: { reason: ExitReason, message: string } | undefined
  /** Threads that survived `terminate()`. */
  abandoned: number
  /** What it does to all others through the libuv pool. */
  flooding: string | undefined
}

type Check = (health: ServiceHealth) => string | undefined

/** Gravest first. */
const checks: readonly Check[] = [threadAbandoned, leaving, notBegun, crashLoop, noneReady, floodsPool, someMissing]

/** Empty while all is well. */
export function serviceMessage (health: ServiceHealth): string {
  return checks.values().map((check) => check(health)).find((message) => message !== undefined) ?? ''
}

function threadAbandoned ({ abandoned }: ServiceHealth): string | undefined {
  if (abandoned === 0) return undefined
  return `${abandoned} of its threads ${abandoned === 1 ? 'hangs' : 'hang'} in a native call and could not be ended; only a new pod frees ${abandoned === 1 ? 'it' : 'them'}`
}

function leaving ({ isLeaving, states }: ServiceHealth): string | undefined {
  if (!isLeaving) return undefined
  return states.length === 0 ? 'stopped' : `draining: ${states.length} ${states.length === 1 ? 'worker' : 'workers'} left`
}

function notBegun ({ states, dependsOn }: ServiceHealth): string | undefined {
  if (states.length > 0) return undefined
  return dependsOn.length === 0 ? 'waits for its turn to start' : `waits for ${dependsOn.join(', ')} to start`
}

function crashLoop ({ isInCrashLoop, lastExit }: ServiceHealth): string | undefined {
  return isInCrashLoop ? `in crash loop: ${lastWords(lastExit)}` : undefined
}

function noneReady ({ states, lastExit }: ServiceHealth): string | undefined {
  if (states.includes('ready')) return undefined
  return lastExit === undefined ? 'starting' : `restarting: ${lastWords(lastExit)}`
}

function floodsPool ({ flooding }: ServiceHealth): string | undefined {
  return flooding
}

function someMissing ({ states, desired, lastExit }: ServiceHealth): string | undefined {
  const ready = states.filter((state) => state === 'ready').length
  if (ready >= desired) return undefined
  return `${ready} of ${desired} workers ready${lastExit === undefined ? '' : `; ${lastWords(lastExit)}`}`
}

function lastWords (lastExit: ServiceHealth['lastExit']): string {
  return lastExit === undefined ? 'no reason known' : `last end by ${lastExit.reason}: ${lastExit.message}`
}
