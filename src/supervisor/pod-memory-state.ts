// Does the pod near its memory limit, and with whose memory? Pure.
// SharedArrayBuffers, WebAssembly and what native code allocates are in no thread's figures, and all in the process's.
import { inMebi, supervisorBytes, threadOverheadBytes } from '../api/memory-plan.ts'

export interface PodMemory {
  limitBytes: number | undefined
  /** Of this process and of those of its services. */
  residentBytes: number
  /** Heaps and Buffers of all threads, and what processes hold. */
  heldBytes: number
  threads: number
}

/** The pod is killed as a whole at its limit. */
const near = 0.95
/** Said until it has gone below. */
const farAgain = 0.9

/** What no figure accounts for, beside what Node and its threads take themselves. */
export function unaccountedBytes ({ residentBytes, heldBytes, threads }: PodMemory): number {
  return Math.max(0, residentBytes - heldBytes - supervisorBytes - threads * threadOverheadBytes)
}

/** For people; empty while all is well. `wasNear`: of the last look. */
export function memoryMessage (memory: PodMemory, wasNear: boolean): string {
  const { limitBytes, residentBytes } = memory
  if (limitBytes === undefined || residentBytes < (wasNear ? farAgain : near) * limitBytes) return ''
  const unaccounted = unaccountedBytes(memory)
  const whose = unaccounted > (1 - near) * limitBytes
    ? `${inMebi(unaccounted)} of it in no worker's figures (SharedArrayBuffers, WebAssembly or memory of native code)`
    : 'all of it in the figures of its workers'
  return `the pod holds ${inMebi(residentBytes)} of its limit of ${inMebi(limitBytes)}, ${whose}; at the limit it is killed as a whole`
}
