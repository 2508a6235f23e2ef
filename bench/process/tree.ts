// A process and all that it started, as the kernel knows them (proc(5)). Linux; elsewhere a process is alone.
import { readdirSync, readFileSync } from 'node:fs'

/** `pid` first. */
export function treeOf (pid: number): number[] {
  const children = Map.groupBy(processes(), parentOf)
  const tree = (root: number): number[] => [root, ...(children.get(root) ?? []).flatMap(tree)]
  return tree(pid)
}

export function processes (): number[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
  } catch {
    return []
  }
}

/** State, parent, group and so on: what stands behind the name, which may hold anything, parentheses too. Empty for one that has just ended. */
export function statOf (pid: number): string[] {
  const text = readProc(`${pid}/stat`)
  return text === '' ? [] : text.replace(/^.*\) /s, '').split(' ')
}

/** Empty for what is not there, or has just ended. */
export function readProc (file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function parentOf (pid: number): number {
  return Number(statOf(pid)[1])
}
