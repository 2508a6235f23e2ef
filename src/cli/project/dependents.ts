// Which packages of a workspace need which. Pure.
import { fieldsOf, textOf, type Fields } from '../draft/loose.ts'
import type { Package } from '../init/workspace.ts'

/** What a package needs to be built: everything that package.json names. */
export function dependenciesOf (json: Fields | undefined): string[] {
  return Object.keys({ ...fieldsOf(json?.dependencies), ...fieldsOf(json?.devDependencies), ...fieldsOf(json?.optionalDependencies), ...fieldsOf(json?.peerDependencies) })
}

/** Names, or folders, of those that need this one. */
export function dependentsOf ({ json }: Package, packages: readonly Package[]): string[] {
  const own = textOf(json?.name)
  return own === undefined ? [] : packages.filter((other) => dependenciesOf(other.json).includes(own)).map((other) => textOf(other.json?.name) ?? other.folder)
}
