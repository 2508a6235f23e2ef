// Which file a service's folder is started by: what WattApp finds by itself, and what others would find. Pure but for the tree.
import { entryCandidates, readManifest } from '../../runtimes/manifest.ts'
import { inside, type Fields } from './loose.ts'
import type { Tree } from './tree.ts'

/** As Watt looks for it when package.json names none. */
const names = ['index', 'main', 'app', 'application', 'server', 'start', 'bundle', 'run', 'entrypoint']
  .flatMap((name) => ['js', 'mjs', 'cjs', 'ts', 'mts'].map((extension) => `${name}.${extension}`))

/** Of the files that WattApp tries, the first that is there. */
export function ownEntry (tree: Tree, folder: string, packageJson: Fields | undefined): string | undefined {
  return entryCandidates(undefined, readManifest(packageJson)).find((file) => tree.has(`${folder}/${file}`))
}

/** Whether package.json names a file, built or to be built. */
export function namesEntry (packageJson: Fields | undefined): boolean {
  const { main, exported, started } = readManifest(packageJson)
  return [main, exported, started].some((file) => file !== undefined)
}

/** A file with a usual name that WattApp would not take by itself. */
export function usualEntry (tree: Tree, folder: string): string | undefined {
  return [...names, ...names.map((name) => `src/${name}`)].find((name) => tree.has(inside(folder, name) ?? ''))
}
