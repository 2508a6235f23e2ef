// How V8 collects garbage in threads and processes of services, and in the gateway's.
import { setFlagsFromString } from 'node:v8'

export const collectorFlags: readonly string[] = [
  // Each thread collects its young objects alone. By default V8 calls up to four helper threads of the process, which a collection then
  // waits for; with as many threads as services, and seldom as many cores, those are scheduled late, and a collection of a millisecond
  // takes ten (bench: a quarter less CPU a request on two busy cores). Full collections keep their helpers.
  '--no-parallel-scavenge',
  // Buffers that were let go are given back by the collection that finds them. By default helpers do that later, and until then their
  // bytes count as held: V8 takes the heap to be full, and marks it all.
  '--no-concurrent-array-buffer-sweeping',
  // MiB of heap and Buffers up to which the whole heap is never marked. By default it is once 16 MiB have come on top of what lived,
  // less what new objects may take; a service's thread, which holds some 10, can so let go of base/young-buffers.ts' bytes by young
  // collections alone. Garbage may fill the rest of it (six services under load: 227 instead of 214 MiB).
  '--initial-old-space-size=48'
]

/** For the whole process: the last of them for threads that start from then on, the others from the next collection on. */
export function setCollectorFlags (): void {
  for (const flag of collectorFlags) setFlagsFromString(flag)
}
