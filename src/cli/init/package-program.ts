// A start script that runs a program of a package: which package. Pure but for the tree.
import { readManifest } from '../../runtimes/manifest.ts'
import { fieldsOf, inside, type Fields } from '../draft/loose.ts'
import type { Tree } from '../draft/tree.ts'

export interface PackageProgram { program: string, dependency: string }

/** Undefined: it runs no program, or one that is no package's that the folder depends on in production. */
export function packageProgramOf (tree: Tree, folder: string, json: Fields | undefined): PackageProgram | undefined {
  const { start } = readManifest(json)
  if (start?.runs !== 'program') return undefined
  const { name } = start
  const dependency = Object.keys(fieldsOf(json?.dependencies)).find((dependency) => dependency === name || programsOf(tree, folder, dependency).includes(name))
  return dependency === undefined ? undefined : { program: name, dependency }
}

/** None where it is not installed. */
function programsOf (tree: Tree, folder: string, dependency: string): string[] {
  const file = `node_modules/${dependency}/package.json`
  const text = [inside(folder, file), inside(file)].map((path) => tree.text(path ?? '')).find((found) => found !== undefined)
  try {
    return Object.keys(readManifest(JSON.parse(text ?? '{}')).programs)
  } catch {
    return []
  }
}
