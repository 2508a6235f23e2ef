// The package managers that a build stage needs beside npm, in the project's version, as npm itself installs them. Pure.
import type { PackageManager } from '../project/package-manager.ts'

/** `pnpm@10.2.0`; undefined: the image's own npm will do. Node.js no longer comes with corepack, which would fetch the same. */
export function managerPackage ({ name, version, isBerry }: PackageManager, lockText: string): string | undefined {
  const own = name === 'yarn' && isBerry ? '@yarnpkg/cli-dist' : name
  if (version !== undefined && version !== '') return `${own}@${version}`
  return name === 'npm' ? undefined : `${own}@${newestFor(name, isBerry, lockText)}`
}

/** The newest line that writes such a lockfile. */
function newestFor (name: 'pnpm' | 'yarn', isBerry: boolean, lockText: string): string {
  if (name === 'pnpm') {
    const [, format = '9'] = /^lockfileVersion:\s*['"]?(\d+)/m.exec(lockText) ?? []
    return { 5: '7', 6: '8' }[format] ?? '10'
  }
  if (!isBerry) return '1'
  const [, format = '8'] = /^__metadata:\s*\n\s+version:\s*(\d+)/m.exec(lockText) ?? []
  return Number(format) < 6 ? '2' : Number(format) < 8 ? '3' : '4'
}
