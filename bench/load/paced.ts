// Open load at a fixed rate from a process of its own, and how long the answers took: what closed load cannot see, since it waits
// with a slow server ("coordinated omission").
import { join } from 'node:path'
import type { Children } from '../process/children.ts'
import { runToEnd } from './run-to-end.ts'

export interface PacedLoad {
  url: string
  /** Requests a second, evenly spaced, whatever the server does. */
  rate: number
  connections: number
  seconds: number
}

export interface Latencies {
  /** Milliseconds from when a request was due, not from when a connection was free for it. */
  p50: number
  p99: number
  max: number
  answered: number
  /** Share of the requests that were set aside, since the driver itself could not send them within a millisecond of when they were due. */
  late: number
}

/** @throws when a connection fails, an answer is no 200, or requests are left unanswered */
export async function pacedLatencies (children: Children, { url, rate, connections, seconds }: PacedLoad): Promise<Latencies> {
  const args = [join(import.meta.dirname, 'paced-main.ts'), url, `${rate}`, `${connections}`, `${seconds}`]
  const text = await runToEnd(children, { name: 'the paced driver', file: process.execPath, args }, seconds + 10)
  const json = /^\{.*\}$/m.exec(text)?.[0]
  if (json === undefined) throw new Error(`the paced driver gave no figures; it said:\n${text}`)
  return JSON.parse(json) as Latencies
}
