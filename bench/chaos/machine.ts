// How much of the machine's time others had, the host among them. What they take can make a stall that is not ours.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'

export interface MachineTime {
  /** Of all cores' time since it was begun, as far as nothing that was started since still runs; 0 where it cannot be told. */
  othersShare: () => number
}

/** Clock ticks are 10 ms wherever Linux runs (sysconf(3), USER_HZ). */
const ticksPerMs = 0.1

export function machineTime (): MachineTime {
  const [before, ownBefore, startMs] = [busyTicks(), ownTicks(), performance.now()]
  return {
    othersShare () {
      const ticks = (performance.now() - startMs) * ticksPerMs * availableParallelism()
      return Math.max(0, (busyTicks() - before - (ownTicks() - ownBefore)) / ticks)
    }
  }
}

/** Waits until others have less than `share` of the machine for a second, if they ever do. */
export async function untilCalm (share: number, longestMs: number): Promise<void> {
  for (const startMs = performance.now(); performance.now() - startMs < longestMs;) {
    const machine = machineTime()
    await wait(1_000)
    if (machine.othersShare() < share) return
  }
}

/** proc_stat(5): user, nice, system, irq, softirq and steal of all cores; guest is in user already. */
function busyTicks (): number {
  const [, user, nice, system,,, irq, softirq, steal] = linesOf('/proc/stat')[0]?.split(/\s+/).map(Number) ?? []
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0)
}

/** proc_pid_stat(5): utime, stime, and those of children that have ended. */
function ownTicks (): number {
  const fields = linesOf('/proc/self/stat')[0]?.replace(/^.*\) /, '').split(' ').slice(11, 15).map(Number) ?? []
  return fields.reduce((sum, ticks) => sum + ticks, 0)
}

function linesOf (file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}
