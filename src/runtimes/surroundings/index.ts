// What a thread lacks of a process, given to it before the service's code is loaded: for good, since nothing else runs in the thread.
import { syncBuiltinESMExports } from 'node:module'
import { lend } from './lend.ts'
import { tellNested, type Place } from './nested-place.ts'
import { ownWorkingFolder } from './working-folder.ts'

export interface Surroundings extends Place {
  /** The worker is a process, which has all of this by itself but for its title. */
  isProcess: boolean
}

/** `folder` is a real path. */
export function surround ({ title, folder, isProcess }: Surroundings): void {
  if (isProcess) process.title = title
  else {
    const moved = (folder: string): void => tellNested({ title, folder })
    moved(folder)
    lend(title, ownWorkingFolder(folder, moved))
  }
  process.env.HOST ??= '127.0.0.1'
  // `import { readFile } from 'node:fs'` sees the replaced functions too.
  syncBuiltinESMExports()
}
