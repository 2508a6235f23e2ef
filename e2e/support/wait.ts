// Waits for a state of the world: asks again until it holds, and says what was last seen when it never does.
import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves with the first value that is neither undefined nor false. @throws with the last failure after `timeoutMs` */
export async function until<Value> (what: string, look: () => Promise<Value | undefined | false>, timeoutMs = 90_000): Promise<Value> {
  const deadline = Date.now() + timeoutMs
  let last = 'nothing'
  for (;;) {
    try {
      const value = await look()
      if (value !== undefined && value !== false) return value
      last = 'not yet'
    } catch (thrown) {
      last = thrown instanceof Error ? thrown.message : String(thrown)
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}; last seen: ${last}`)
    await sleep(250)
  }
}
