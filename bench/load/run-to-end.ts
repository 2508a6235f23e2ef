// A program that ends by itself and whose output is the result.
import { setTimeout as wait } from 'node:timers/promises'
import type { Children, Command } from '../process/children.ts'

const graceMs = 20_000

/** What it wrote. @throws when it does not end within 20 s more than it was meant to take */
export async function runToEnd (children: Children, command: Command, seconds: number): Promise<string> {
  const program = await children.start(command)
  const overdue = new AbortController()
  try {
    const isOverdue = await Promise.race([program.closed.then(() => false), wait(seconds * 1000 + graceMs, true, { signal: overdue.signal })])
    if (isOverdue) throw new Error(`${command.name} did not end in time; it said:\n${program.said()}`)
    return program.said()
  } finally {
    overdue.abort()
    await program.stop()
  }
}
