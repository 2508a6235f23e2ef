// What the tests of isolation share: one app's root, and looks at the processes of this machine.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ServiceStatus } from '../../src/api/app-status.ts'
import type { Running } from '../supervisor/support.ts'

export const root = fileURLToPath(new URL('fixtures', import.meta.url))

export async function jsonOf ({ get }: Running, path: string): Promise<unknown> {
  const response = await get(path)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

export function statusOf ({ supervisor }: Running, name: string): ServiceStatus {
  const found = supervisor.status().services.find((service) => service.name === name)
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

export interface ProcessEntry { pid: number, state: string, parent: number, group: number }

/** Every process of the machine (proc_pid_stat(5)). */
export function processes (): ProcessEntry[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      // The command may hold anything, parentheses too.
      const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [{ pid: Number(name), state, parent: Number(parent), group: Number(group) }]
    } catch {
      return []
    }
  })
}

export function isAlive (pid: number): boolean {
  return processes().some((entry) => entry.pid === pid && entry.state !== 'Z')
}

export function zombiesOf (parent: number): ProcessEntry[] {
  return processes().filter((entry) => entry.parent === parent && entry.state === 'Z')
}

/** Without a turn of the event loop: whatever the child has said by then is not heard yet, nor its end. */
export function untilEnded (child: number): void {
  while (isAlive(child)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
