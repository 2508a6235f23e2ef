// Whether a service can be run as its folder is now: what would be said by its first start is said by the build.
import { execFile } from 'node:child_process'
import { extname, join } from 'node:path'
import type { WattError } from '../../base/error.ts'
import { readStack } from '../dev/stack.ts'
import { findSyntaxError } from '../dev/syntax-check.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { unservedFramework } from '../init/kind.ts'
import type { ServiceFolder } from '../project/service.ts'
import { within } from '../project/service.ts'

export interface ServiceToCheck {
  path: string
  found: ServiceFolder
  base: string
  tree: Tree
  isBuilt: boolean
}

export async function problemOf ({ path, found, base, tree, isBuilt }: ServiceToCheck): Promise<WattError | undefined> {
  const { name, folder, isThere, candidate, row, packageFolder } = found
  if (!isThere) return errors.WATT_SERVICE_FOLDER_MISSING(name, path)
  const json = packageFolder === undefined ? undefined : packageOf(tree, within(base, packageFolder))
  const isProgram = candidate === undefined || row?.build === undefined
  const framework = isProgram && candidate?.runtime !== 'static' ? unservedFramework(json) : undefined
  if (candidate === undefined || (framework !== undefined && !found.hasEntry)) {
    return framework === undefined
      ? errors.WATT_NOTHING_TO_RUN(name, folder, json === undefined ? 'no package.json' : 'a package.json', found.tried)
      : errors.WATT_FRAMEWORK_UNKNOWN(name, framework, folder)
  }
  // What a compiler has written parses, and so does what the registry has.
  if (isBuilt || !isProgram || !found.hasEntry || found.entry === undefined || found.entry.includes('node_modules/')) return undefined
  return await syntaxProblem(name, join(folder, found.entry), json?.type === 'module')
}

async function syntaxProblem (service: string, entry: string, isOfModules: boolean): Promise<WattError | undefined> {
  if (!['.js', '.mjs', '.cjs'].includes(extname(entry))) return undefined
  const words = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--check', entry], { env: {} }, (failure, _, stderr) => resolve(failure === null ? '' : stderr))
  })
  const isModule = extname(entry) === '.mjs' || (extname(entry) === '.js' && isOfModules)
  const at = words !== '' ? readStack(words, () => false).at : isModule ? await findSyntaxError([entry]) : undefined
  if (words === '' && at === undefined) return undefined
  const message = /^\w*Error: .*$/m.exec(words)?.[0] ?? 'it does not parse'
  return errors.WATT_SYNTAX(service, at === undefined ? entry : `${at.file}:${at.line}:${at.column}`, message)
}
