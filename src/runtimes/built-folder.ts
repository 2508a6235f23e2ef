// The folder that a framework's build has written: found, or said to be missing; and built for the place where browsers find it.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from './errors.ts'
import { isInside } from './load.ts'
import { builtBase, fitsBase } from './page-request.ts'
import type { ServiceToServe } from './runtime.ts'

/**
 * Real path of the first of `outputs` that is a folder.
 * @throws WATT_RUNTIME_NOT_BUILT, WATT_PATH_OUTSIDE
 */
export function findBuilt ({ name, root, folder }: ServiceToServe, framework: string, outputs: readonly string[]): string {
  const output = outputs.find((candidate) => statSync(join(folder, candidate), { throwIfNoEntry: false })?.isDirectory() === true)
  if (output === undefined) throw errors.WATT_RUNTIME_NOT_BUILT(name, framework, outputs.join(', '))
  const real = realpathSync(join(folder, output))
  if (!isInside(root, real)) throw errors.WATT_PATH_OUTSIDE(name, output)
  return real
}

/** The base for which the page `index.html` of `built` was made; undefined when it does not say: its links are relative. @throws WATT_RUNTIME_BASE */
export function checkPageBase (service: ServiceToServe, framework: string, built: string): string | undefined {
  const page = join(built, 'index.html')
  if (statSync(page, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  const isFile = (path: string): boolean => path !== '' && statSync(join(built, path), { throwIfNoEntry: false })?.isFile() === true
  return checkBase(service, framework, builtBase(readFileSync(page, 'utf8'), isFile))
}

/** @throws WATT_RUNTIME_BASE */
export function checkBase<Base extends string | undefined> ({ name, basePath }: ServiceToServe, framework: string, built: Base): Base {
  if (!fitsBase(built, basePath)) throw errors.WATT_RUNTIME_BASE(name, framework, `${built}/`, basePath)
  return built
}
