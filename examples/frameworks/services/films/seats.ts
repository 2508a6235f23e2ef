// Seats left, screening by screening; whoever listens hears of each change. In memory: the festival begins anew with the process.
import { EventEmitter, on } from 'node:events'
import { screenings } from './data.ts'

export interface Seats { screening: string, left: number }

const left = new Map(screenings.map(({ id, seats }) => [id, seats]))
/** By the order that holds them: asked twice, taken once. */
const reserved = new Map<string, { screening: string, count: number }>()
const changes = new EventEmitter().setMaxListeners(0)

export function seatsLeft (screening: string): number {
  return left.get(screening) ?? 0
}

/** False: there are not so many left. */
export function reserve (order: string, screening: string, count: number): boolean {
  if (reserved.has(order)) return true
  const now = seatsLeft(screening)
  if (now < count) return false
  reserved.set(order, { screening, count })
  left.set(screening, now - count)
  changes.emit('change', { screening, left: now - count } satisfies Seats)
  return true
}

export async function * seatChanges (signal: AbortSignal): AsyncGenerator<Seats> {
  try {
    for await (const [change] of on(changes, 'change', { signal })) yield change as Seats
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}
