// One run of `wattapp build`: looks at the services, builds what is to be built, and writes the app folder when all went well.
import { join, resolve } from 'node:path'
import { basePathOf } from '../../api/base-path.ts'
import { isPackage } from '../../api/package-path.ts'
import type { Service } from '../../api/wattapp.ts'
import { messageOf, WattError, withCause } from '../../base/error.ts'
import { packageOf } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import type { Manifest } from '../manifest.ts'
import type { Project } from '../project/base.ts'
import { packageManagerOf } from '../project/package-manager.ts'
import { lookAt, within, type ServiceFolder } from '../project/service.ts'
import { contentsOf, type BuiltService } from './app-contents.ts'
import { isAppFolder, leftover, writeAppFolder } from './app-folder.ts'
import { Builder, type Outcome } from './builder.ts'
import { problemOf } from './check.ts'
import { packagesMissing } from './installed.ts'
import { manifestText } from './manifest-text.ts'
import { planBuild, type Plan, type Unit } from './plan.ts'
import type { BuildRecords } from './records.ts'
import { problemReport, type BuildReport, type ServiceReport } from './report.ts'
import type { BuildSecret } from './secret.ts'

export interface SessionOptions {
  /** The app's document, and all of the input. */
  manifest: Manifest
  manifests: readonly Manifest[]
  /** Real paths of the files that they are in. */
  manifestFiles: readonly string[]
  /** Of the services to build, with defaults. */
  services: readonly Service[]
  /** Real path. */
  root: string
  project: Project
  /** Absolute; undefined: no app folder is wanted. */
  out: string | undefined
  records: BuildRecords
  secret: BuildSecret
  env: Readonly<Record<string, string | undefined>>
  isCacheUsed: boolean
  concurrency: number
  signal: AbortSignal
  now: () => number
  /** What is going to be built, before it begins. */
  planned: (units: readonly Unit[]) => void
  begun: (unit: Unit) => void
  ended: (unit: Unit, outcome: Outcome) => void
}

interface Looked { service: Service, found?: ServiceFolder, problem?: WattError }

export async function build (options: SessionOptions): Promise<BuildReport> {
  const { manifest, services, root, project, out, now, signal } = options
  const startedMs = now()
  const looked = services.map((service): Looked => look(service, root))
  const plan = planBuild(looked.map(toBuild(project)), project)
  options.planned(plan.units)
  const leaves = (path: string): boolean => options.manifestFiles.includes(path) || isAppFolder(path) || (out !== undefined && path.startsWith(out) && leftover.test(path.slice(out.length)))
  const outcomes = await new Builder({ ...options, base: project.base, tree: project.tree, plan, leaves }).run()
  const ended: Looked[] = []
  for (const one of looked) ended.push(await afterBuild(one, plan, outcomes, options))

  const report: BuildReport = {
    app: manifest.name,
    out: null,
    isOutChanged: false,
    durationMs: 0,
    services: ended.map((one) => serviceReport(one, plan, outcomes)),
    packages: plan.units.filter((unit) => unit.services.length === 0).map((unit) => ({ package: unit.name, ...unitReport(unit, outcomes.get(unit.folder)) })),
    notes: [...plan.units.flatMap(({ name, step }) => step.notes.map((note) => `${name}: ${note}`)), ...freshSecret(plan, options)],
    problem: null
  }
  const isWhole = [...report.services, ...report.packages].every(({ status }) => status !== 'failed' && status !== 'skipped')
  if (isWhole && out !== undefined && !signal.aborted) Object.assign(report, await writtenTo(out, ended, plan, outcomes, { ...options, leaves }, report.notes))
  return { ...report, durationMs: now() - startedMs }
}

function look (service: Service, root: string): Looked {
  try {
    return { service, found: lookAt(service, root) }
  } catch (thrown) {
    if (!(thrown instanceof WattError)) throw thrown
    return { service, problem: thrown }
  }
}

function toBuild ({ base }: Project): (looked: Looked) => Parameters<typeof planBuild>[0][number] {
  return ({ service: { name, routes = [], env = [] }, found, problem }) => {
    const isOwn = found !== undefined && found.packageFolder === found.folder
    return {
      name,
      packageFolder: found?.packageFolder === undefined || problem !== undefined ? undefined : within(base, found.packageFolder),
      build: isOwn ? found.row?.build : undefined,
      basePath: basePathOf(routes.map(({ host = '*', ...route }) => ({ host, ...route }))),
      env: Object.fromEntries(env.flatMap(({ name, value }) => value === undefined ? [] : [[name, value]])),
      ambiguity: found?.candidate === undefined || found.others.length === 0
        ? undefined
        : errors.WATT_FRAMEWORK_AMBIGUOUS(name, found.folder, found.candidate.runtime, found.others.map(({ runtime }) => runtime).join(', '))
    }
  }
}

/** Looked at once more: the build has written what runs. */
async function afterBuild ({ service, found, problem }: Looked, plan: Plan, outcomes: ReadonlyMap<string, Outcome>, { root, project: { base, tree } }: SessionOptions): Promise<Looked> {
  if (found === undefined || problem !== undefined) return { service, ...(problem !== undefined && { problem }) }
  const unit = unitOf(service.name, plan)
  const own = unit === undefined ? undefined : outcomes.get(unit.folder)
  if (own?.problem !== undefined) return { service, found, problem: own.problem }
  if ((plan.needs.get(service.name) ?? []).some((folder) => ['failed', 'skipped'].includes(outcomes.get(folder)?.status ?? ''))) return { service, found }
  const { packageFolder } = found
  if (unit === undefined && packageFolder !== undefined && found.candidate?.runtime !== 'static') {
    const folder = within(base, packageFolder)
    const missing = packagesMissing({ who: `service "${service.name}"`, json: packageOf(tree, folder), folder, base, manager: packageManagerOf(tree, folder), isBuilt: false })
    if (missing !== undefined) return { service, found, problem: missing }
  }
  const after = look(service, root)
  if (after.found === undefined) return after
  const wrong = await problemOf({ path: service.path, found: after.found, base, tree, isBuilt: unit !== undefined })
  return wrong === undefined ? after : { ...after, problem: wrong }
}

/** A machine that builds once and is thrown away gives each build another one. */
function freshSecret ({ units }: Plan, { secret, env }: SessionOptions): string[] {
  if (!secret.isNew || (env.CI ?? '') === '') return []
  return units.flatMap((unit) => {
    const names = Object.entries(unit.build?.steady?.({ contentId: '', secret: 'secret' }) ?? {}).filter(([name, value]) => value === 'secret' && (unit.env[name] ?? env[name]) === undefined)
    return names.map(([name]) => `${unit.name}: a secret was made up for this build, so that pages of other builds cannot call it; set ${name} in the environment of all of them (docs/build.md)`)
  })
}

function unitOf (service: string, { units }: Plan): Unit | undefined {
  return units.find(({ services }) => services.includes(service))
}

function serviceReport ({ service: { name, path }, found, problem }: Looked, plan: Plan, outcomes: ReadonlyMap<string, Outcome>): ServiceReport {
  const unit = unitOf(name, plan)
  const own = unit === undefined ? undefined : unitReport(unit, outcomes.get(unit.folder))
  const isStopped = (plan.needs.get(name) ?? []).some((folder) => ['failed', 'skipped'].includes(outcomes.get(folder)?.status ?? ''))
  return {
    service: name,
    path,
    runtime: found?.candidate?.runtime ?? null,
    command: null,
    folder: null,
    durationMs: 0,
    log: null,
    ...own,
    status: problem !== undefined ? 'failed' : isStopped ? 'skipped' : own?.status ?? 'asIs',
    problem: problem === undefined ? null : problemReport(problem)
  }
}

function unitReport ({ folder, step }: Unit, outcome: Outcome | undefined): Omit<BuildReport['packages'][number], 'package'> {
  const { status = 'skipped', durationMs = 0, log, problem } = outcome ?? {}
  return { status, command: step.shown, folder, durationMs: Math.round(durationMs), log: log ?? null, problem: problem === undefined ? null : problemReport(problem) }
}

interface WriteOptions extends SessionOptions { leaves: (path: string) => boolean }

async function writtenTo (out: string, services: readonly Looked[], plan: Plan, outcomes: ReadonlyMap<string, Outcome>, options: WriteOptions, notes: readonly string[]): Promise<Partial<BuildReport>> {
  const { manifest, manifests, root, project: { base, tree }, leaves, signal } = options
  const built = services.flatMap(({ service, found }): BuiltService[] => {
    if (found === undefined) return []
    const unit = unitOf(service.name, plan)
    return [{ found, outputs: unit === undefined ? [] : outcomes.get(unit.folder)?.outputs ?? [], entry: service.entry, isPackage: isPackage(service.path) }]
  })
  try {
    const contents = contentsOf({ root, base, services: built, leaves })
    const [missing] = contents.missing
    if (missing !== undefined) {
      const folder = within(base, missing.from)
      const { name, from } = missing
      throw packagesMissing({ who: `package ${within(base, from)}`, json: { dependencies: { [name]: '*' } }, folder, base, manager: packageManagerOf(tree, folder.startsWith('..') ? '.' : folder), isBuilt: false }) ?? new Error(name)
    }
    const { text, secrets } = await manifestText(manifest, manifests)
    const result = await writeAppFolder({ out, root, manifest: text, contents, signal })
    return {
      out,
      isOutChanged: result === 'written',
      notes: [
        ...notes,
        ...contents.leftOut.length === 0 ? [] : [`left out of the app folder, as they may hold secrets: ${contents.leftOut.join(', ')}`],
        ...secrets.length === 0 ? [] : [`left out of its manifest: the Secret${secrets.length === 1 ? '' : 's'} ${secrets.join(', ')}`]
      ]
    }
  } catch (thrown) {
    if (signal.aborted) return {}
    const problem = thrown instanceof WattError ? thrown : (thrown as NodeJS.ErrnoException).code === undefined ? undefined : withCause(errors.WATT_BUILD_UNWRITABLE(out, messageOf(thrown)), thrown)
    if (problem === undefined) throw thrown
    return { problem: problemReport(problem) }
  }
}

/** Where it goes when nothing else is said. */
export function defaultOut (folder: string): string {
  return resolve(join(folder, '.wattapp', 'app'))
}
