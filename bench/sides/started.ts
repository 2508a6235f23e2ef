// A side that runs.
import type { Lifetime } from '../../src/base/lifetime.ts'
import type { Program } from '../process/children.ts'

export interface Started { url: string, program: Program }

/** Stops it with `life`. */
export function stopping (life: Lifetime, started: Started): Started {
  return life.add(started, ({ program }) => program.stop())
}
