// Which of a package's files its build has written, from how they were before and after. Pure.
export interface FileState { size: number, mtimeMs: number, isIgnored: boolean }

export interface Written {
  before: ReadonlyMap<string, FileState>
  after: ReadonlyMap<string, FileState>
  /** Said to be written by the framework. */
  isDeclared: (path: string) => boolean
  /** Of no use afterwards. */
  isByproduct: (path: string) => boolean
  /** Written by the build before this one, as far as is known. */
  earlier: readonly string[]
  /** A file that was there before holds now what it held then. */
  isSame: (path: string) => boolean
}

/** Folders that hold what was built wherever they are. */
const usual = new Set(['dist', 'build', 'lib', 'out', 'output', 'es', 'esm', 'cjs', 'types', 'generated', '.output', '.next', '.nuxt', '.svelte-kit', '.astro', '.react-router', '.vinxi', '.tanstack', 'public'])

export function outputsOf ({ before, after, isDeclared, isByproduct, earlier, isSame }: Written): string[] {
  const known = new Set(earlier)
  return [...after].filter(([path, now]) => {
    if (isByproduct(path)) return false
    if (isDeclared(path) || known.has(path)) return true
    const then = before.get(path)
    if (then === undefined) return true
    if (then.size === now.size && then.mtimeMs === now.mtimeMs) return false
    // Someone may have edited a source meanwhile: what it holds now was not built.
    return now.isIgnored || usual.has(path.split('/')[0] ?? '') || isSame(path)
  }).map(([path]) => path).sort()
}
