// Memory of a process and all that it started, as the kernel shares it out (proportional set size, proc(5)).
import { readProc, treeOf } from './tree.ts'

/** MiB over the process tree of `pid`. Linux only. */
export function treePss (pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + pssOf(one), 0) / 1024
}

function pssOf (pid: number): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(readProc(`${pid}/smaps_rollup`))?.[1] ?? 0)
}
