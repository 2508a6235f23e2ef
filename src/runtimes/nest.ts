// Runtime `nest`: the program that `nest build` writes, whatever HTTP adapter it listens with.
import { readFileSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { errors } from './errors.ts'
import { hasFile } from './load.ts'
import type { ServiceToServe, Serving } from './runtime.ts'

/** @throws WATT_RUNTIME_NOT_BUILT, and as node.ts */
export async function serve (service: ServiceToServe): Promise<Serving> {
  const { serve } = await import('./node.ts')
  if (service.entry !== undefined || service.code?.is === 'file') return await serve(service)
  const tried = builtFiles(service)
  const file = tried.find((candidate) => hasFile(service.folder, candidate))
  if (file === undefined) throw errors.WATT_RUNTIME_NOT_BUILT(service.name, 'Nest', tried.join(', '))
  return await serve({ ...service, entry: file, code: { is: 'file', file, command: undefined } })
}

/** The sources themselves, compiled as they are loaded; what was built, where there is no compiler for that. */
export async function develop (service: ServiceToServe): Promise<Serving> {
  const { source, main } = namesOf(service.folder)
  const file = `${source}/${main}.ts`
  // Of a second start the compiler's own code was most: with V8's cache it takes a third.
  enableCompileCache()
  if (!hasFile(service.folder, file) || !(await import('./compile.ts')).compileSources(service.folder)) return await serve(service)
  const serving = await (await import('./node.ts')).serve({ ...service, entry: file, code: { is: 'file', file, command: undefined } })
  flushCompileCache()
  return serving
}

/** Where the compiler puts the first file: below `src` as well, when it compiles more than that. */
function builtFiles ({ folder }: ServiceToServe): string[] {
  const { source, main } = namesOf(folder)
  const output = ['tsconfig.build.json', 'tsconfig.json'].map((name) => field(textOf(folder, name), 'outDir')).find((found) => found !== undefined) ?? 'dist'
  const folders = [...new Set([output.replace(/^\.\//, '').replace(/\/$/, ''), 'dist'])]
  return folders.flatMap((built) => [`${built}/${main}.js`, `${built}/${source}/${main}.js`])
}

/** https://docs.nestjs.com/cli/monorepo#cli-properties */
function namesOf (folder: string): { source: string, main: string } {
  const cli = textOf(folder, 'nest-cli.json')
  return { source: field(cli, 'sourceRoot') ?? 'src', main: field(cli, 'entryFile') ?? 'main' }
}

function textOf (folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return ''
  }
}

/** These files may hold comments, so that they are no JSON. */
function field (text: string, name: string): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(text)?.[1]
}
