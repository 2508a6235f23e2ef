// Variables of `.env` files: which files, in which order, and what wins over them. Pure.

/**
 * From the weakest to the strongest; each of the service's folder wins over all of the app's root. As Next.js and Bun order them.
 * `mode` is NODE_ENV. (Vite has `.env.local` below `.env.development`: what reads its own files is left to do so.)
 */
export function dotenvNames (mode: string): string[] {
  return ['.env', `.env.${mode}`, '.env.local', `.env.${mode}.local`]
}

type Variables = Readonly<Record<string, string | undefined>>

export interface DotenvSources {
  /** Of the app's root and of the service's folder, each weakest first. */
  root: readonly Variables[]
  folder: readonly Variables[]
  /** The framework reads those of the folder by itself: here they only hide the root's. */
  readsOwn: boolean
  /** The environment that the command was started with. */
  real: Variables
}

/** Never from a file: what it is started with decides (NODE_ENV), and another program's word would be taken for it (NODE_OPTIONS). */
const neverFromFiles = new Set(['NODE_ENV', 'NODE_OPTIONS'])
/** The app's own port in the shell is not the service's. */
const neverReal = new Set(['PORT'])

/** What the files give the service; a variable that the real environment has too has the real value. */
export function dotenvVariables ({ root, folder, readsOwn, real }: DotenvSources): Record<string, string> {
  const own: Variables = Object.assign({}, ...folder)
  const given: Variables = readsOwn ? without(Object.assign({}, ...root), own) : { ...Object.assign({}, ...root) as Variables, ...own }
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined || neverFromFiles.has(name)) return []
    return [[name, neverReal.has(name) ? value : real[name] ?? value]]
  }))
}

function without (variables: Variables, names: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !(name in names)))
}
