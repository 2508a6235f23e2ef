// Where the packages of an app are installed, by which manager, and the files that this takes. Pure but for the tree.
import { fieldsOf, inside, textOf, type Fields } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { yamlOf } from '../init/workspace.ts'
import type { Project } from '../project/base.ts'
import { packageManagerOf, upwards, type PackageManager } from '../project/package-manager.ts'
import { joined, npmRegistry, yarnRegistry, type Registry } from './registry.ts'

export interface Install {
  /** Relative to the project's base. */
  folder: string
  manager: PackageManager
  /** What it reads, relative to the base: package.json files first. */
  files: string[]
  /** Folders that it reads, whole. */
  folders: string[]
  /** Settings with a token in them: they are lent to the build, and copied nowhere. */
  secretFiles: string[]
  registry: Registry
  /** For people: what of the project it runs or copies, so that it needs the sources. */
  needsSources: string | undefined
}

const settingsFiles: Record<PackageManager['name'], readonly string[]> = {
  npm: ['.npmrc'],
  pnpm: ['pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs', '.pnpmfile.mjs'],
  yarn: ['.yarnrc.yml', '.yarnrc', '.npmrc']
}
/** Patches, and what Yarn itself is. */
const settingsFolders: ReadonlyArray<readonly [above: string, name: string]> = [
  ['.', 'patches'], ['.yarn', 'releases'], ['.yarn', 'plugins'], ['.yarn', 'patches']
]

/** In the order in which they run. @param folders of the packages whose dependencies are needed. @throws WATT_YARN_PNP */
export function installsOf (project: Pick<Project, 'tree' | 'isWorkspace' | 'packages'>, folders: readonly string[]): Install[] {
  const homes = new Set(folders.flatMap((folder) => homesOf(project, folder)))
  return [...homes].sort(byDepth).map((folder) => installAt(project, folder))
}

function byDepth (one: string, other: string): number {
  return upwards(one).length - upwards(other).length || (one < other ? -1 : 1)
}

/** A workspace is installed at its root, others where their lockfile is; without one, wherever there is a package.json. */
function homesOf ({ tree, isWorkspace, packages }: Pick<Project, 'tree' | 'isWorkspace' | 'packages'>, folder: string): string[] {
  const isOfWorkspace = isWorkspace && (folder === '.' || packages.some((one) => one.folder === folder))
  if (isOfWorkspace) return ['.']
  const { lockfile } = packageManagerOf(tree, folder)
  return lockfile === undefined ? upwards(folder).filter((above) => packageOf(tree, above) !== undefined) : [inside(lockfile, '..') ?? '.']
}

function installAt ({ tree, isWorkspace, packages }: Pick<Project, 'tree' | 'isWorkspace' | 'packages'>, folder: string): Install {
  const manager = packageManagerOf(tree, folder)
  const members = [folder, ...isWorkspace && folder === '.' ? packages.filter(({ json }) => json !== undefined).map((one) => one.folder) : []]
  const linked = new Set<string>()
  const archives = new Set<string>()
  for (const member of new Set(members)) localsOf(tree, member, linked, archives)
  const all = [...new Set([...members, ...linked])].sort()
  const yarnrc = yarnSettings(tree, folder, manager)
  const settings = settingsFiles[manager.name].map((name) => inside(folder, name) ?? name).filter((file) => tree.has(file))
  const registries = new Map(settings.map((file) => [file, registryOf(tree, file, yarnrc)]))
  return {
    folder,
    manager,
    files: [
      ...all.map((member) => inside(member, 'package.json') ?? ''),
      ...manager.lockfile === undefined ? [] : [manager.lockfile],
      ...settings.filter((file) => registries.get(file)?.hasCredentials !== true),
      ...[...archives].sort()
    ],
    folders: settingsFolders.filter(([above, name]) => tree.folders(inside(folder, above) ?? '').includes(name)).map(([above, name]) => inside(folder, above, name) ?? ''),
    secretFiles: settings.filter((file) => registries.get(file)?.hasCredentials === true),
    registry: joined([...registries.values()]),
    needsSources: needOf(tree, manager, all, linked)
  }
}

/** Packages beside this one that it names by path (`file:`, `link:`, `portal:`), and theirs. */
function localsOf (tree: Tree, folder: string, linked: Set<string>, archives: Set<string>): void {
  const json = packageOf(tree, folder)
  for (const wanted of Object.values({ ...fieldsOf(json?.dependencies), ...fieldsOf(json?.devDependencies), ...fieldsOf(json?.optionalDependencies) })) {
    const [, path] = /^(?:file|link|portal):(.+)$/.exec(textOf(wanted) ?? '') ?? []
    const place = path === undefined ? undefined : inside(folder, path)
    if (place === undefined || linked.has(place)) continue
    if (tree.has(place)) archives.add(place)
    else if (packageOf(tree, place) !== undefined) {
      linked.add(place)
      localsOf(tree, place, linked, archives)
    }
  }
}

/** @throws WATT_YARN_PNP */
function yarnSettings (tree: Tree, folder: string, { name, isBerry }: PackageManager): Fields {
  const file = inside(folder, '.yarnrc.yml') ?? ''
  const settings = fieldsOf(name === 'yarn' && isBerry ? yamlOf(tree, file) : undefined)
  if (name === 'yarn' && isBerry && !['node-modules', 'pnpm'].includes(textOf(settings.nodeLinker) ?? '')) throw errors.WATT_YARN_PNP(file)
  return settings
}

function registryOf (tree: Tree, file: string, yarnrc: Fields): Registry {
  if (file.endsWith('.npmrc')) return npmRegistry(tree.text(file) ?? '')
  return yarnRegistry(file.endsWith('.yarnrc.yml') ? yarnrc : undefined)
}

const ownScripts = ['preinstall', 'install', 'postinstall', 'prepare'] as const
/** Known to need nothing but what is copied anyway, or to do nothing where there is no repository. */
const harmlessScript = /^(?:npx\s+(?:-y\s+|--yes\s+)?)?(?:husky(?:\s+install)?|is-ci\s*\|\|\s*husky(?:\s+install)?|husky\s*\|\|\s*(?:true|exit 0)|patch-package|only-allow\s+\w+)$/

function needOf (tree: Tree, { name }: PackageManager, members: readonly string[], linked: ReadonlySet<string>): string | undefined {
  for (const member of members) {
    const scripts = fieldsOf(packageOf(tree, member)?.scripts)
    const script = ownScripts.find((one) => textOf(scripts[one]) !== undefined && !harmlessScript.test(textOf(scripts[one])?.trim() ?? ''))
    if (script !== undefined) return `the script ${script} of ${inside(member, 'package.json') ?? ''} may read`
  }
  const [copied] = linked
  return copied === undefined || name === 'npm' ? undefined : `${name} copies ${copied} with`
}
