// The parts of a package.json that decide what runs, and the files that it may mean. Pure.

/** https://docs.npmjs.com/cli/configuring-npm/package-json and https://nodejs.org/api/packages.html */
export interface Manifest {
  main: string | undefined
  /** What `exports` gives for "." under Node's own conditions. */
  exported: string | undefined
  /** The file of a start script of the form `node [options] FILE`. */
  started: string | undefined
  /** dependencies, devDependencies and the others together. */
  dependencies: ReadonlySet<string>
}

type Fields = Readonly<Record<string, unknown>>

const dependencyFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const

/** Takes what is well-formed and leaves the rest: npm itself is that lenient. */
export function readManifest (parsed: unknown): Manifest {
  const fields = fieldsOf(parsed)
  return {
    main: stringOf(fields.main),
    exported: exportedFile(fields.exports),
    started: startedFile(stringOf(fieldsOf(fields.scripts).start)),
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

function startedFile (script: string | undefined): string | undefined {
  return script === undefined ? undefined : /^\s*node(?:\s+--?[\w=./-]+)*\s+(?:\.\/)?([^-\s"'&|;<>$][^\s"'&|;<>$]*)\s*$/.exec(script)?.[1]
}

export const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const

/** Names to try in turn, relative to the folder. `entry` is meant as it stands; the others as `require` would take them. */
export function entryCandidates (entry: string | undefined, manifest: Manifest | undefined): string[] {
  if (entry !== undefined) return [entry]
  const named = [manifest?.exported, manifest?.main].filter((file) => file !== undefined)
  const started = manifest?.started === undefined ? [] : [manifest.started]
  return [...new Set([...named.flatMap(asRequired), ...extensions.map((extension) => `index${extension}`), ...started])]
}

/** https://nodejs.org/api/modules.html#all-together */
function asRequired (name: string): string[] {
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
