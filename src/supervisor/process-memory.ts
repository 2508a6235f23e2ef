// How much memory of the machine a process holds, asked of the kernel: a child that is stuck could not say it.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

export interface ResidentMemory {
  /** In bytes; undefined where the kernel does not say (no /proc), or the process has ended. */
  read: () => number | undefined
  close: () => void
}

/** Of the process, whatever its number is given to later: the file belongs to it alone (proc_pid_statm(5)). */
export function residentMemoryOf (pid: number): ResidentMemory {
  const pageBytes = readPageBytes()
  let fd: number | undefined
  try {
    fd = openSync(`/proc/${pid}/statm`, 'r')
  } catch {
    // No Linux.
  }
  const text = Buffer.alloc(256)
  return {
    read () {
      if (fd === undefined || pageBytes === undefined) return undefined
      try {
        const [, pages] = text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)).split(' ')
        return pages === undefined ? undefined : Number(pages) * pageBytes
      } catch {
        return undefined
      }
    },
    close () {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    }
  }
}

/** AT_PAGESZ of the auxiliary vector (getauxval(3)): pairs of 64 bits, kind and value. Some arm64 kernels have 16 or 64 KiB. */
function readPageBytes (): number | undefined {
  const atPageSize = 6n
  try {
    const vector = readFileSync('/proc/self/auxv')
    const word = (at: number): bigint => endianness() === 'LE' ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at)
    for (let at = 0; at + 16 <= vector.length; at += 16) if (word(at) === atPageSize) return Number(word(at + 8))
  } catch {
    // No Linux.
  }
  return undefined
}
