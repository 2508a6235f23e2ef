// What else ran on the machine while we measured: figures of such a time say little. Linux; elsewhere nothing is seen.
import { availableParallelism } from 'node:os'
import { processes, readProc, statOf, treeOf } from './tree.ts'

export interface Disturbance {
  /** Share of all cores' time that a virtual machine's host kept for itself. */
  host: number
  /** Cores that processes which the bench did not start kept busy. */
  others: number
}

/** USER_HZ, fixed for programs on Linux. */
const ticksPerSecond = 100

/** Starts to look; the returned function tells what has happened since. `own`: whose tree is no disturbance. */
export function watchDisturbance (own: number): () => Disturbance {
  const begin = { ...machine(), busy: busyOthers(own), ms: performance.now() }
  return () => {
    const end = machine()
    const elapsedTicks = (performance.now() - begin.ms) / 1000 * ticksPerSecond
    const busy = busyOthers(own).entries().reduce((sum, [pid, ticks]) => sum + ticks - (begin.busy.get(pid) ?? 0), 0)
    return {
      host: end.all > begin.all ? (end.stolen - begin.stolen) / (end.all - begin.all) : 0,
      others: Math.min(availableParallelism(), busy / elapsedTicks)
    }
  }
}

function machine (): { all: number, stolen: number } {
  // user nice system idle iowait irq softirq steal; what follows is contained in the first two (proc(5)).
  const ticks = (/^cpu +(.*)$/m.exec(readProc('stat'))?.[1] ?? '').split(' ').slice(0, 8).map(Number)
  return { all: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 }
}

/** Ticks by process, of those that are not ours and still run. */
function busyOthers (own: number): Map<number, number> {
  const ours = new Set(treeOf(own))
  const ticks = new Map<number, number>()
  for (const pid of processes()) {
    // state ppid pgrp …; utime and stime are the 14th and 15th field, with pid and name.
    const fields = statOf(pid)
    if (fields.length > 0 && !ours.has(pid)) ticks.set(pid, Number(fields[11]) + Number(fields[12]))
  }
  return ticks
}
