// Echo over WebSockets from a process of its own: so many connections, each with one message on its way.
import { join } from 'node:path'
import type { Children } from '../process/children.ts'
import { runToEnd } from './run-to-end.ts'

export interface EchoLoad { url: string, connections: number, seconds: number }
export interface EchoRate {
  perSecond: number
  /** CPU time of the driver ÷ wall time. Near 1 it is the driver that was measured. */
  driverCpu: number
}

/** @throws when a connection is refused or closed, or an echo is not what was sent */
export async function echoRate (children: Children, { url, connections, seconds }: EchoLoad): Promise<EchoRate> {
  const args = [join(import.meta.dirname, 'websocket-main.ts'), url, `${connections}`, `${seconds}`]
  const text = await runToEnd(children, { name: 'the WebSocket driver', file: process.execPath, args }, seconds + 10)
  const json = /^\{.*\}$/m.exec(text)?.[0]
  if (json === undefined) throw new Error(`the WebSocket driver gave no rate; it said:\n${text}`)
  return JSON.parse(json) as EchoRate
}
