// What a virtual machine's host took away while we measured: figures of such a time say little.
import { readFileSync } from 'node:fs'

/** Starts to look; the returned function gives the share of all cores' time since then, 0 where the system does not tell (proc(5)). */
export function watchStolen (): () => number {
  const begin = times()
  return () => {
    const end = times()
    const all = end.all - begin.all
    return all > 0 ? (end.stolen - begin.stolen) / all : 0
  }
}

function times (): { all: number, stolen: number } {
  try {
    // user nice system idle iowait irq softirq steal; what follows is contained in the first two.
    const [, text = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? []
    const ticks = text.split(' ').slice(0, 8).map(Number)
    return { all: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 }
  } catch {
    return { all: 0, stolen: 0 }
  }
}
