// What an application's own configuration says of its base path, as text: it is not run. Pure but for the tree.
import { urlPath } from './names.ts'
import type { Tree } from './tree.ts'

/** Undefined: it says nothing, or more than a literal. */
export function writtenBasePath (tree: Tree, folder: string, framework: string): string | undefined {
  const [stem, field] = framework === 'next' ? ['next.config', 'basePath'] : framework === 'astro' ? ['astro.config', 'base'] : ['vite.config', 'base']
  const text = ['js', 'mjs', 'ts', 'mts', 'cjs'].map((extension) => tree.text(`${folder}/${stem}.${extension}`)).find((found) => found !== undefined)
  const written = text === undefined ? undefined : new RegExp(`\\b${field}\\s*:\\s*['"](/[^'"]*)['"]`).exec(text)?.[1]
  return written === undefined ? undefined : urlPath(written)
}
