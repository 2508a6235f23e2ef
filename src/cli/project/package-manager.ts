// Which package manager a folder is installed by, and its words for what a build needs. Pure but for the tree.
import { inside, textOf, type Fields } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'

export type PackageManagerName = 'npm' | 'pnpm' | 'yarn'

export interface PackageManager {
  name: PackageManagerName
  /** Of package.json `packageManager`: "10.2.0". */
  version: string | undefined
  /** Yarn 2 and later, which knows other words than Yarn 1. */
  isBerry: boolean
  /** Relative to the tree; undefined: nothing says which versions are meant. */
  lockfile: string | undefined
  /** For people. */
  reason: string
}

const lockfiles: ReadonlyArray<readonly [file: string, name: PackageManagerName]> = [
  ['package-lock.json', 'npm'], ['npm-shrinkwrap.json', 'npm'], ['pnpm-lock.yaml', 'pnpm'], ['yarn.lock', 'yarn']
]

/** The nearest lockfile at or above `folder` says it, unless package.json beside it does; npm where nothing does. */
export function packageManagerOf (tree: Tree, folder: string): PackageManager {
  for (const above of upwards(folder)) {
    const declared = declaredIn(packageOf(tree, above))
    const found = lockfiles.filter(([file]) => tree.has(inside(above, file) ?? ''))
    const [file, name] = found.find(([, name]) => declared === undefined || name === declared.name) ?? []
    if (declared === undefined && name === undefined) continue
    const manager = declared?.name ?? name ?? 'npm'
    const lockfile = file === undefined ? undefined : inside(above, file)
    return {
      name: manager,
      version: declared?.version,
      isBerry: manager === 'yarn' && (declared?.version === undefined ? isBerryLock(tree.text(lockfile ?? '')) : !declared.version.startsWith('1.')),
      lockfile,
      reason: declared === undefined ? `there is ${lockfile ?? ''}` : `package.json says packageManager: ${declared.name}`
    }
  }
  return { name: 'npm', version: undefined, isBerry: false, lockfile: undefined, reason: 'there is no lockfile' }
}

/** `apps/web` → `apps/web`, `apps`, `.` */
export function upwards (folder: string): string[] {
  const parts = folder === '.' ? [] : folder.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).concat('.')
}

/** A script of package.json, run quietly: what is heard is the script's own. */
export function runScript ({ name, isBerry }: PackageManager, script: string, args: readonly string[]): string[] {
  switch (name) {
    case 'npm': return ['npm', 'run', '--silent', script, ...args.length === 0 ? [] : ['--', ...args]]
    case 'pnpm': return ['pnpm', '--silent', 'run', script, ...args]
    case 'yarn': return ['yarn', ...isBerry ? [] : ['--silent'], 'run', script, ...args]
  }
}

/** What installs exactly what the lockfile names. */
export function installCommand ({ name, isBerry, lockfile }: PackageManager): string[] {
  switch (name) {
    case 'npm': return ['npm', lockfile === undefined ? 'install' : 'ci']
    case 'pnpm': return ['pnpm', 'install', ...lockfile === undefined ? [] : ['--frozen-lockfile']]
    case 'yarn': return ['yarn', 'install', ...lockfile === undefined ? [] : [isBerry ? '--immutable' : '--frozen-lockfile']]
  }
}

function declaredIn (json: Fields | undefined): { name: PackageManagerName, version: string } | undefined {
  const [, name, version = ''] = /^(npm|pnpm|yarn)@([^+]+)/.exec(textOf(json?.packageManager) ?? '') ?? []
  return name === undefined ? undefined : { name: name as PackageManagerName, version }
}

function isBerryLock (text: string | undefined): boolean {
  return text?.includes('__metadata:') === true
}
