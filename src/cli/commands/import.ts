// `wattapp import FILE|FOLDER`: a Watt project as a WattApp, and what has no equal.
import { statSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { messageOf, withCause } from '../../base/error.ts'
import { deliver, type DeliverOptions } from '../draft/deliver.ts'
import { diskTree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { findWattFile } from '../import/watt-file.ts'
import { importWatt } from '../import/watt.ts'
import type { Output } from '../output.ts'

export type ImportOptions = DeliverOptions

export async function runImport (input: string, options: ImportOptions, output: Output): Promise<number> {
  const isFolder = isDirectory(input)
  const root = resolve(isFolder ? input : dirname(input))
  const tree = diskTree(root)
  const file = isFolder ? findWattFile(tree, '.') : basename(input)
  if (file === undefined) throw errors.WATT_NO_WATT_PROJECT(input, 'there is no watt.json or platformatic.json in it')
  await deliver(importWatt(tree, file, basename(root)), options, output)
  tellPlace(root, options, output)
  return 0
}

/** Paths of services are relative to the manifest's folder when it runs here. */
export function tellPlace (root: string, { output: file }: DeliverOptions, output: Output): void {
  if (file === undefined || file === '-' || dirname(resolve(file)) === root) return
  output.tell(`note: paths in ${file} are relative to ${relative(process.cwd(), root) || '.'}; move it there before \`wattapp run\``)
}

function isDirectory (input: string): boolean {
  try {
    return statSync(input).isDirectory()
  } catch (thrown) {
    throw withCause(errors.WATT_INPUT_UNREADABLE(input, messageOf(thrown)), thrown)
  }
}
