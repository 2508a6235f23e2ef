// A program of this machine.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Its file, or undefined. */
export function findOnPath (name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path.split(delimiter).map((folder) => join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
