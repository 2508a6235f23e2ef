// How a child process ended, in words for people. Pure.
import type { ExitDetail } from './worker.ts'

/** `pid`: for people who look at the node. */
export interface ProcessEnd { code: number | null, signal: string | null, pid: number | undefined }

/** What a signal mostly means when nobody meant to send it (signal(7)). */
const meanings: Readonly<Record<string, { means: string, hint: string }>> = {
  SIGSEGV: { means: 'a bad memory access in native code', hint: 'look at its native addons, and whether they are built for this Node.js' },
  SIGBUS: { means: 'a bad memory access in native code', hint: 'look at its native addons, and at files that shrank while they were mapped' },
  SIGILL: { means: 'an instruction that this processor does not have', hint: 'look at its native addons: are they built for this processor?' },
  SIGFPE: { means: 'an arithmetic error in native code', hint: 'look at its native addons' },
  SIGABRT: { means: 'it gave up by itself: process.abort(), a failed assertion in native code, or V8 at the end of its heap', hint: 'its last lines in the log say which' },
  SIGTRAP: { means: 'V8 or native code found itself in a state that must not be', hint: 'its last lines in the log say which' },
  SIGKILL: { means: 'killed from outside; the kernel does that when the container is at its memory limit', hint: 'compare the memory plan with what the pod really holds' },
  SIGSYS: { means: 'a system call that this container forbids', hint: 'look at the seccomp profile of the pod' }
}

export function describeEnd ({ code, signal, pid }: ProcessEnd): ExitDetail {
  const who = pid === undefined ? 'its process' : `its process ${pid}`
  if (signal !== null) {
    const known = meanings[signal]
    return { message: `${who} was ended by ${signal}${known === undefined ? '' : ` (${known.means})`}`, ...(known !== undefined && { hint: known.hint }) }
  }
  if (code === 0) return { message: `${who} ended by itself (nothing left to do, or process.exit(0))` }
  return { message: `${who} ended with exit code ${code}` }
}
