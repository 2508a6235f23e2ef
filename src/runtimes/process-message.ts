// What the supervisor and a service's child process say to each other over their pipe, beside the ports that are carried on it.
import type { Meeting } from '../mesh/carry/meeting.ts'
import type { ThreadData, ThreadMessage, ThreadOrder } from './thread.ts'

/** The pipe's descriptor in the child: the one after stdin, stdout and stderr. */
export const pipeDescriptor = 3

/** Between two reports of a child; a child that is silent for longer does not turn its event loop. At half of it an idle child takes 0.7 % of a core instead of 0.35. */
export const reportMs = 100

/** A page that two processes cannot share: the child has one of its own, and tells of what changed in it. */
export type ProcessData = Omit<ThreadData, 'page'> & { pageBytes: number }

/** Supervisor → child. */
export type ProcessOrder =
  | { type: 'begin', data: ProcessData }
  /** All that was said in the ports of `begin` before now has been carried. */
  | { type: 'start' }
  | { type: 'order', order: ThreadOrder }

/** Child → supervisor. */
export type ProcessMessage =
  /** It reads its pipe; the service's code is still to come. `inspector`: where it speaks with debuggers. */
  | { type: 'online', door: Meeting | undefined, inspector?: string }
  | { type: 'said', message: ThreadMessage }
  /** Nobody caught it: its exit follows. */
  | { type: 'threw', error: { message: string, stack?: string } }
  | ProcessFigures
  /** Slots of the page that have changed, and their values. */
  | { type: 'page', at: number[], values: number[] }

export interface ProcessFigures {
  type: 'figures'
  /** Idle and active milliseconds of its event loop. */
  idle: number
  active: number
  heapUsedBytes: number
  externalBytes: number
  /** Where the kernel does not tell the supervisor (no /proc). */
  residentBytes: number
  /** Milliseconds of the machine's monotonic clock, which all processes share. */
  atMs: number
}

/** Now, by that clock. */
export function machineMs (): number {
  return Number(process.hrtime.bigint()) / 1e6
}
