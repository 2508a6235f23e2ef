// How V8 collects the young objects of each thread: alone. By default it calls up to four helper threads of the process, which a
// collection then waits for; with as many threads as services, and seldom as many cores, those are scheduled late, and a collection
// of a millisecond takes ten (bench: a quarter less CPU a request on two busy cores). Full collections keep their helpers.
import { setFlagsFromString } from 'node:v8'

export const collectorFlags: readonly string[] = ['--no-parallel-scavenge']

/** For the whole process, from the next collection on. */
export function setCollectorFlags (): void {
  for (const flag of collectorFlags) setFlagsFromString(flag)
}
