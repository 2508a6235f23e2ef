// The Node.js of the sides whose memory is read: a copy. Pages of one file are shared out among all who map it, and this process
// maps the original, which would take a part of each side's memory away.
import { chmodSync, copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'

export function ownNode (folder: string): string {
  const file = join(folder, 'node')
  if (!existsSync(file)) {
    copyFileSync(process.execPath, file)
    chmodSync(file, 0o755)
  }
  return file
}
