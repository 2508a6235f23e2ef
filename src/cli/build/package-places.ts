// Where packages lie in an app folder: as they are installed, so that Node finds for each what it finds now.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { belowRoot, manifestOf, type Closure } from './package-closure.ts'

export interface Place {
  /** Real path. */
  folder: string
  /** Relative to the app folder. */
  target: string
  /** By a package manager; else it is one of the workspace, whose files are sources. */
  isInstalled: boolean
  /** Path of a link → where it leads; both are relative to the app folder. */
  links: Map<string, string>
}

/** What is installed outside of the root, in a workspace's own node_modules or a store of all projects, comes to a place of its own. */
export function placePackages ({ packages }: Closure, root: string): Place[] {
  const targets = new Map([...packages.keys()].map((folder) => [folder, belowRoot(root, folder) ?? ownPlace(folder)]))
  return [...packages].map(([folder, edges]) => {
    const target = targets.get(folder) ?? '.'
    const links = new Map<string, string>()
    for (const edge of edges) {
      const to = targets.get(edge.folder) ?? '.'
      const seen = belowRoot(root, edge.at)
      // Where the package looks first, nothing else can be in the way.
      const at = seen !== undefined && belowRoot(root, folder) !== undefined ? seen : join(target, 'node_modules', edge.name)
      if (at !== to) links.set(at, to)
    }
    return { folder, target, isInstalled: folder.split('/').includes('node_modules'), links }
  }).sort((one, other) => one.target < other.target ? -1 : 1)
}

function ownPlace (folder: string): string {
  const { name = 'package', version = '0' } = manifestOf(folder)
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  return `node_modules/.packages/${name.replace('/', '+')}@${version}-${id}/node_modules/${name}`
}
