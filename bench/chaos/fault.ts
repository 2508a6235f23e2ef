// What a row of the chaos table is: a fault put into a running pod, what callers noticed of it, and what must hold.
import type { Children } from '../process/children.ts'

/** In the order of the table. A check outside reads them: they stay. */
export const faultIds = [
  'crash', 'exit', 'one-of-two', 'crash-loop', 'blocked', 'stuck', 'pool', 'heap', 'buffers', 'sigterm', 'gateway', 'config',
  'parsers', 'aborts', 'garbage', 'burst', 'resize'
] as const

export type FaultId = typeof faultIds[number]

/** One thing that must hold, in words that say so. */
export interface Check { what: string, ok: boolean, saw: string }

export interface Outcome {
  /** Idempotent requests under the fault, the fault's own trigger not among them. */
  sent: number
  failed: number
  /** The longest that an answered request took from when it was due, less when the machine was away (load/away.ts); milliseconds. */
  stallMs: number
  /** The same, as the clock has it. */
  clockStallMs?: number
  /** The longest that a bare server beside the pod took. */
  controlStallMs?: number
  /** How often it was tried: what is missed on a noisy machine is tried again. */
  attempts?: number
  /** Of the cores' time, what others had and what the host kept for itself. */
  othersShare?: number
  checks: Check[]
}

/** What the peer showed under the same fault: nothing is asked of it. */
export interface PeerOutcome { sent: number, failed: number, stallMs: number, notes: string }

export interface Fault {
  id: FaultId
  title: string
  run: (chaos: Chaos) => Promise<Outcome>
  /** Absent: the peer has no such thing, or it cannot be done to it from outside. */
  peer?: (chaos: Chaos) => Promise<PeerOutcome>
}

/** What all faults share. */
export interface Chaos {
  children: Children
  /** For what must be a file; removed at the end. */
  folder: string
  /** The build of ours: a folder with supervisor/main.js. */
  dist: string
  isQuick: boolean
  /** Requests a second that are 30 % of our own top rate on this machine: on two cores a spinning thread takes one. */
  rate: number
  tell: (text: string) => void
}

export function check (what: string, ok: boolean, saw: unknown): Check {
  return { what, ok, saw: String(saw) }
}
