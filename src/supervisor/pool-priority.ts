// The threads of the libuv pool give way to event loops: eight of them with hashes to make would else take the cores of a pod that
// has two, and its gateway with them.
import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/**
 * Of sched(7): a tenth of the weight of a thread that has none, so that eight of them weigh less than one event loop. Still enough
 * for files where others keep all cores busy.
 */
const niceness = 10

/** Once there are some: libuv starts all of them with the first job. Whoever may not be asked for stays as it is. */
export function lowerPoolPriority (): void {
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      // On Linux a priority is a thread's, whatever POSIX says (setpriority(2), C library/kernel differences).
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'libuv-worker') setPriority(Number(thread), niceness)
    }
  } catch {
    // No Linux, or a thread that has just ended: it is only the better manners of the pool that are lost.
  }
}
