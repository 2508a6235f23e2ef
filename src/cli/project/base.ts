// How far up a project goes: an app's folder may be part of a workspace whose root, lockfile and node_modules are above it.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { diskTree, type Tree } from '../draft/tree.ts'
import { packagesOf, type Package } from '../init/workspace.ts'
import { within } from './service.ts'

export interface Project {
  /** Real path of the workspace's root, or the app's root where no workspace holds it. */
  base: string
  /** Of `base`: everything is named relative to it. */
  tree: Tree
  isWorkspace: boolean
  /** Packages of the workspace, without its root. */
  packages: Package[]
}

/** @throws WATT_PROJECT_FILE_BROKEN */
export function projectOf (root: string): Project {
  const real = realpathSync(root)
  for (let at = real; ; at = dirname(at)) {
    if (isWorkspaceRoot(at)) {
      const tree = diskTree(at)
      const { packages } = packagesOf(tree)
      const own = within(at, real)
      if (at === real || packages.some(({ folder }) => isAt(folder, own) || isAt(own, folder))) return { base: at, tree, isWorkspace: true, packages }
    }
    // A repository ends a project, and so does the file system.
    if (existsSync(join(at, '.git')) || dirname(at) === at) return { base: real, tree: diskTree(real), isWorkspace: false, packages: [] }
  }
}

function isWorkspaceRoot (folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return true
  try {
    return /"workspaces"\s*:/.test(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return false
  }
}

/** `outer` is `inner`, or above it. */
function isAt (inner: string, outer: string): boolean {
  return outer === '.' || inner === outer || inner.startsWith(`${outer}/`)
}
