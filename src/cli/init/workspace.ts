// The packages of a folder: of an npm, yarn or pnpm workspace, of the folder itself, or of the folders below it. Pure but for the tree.
import { parse } from 'yaml'
import { messageOf, withCause } from '../../base/error.ts'
import { fieldsOf, listOf, textsOf, type Fields } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'

export interface Package { folder: string, json: Fields | undefined }

export interface Packages {
  /** For people: what says that these are the packages. */
  found: string
  packages: Package[]
}

const ignored = (name: string): boolean => name === 'node_modules' || name.startsWith('.')

/** @throws WATT_PROJECT_FILE_BROKEN */
export function packagesOf (tree: Tree): Packages {
  const root = packageOf(tree, '.')
  const pnpm = yamlOf(tree, 'pnpm-workspace.yaml')
  const patterns = pnpm === undefined ? workspacesOf(root) : textsOf(fieldsOf(pnpm).packages)
  if (patterns.length > 0) {
    const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(segments)
    const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => segments(pattern.slice(1)))
    const folders = wanted.flatMap((pattern) => matching(tree, '.', pattern)).filter((folder) => !unwanted.some((pattern) => matches(folder.split('/'), pattern)))
    return { found: pnpm === undefined ? 'the workspaces of package.json' : 'pnpm-workspace.yaml', packages: [...withPackageJson(tree, folders), ...pages(tree, folders)] }
  }
  return root === undefined ? packagesBelow(tree) : { found: 'package.json', packages: [{ folder: '.', json: root }] }
}

/** Folders side by side that no workspace binds: two levels are as deep as such are. @throws WATT_PROJECT_FILE_BROKEN */
export function packagesBelow (tree: Tree): Packages {
  const below = tree.folders('.').filter((name) => !ignored(name)).flatMap((name) => [name, ...tree.folders(name).filter((inner) => !ignored(inner)).map((inner) => `${name}/${inner}`)])
  return { found: 'folders with a package.json', packages: withPackageJson(tree, below) }
}

/** @throws WATT_PROJECT_FILE_BROKEN */
export function yamlOf (tree: Tree, file: string): unknown {
  const text = tree.text(file)
  if (text === undefined) return undefined
  try {
    return parse(text, { prettyErrors: true, merge: true }) as unknown
  } catch (thrown) {
    throw withCause(errors.WATT_PROJECT_FILE_BROKEN(file, messageOf(thrown)), thrown)
  }
}

function workspacesOf (root: Fields | undefined): string[] {
  const workspaces = root?.workspaces
  return Array.isArray(workspaces) ? textsOf(workspaces) : textsOf(listOf(fieldsOf(workspaces).packages))
}

function withPackageJson (tree: Tree, folders: readonly string[]): Package[] {
  return [...new Set(folders)].sort().flatMap((folder) => {
    const json = packageOf(tree, folder)
    return json === undefined ? [] : [{ folder, json }]
  })
}

/** Folders among the packages that are pages and nothing else. */
function pages (tree: Tree, folders: readonly string[]): Package[] {
  return [...new Set(folders)].filter((folder) => !tree.has(`${folder}/package.json`) && tree.has(`${folder}/index.html`)).map((folder) => ({ folder, json: undefined }))
}

function segments (pattern: string): string[] {
  return pattern.split('/').filter((part) => part !== '' && part !== '.')
}

/** Folders below `folder` whose path matches, `**` for any depth. */
function matching (tree: Tree, folder: string, [first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [folder]
  const children = tree.folders(folder).filter((name) => !ignored(name)).map((name) => ({ name, path: folder === '.' ? name : `${folder}/${name}` }))
  if (first === '**') return [...matching(tree, folder, rest), ...children.flatMap(({ path }) => matching(tree, path, [first, ...rest]))]
  return children.filter(({ name }) => segmentMatches(name, first)).flatMap(({ path }) => matching(tree, path, rest))
}

function matches ([name, ...names]: readonly string[], [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return name === undefined
  if (first === '**') return matches(name === undefined ? [] : [name, ...names], rest) || (name !== undefined && matches(names, [first, ...rest]))
  return name !== undefined && segmentMatches(name, first) && matches(names, rest)
}

function segmentMatches (name: string, pattern: string): boolean {
  return new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(name)
}
