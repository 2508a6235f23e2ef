// `wattapp init [FOLDER]`: a manifest for what is there, with a comment at each guess.
import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { messageOf, withCause } from '../../base/error.ts'
import { deliver, type DeliverOptions } from '../draft/deliver.ts'
import { diskTree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { initFolder } from '../init/folder.ts'
import type { Output } from '../output.ts'
import { tellPlace } from './import.ts'

export interface InitOptions extends DeliverOptions { stdout: boolean }

export async function runInit (folder: string, { stdout, ...options }: InitOptions, output: Output): Promise<number> {
  const root = resolve(folder)
  const isFolder = existing(folder)
  if (!isFolder) throw errors.WATT_PROJECT_EMPTY(folder, 'it is no folder')
  // For programs the report alone goes to standard output, and nothing is written unless they name a file.
  const file = stdout ? '-' : options.output ?? (options.format === 'json' ? '-' : join(folder, 'wattapp.yaml'))
  await deliver(initFolder(diskTree(root), basename(root)), { ...options, output: file }, output)
  tellPlace(root, { ...options, output: file }, output)
  return 0
}

function existing (folder: string): boolean {
  try {
    return statSync(folder).isDirectory()
  } catch (thrown) {
    throw withCause(errors.WATT_INPUT_UNREADABLE(folder, messageOf(thrown)), thrown)
  }
}
