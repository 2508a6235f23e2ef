// What the supervisor's main thread and the carrier of its child processes say to each other.
import type { Meeting } from '../mesh/carry/meeting.ts'
import type { ProcessData } from '../runtimes/process-message.ts'
import type { ThreadMessage, ThreadOrder } from '../runtimes/thread.ts'
import type { ProcessEnd } from './process-end.ts'

export interface ChildPlan {
  name: string
  /** With the mesh ports of its services, which are transferred. */
  data: ProcessData
  /** Its working directory. */
  folder: string
  env: Record<string, string>
  argv: string[]
  /** Of Node itself. */
  flags: string[]
  /** process-figures.ts */
  figures: SharedArrayBuffer
  /** The metrics page, kept as the child's own is. */
  page: SharedArrayBuffer
}

/** Main thread → carrier. `child` is a number of the main thread's choice. */
export type CarrierOrder =
  | { do: 'start', child: number, plan: ChildPlan }
  | { do: 'post', child: number, order: ThreadOrder }
  | { do: 'kill', child: number }

/** Carrier → main thread, of a child. After `exited` nothing more. */
export type CarrierMessage = { child: number } & (
  | { said: 'online', door: Meeting | undefined, inspector?: string }
  | { said: 'message', message: ThreadMessage }
  | { said: 'output', descriptor: 1 | 2, chunk: Uint8Array }
  | { said: 'threw', error: { message: string, stack?: string } }
  | { said: 'exited', end: ProcessEnd }
)
