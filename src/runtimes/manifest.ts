// The parts of a package.json that decide what runs, and the files that it may mean. Pure.
import { readCommand, type Command } from './command.ts'

/** https://docs.npmjs.com/cli/configuring-npm/package-json and https://nodejs.org/api/packages.html */
export interface Manifest {
  main: string | undefined
  /** What `exports` gives for "." under Node's own conditions. */
  exported: string | undefined
  /** The script `start:prod`, else `start`, where it is the plain start of one program. */
  start: Command | undefined
  /** The file of a start script of the form `node [options] FILE`. */
  started: string | undefined
  /** Its own programs by name. */
  programs: Readonly<Record<string, string>>
  name: string | undefined
  /** dependencies, devDependencies and the others together. */
  dependencies: ReadonlySet<string>
}

type Fields = Readonly<Record<string, unknown>>

const dependencyFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const

/** Takes what is well-formed and leaves the rest: npm itself is that lenient. */
export function readManifest (parsed: unknown): Manifest {
  const fields = fieldsOf(parsed)
  const scripts = fieldsOf(fields.scripts)
  const start = ['start:prod', 'start'].map((script) => readCommand(stringOf(scripts[script]) ?? '', scripts)).find((command) => command !== undefined)
  const name = stringOf(fields.name)
  return {
    name,
    main: stringOf(fields.main),
    exported: exportedFile(fields.exports),
    start,
    started: start?.runs === 'file' ? start.name.replace(/^\.\//, '') : undefined,
    programs: programsOf(name, fields.bin),
    dependencies: new Set(dependencyFields.flatMap((field) => Object.keys(fieldsOf(fields[field]))))
  }
}

/** Order of Node's resolution: the first condition that holds (https://nodejs.org/api/packages.html#conditional-exports). */
const conditions = new Set(['node', 'import', 'module-sync', 'require', 'default'])

function exportedFile (exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (Array.isArray(exports)) return exports.map(exportedFile).find((file) => file !== undefined)
  const fields = fieldsOf(exports)
  if ('.' in fields) return exportedFile(fields['.'])
  for (const [condition, target] of Object.entries(fields)) {
    if (!conditions.has(condition)) continue
    const file = exportedFile(target)
    if (file !== undefined) return file
  }
  return undefined
}

/** https://docs.npmjs.com/cli/configuring-npm/package-json#bin: a bare file goes by the package's name, less its scope. */
function programsOf (name: string | undefined, bin: unknown): Record<string, string> {
  const file = stringOf(bin)
  if (file !== undefined) return name === undefined ? {} : { [baseName(name)]: file }
  return Object.fromEntries(Object.entries(fieldsOf(bin)).flatMap(([key, value]) => typeof value === 'string' ? [[baseName(key), value]] : []))
}

/** Of a package, less its scope. */
export function baseName (name: string): string {
  return name.replace(/^@[^/]*\//, '')
}

export const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const

/** What npm starts where there is no start script, and what Nitro builds (Nuxt, TanStack Start). */
const defaults = ['server.js', '.output/server/index.mjs'] as const

/** Names to try in turn, relative to the folder. `entry` is meant as it stands; the others as `require` would take them. */
export function entryCandidates (entry: string | undefined, manifest: Manifest | undefined): string[] {
  if (entry !== undefined) return [entry]
  const named = [manifest?.exported, manifest?.main].filter((file) => file !== undefined)
  const started = manifest?.started === undefined ? [] : asRequired(manifest.started)
  return [...new Set([...named.flatMap(asRequired), ...extensions.map((extension) => `index${extension}`), ...started, ...defaults])]
}

/** https://nodejs.org/api/modules.html#all-together */
export function asRequired (name: string): string[] {
  const file = name.replace(/^\.\//, '')
  if (extensions.some((extension) => file.endsWith(extension))) return [file]
  const folder = file === '' || file === '.' ? '' : `${file.replace(/\/$/, '')}/`
  const asFile = folder === '' || file.endsWith('/') ? [] : [file, ...extensions.map((extension) => `${file}${extension}`)]
  return [...asFile, ...extensions.map((extension) => `${folder}index${extension}`)]
}

function fieldsOf (value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {}
}

function stringOf (value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
