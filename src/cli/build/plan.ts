// What is to be built, from what, and in which order. Pure but for the tree.
import type { WattError } from '../../base/error.ts'
import type { RuntimeBuild } from '../../runtimes/runtime.ts'
import { fieldsOf, textOf } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import type { Package } from '../init/workspace.ts'
import { buildStepOf, type BuildStep } from '../project/build-step.ts'
import { dependenciesOf } from '../project/dependents.ts'
import { packageManagerOf, type PackageManager } from '../project/package-manager.ts'

/** A service, as far as its build is concerned. */
export interface ServiceToBuild {
  name: string
  /** The package that builds it, relative to the project; undefined: there is none. */
  packageFolder: string | undefined
  /** Of the framework, when the service is that folder itself. */
  build: RuntimeBuild | undefined
  basePath: string
  /** Values that the manifest has for it. */
  env: Readonly<Record<string, string>>
  /** Set: several frameworks could build the folder, and only a script of its own can say which does. */
  ambiguity: WattError | undefined
}

/** One package to be built, once, for all services that need it. */
export interface Unit {
  /** Relative to the project. */
  folder: string
  /** For people: its services, or the package's own name. */
  name: string
  /** Those that it is. */
  services: string[]
  step: BuildStep
  manager: PackageManager
  build: RuntimeBuild | undefined
  basePath: string
  env: Readonly<Record<string, string>>
  /** Packages of the workspace that it depends on, at any distance. Those that are units are built before it. */
  around: string[]
}

export interface Plan {
  /** In an order in which they can be built. */
  units: Unit[]
  /** Service → folders of the units that it cannot do without. */
  needs: ReadonlyMap<string, string[]>
  /** Unit's folder → why it cannot be built. */
  problems: ReadonlyMap<string, WattError>
}

export interface ProjectToBuild {
  tree: Tree
  isWorkspace: boolean
  packages: readonly Package[]
}

export function planBuild (services: readonly ServiceToBuild[], { tree, isWorkspace, packages }: ProjectToBuild): Plan {
  const around = closures(tree, packages)
  const problems = new Map<string, WattError>()
  const units = new Map<string, Unit>()
  // The script of a workspace's root builds the workspace, not one package of it.
  const isBuildable = (folder: string): boolean => !isWorkspace || folder !== '.'
  const own = Map.groupBy(services.filter(({ packageFolder }) => packageFolder !== undefined && isBuildable(packageFolder)), ({ packageFolder = '.' }) => packageFolder)

  for (const [folder, members] of own) {
    const build = members.find((service) => service.build !== undefined)?.build
    const served = members.filter((service) => service.build !== undefined)
    const prefixes = [...new Set(served.map(({ basePath }) => basePath))]
    const basePath = prefixes[0] ?? ''
    const manager = packageManagerOf(tree, folder)
    const step = buildStepOf({ json: packageOf(tree, folder), manager, build, basePath })
    if (step === undefined) continue
    const names = members.map(({ name }) => name)
    units.set(folder, { folder, name: names.join(', '), services: names, step, manager, build, basePath, env: agreed(members), around: around(folder) })
    const ambiguity = members.find((service) => service.ambiguity !== undefined)?.ambiguity
    if (step.by === 'framework' && ambiguity !== undefined) problems.set(folder, ambiguity)
    if (prefixes.length > 1 && build?.below !== undefined) {
      problems.set(folder, errors.WATT_BUILD_TWO_PREFIXES(names.join(', '), folder, prefixes.map((prefix) => prefix === '' ? '/' : prefix).join(', ')))
    }
  }

  const libraries = new Set(services.flatMap(({ packageFolder }) => packageFolder === undefined ? [] : around(packageFolder)))
  for (const folder of libraries) {
    if (units.has(folder) || !isBuildable(folder)) continue
    const json = packageOf(tree, folder)
    const manager = packageManagerOf(tree, folder)
    if (textOf(fieldsOf(json?.scripts).build) === undefined) continue
    const step = buildStepOf({ json, manager, build: undefined, basePath: '' })
    if (step !== undefined) units.set(folder, { folder, name: textOf(json?.name) ?? folder, services: [], step, manager, build: undefined, basePath: '', env: {}, around: around(folder) })
  }

  for (const unit of units.values()) {
    const cycle = cycleOf(unit, units)
    if (cycle !== undefined) problems.set(unit.folder, errors.WATT_BUILD_CYCLE(unit.name, cycle.map((folder) => units.get(folder)?.name ?? folder).join(' needs ')))
  }
  return {
    // Whatever is around a unit has less around itself, cycles apart.
    units: [...units.values()].sort((one, other) => one.around.length - other.around.length || (one.folder < other.folder ? -1 : 1)),
    needs: new Map(services.map(({ name, packageFolder }) => [name, packageFolder === undefined ? [] : [...around(packageFolder), packageFolder].filter((folder) => units.has(folder))])),
    problems
  }
}

/** Folder → folders of the workspace's packages that it depends on, at any distance; its own is among them only in a cycle. */
function closures (tree: Tree, packages: readonly Package[]): (folder: string) => string[] {
  const byName = new Map(packages.flatMap(({ folder, json }) => json === undefined ? [] : [[textOf(json.name) ?? '', folder] as const]))
  const next = (folder: string): string[] => dependenciesOf(packageOf(tree, folder)).flatMap((name) => byName.get(name) ?? []).filter((other) => other !== folder)
  return (folder) => {
    const found = new Set(next(folder))
    for (const one of found) for (const other of next(one)) found.add(other)
    return [...found].sort()
  }
}

/** Only builds that wait for each other are one; packages without a build wait for nothing. */
function cycleOf ({ folder, around }: Unit, units: ReadonlyMap<string, Unit>): string[] | undefined {
  const other = around.find((one) => one !== folder && units.get(one)?.around.includes(folder) === true)
  return other === undefined ? undefined : [folder, other, folder]
}

/** What all of them have alike: a build has one environment. */
function agreed (services: readonly ServiceToBuild[]): Record<string, string> {
  const [first, ...others] = services
  return Object.fromEntries(Object.entries(first?.env ?? {}).filter(([name, value]) => others.every(({ env }) => env[name] === value)))
}

/** How many are built at once: a bundler fills a core, and takes a gigabyte and more. */
export function concurrencyOf ({ cores, availableBytes }: { cores: number, availableBytes: number }): number {
  return Math.max(1, Math.min(cores, Math.floor(availableBytes / (1.5 * 2 ** 30))))
}
