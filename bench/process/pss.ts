// Memory of a process and all that it started, as the kernel shares it out (proportional set size, proc(5)).
import { readdirSync, readFileSync } from 'node:fs'

/** MiB over the process tree of `pid`. Linux only. */
export function treePss (pid: number): number {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== undefined) children.set(parent, [...children.get(parent) ?? [], Number(name)])
  }
  const sum = (root: number): number => pssOf(root) + (children.get(root) ?? []).reduce((total, child) => total + sum(child), 0)
  return sum(pid) / 1024
}

function pssOf (pid: number): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
}

/** The name may hold anything, parentheses too: what follows the last one counts. */
function parentOf (pid: number): number | undefined {
  const [, parent] = read(`/proc/${pid}/stat`).replace(/^.*\) /s, '').split(' ')
  return parent === undefined ? undefined : Number(parent)
}

/** Empty for a process that has just ended. */
function read (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
