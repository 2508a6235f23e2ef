// Builds the units of a plan: each once, after those that it needs, and only when something of it has changed.
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Gate } from '../../base/gate.ts'
import { messageOf, WattError, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { upwards } from '../project/package-manager.ts'
import { runToEnd } from './command.ts'
import { digestOf, isBelow, listFiles, type Listing } from './files.ts'
import { packagesMissing } from './installed.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import type { Plan, Unit } from './plan.ts'
import type { BuildRecord, BuildRecords } from './records.ts'
import type { BuildSecret } from './secret.ts'
import { toolEnvironment } from './tool-environment.ts'
import { contentOf, keyOf, sourcesOf, type Sources } from './unit-key.ts'
import { outputsOf } from './written.ts'

export interface Outcome {
  status: 'built' | 'cached' | 'failed' | 'skipped'
  durationMs: number
  problem?: WattError
  /** Of the command, the last ones. */
  lastLines?: string[]
  log?: string
  /** All that it has written, relative to its folder. */
  outputs: string[]
}

type Result = Omit<Outcome, 'durationMs'>

export interface BuilderOptions {
  /** Absolute. */
  base: string
  tree: Tree
  plan: Plan
  records: BuildRecords
  secret: BuildSecret
  /** Of this process. */
  env: Readonly<Record<string, string | undefined>>
  isCacheUsed: boolean
  concurrency: number
  signal: AbortSignal
  /** Absolute folders that are never looked into. */
  leaves: (path: string) => boolean
  now: () => number
  begun: (unit: Unit) => void
  ended: (unit: Unit, outcome: Outcome) => void
}

export class Builder {
  readonly #options: BuilderOptions
  readonly #gate: Gate
  readonly #nodeFolder: string
  readonly #outcomes = new Map<string, Promise<Outcome>>()
  readonly #sources = new Map<string, Sources>()

  constructor (options: BuilderOptions) {
    this.#options = options
    this.#gate = new Gate(options.concurrency)
    this.#nodeFolder = nodeFolderIn(options.records.folder)
  }

  /** Unit's folder → what became of it. */
  async run (): Promise<Map<string, Outcome>> {
    const { units } = this.#options.plan
    // Each waits for those before it in the plan.
    for (const unit of units) this.#outcomes.set(unit.folder, this.#after(unit))
    const outcomes = await Promise.all(units.map(async ({ folder }) => [folder, await this.#outcomes.get(folder)] as const))
    return new Map(outcomes.flatMap(([folder, outcome]) => outcome === undefined ? [] : [[folder, outcome]]))
  }

  async #after (unit: Unit): Promise<Outcome> {
    const { plan: { problems }, ended, now, signal } = this.#options
    const needed = await Promise.all(unit.around.map((folder) => this.#outcomes.get(folder)))
    const isMissing = needed.some((outcome) => outcome?.status === 'failed' || outcome?.status === 'skipped')
    const problem = problems.get(unit.folder)
    const outcome = await this.#gate.run(async (): Promise<Outcome> => {
      const startedMs = now()
      const result = problem !== undefined
        ? { status: 'failed' as const, problem, outputs: [] }
        : isMissing || signal.aborted ? { status: 'skipped' as const, outputs: [] } : await this.#build(unit)
      return { ...result, durationMs: now() - startedMs }
    })
    ended(unit, outcome)
    return outcome
  }

  async #build (unit: Unit): Promise<Result> {
    try {
      return await this.#buildOrFind(unit)
    } catch (thrown) {
      const problem = thrown instanceof WattError ? thrown : withCause(errors.WATT_BUILD_UNWRITABLE(unit.folder, messageOf(thrown)), thrown)
      return { status: 'failed', problem, outputs: [] }
    }
  }

  async #buildOrFind (unit: Unit): Promise<Result> {
    const { base, tree, plan, records, isCacheUsed, begun, signal } = this.#options
    const folder = join(base, unit.folder)
    const earlier = records.read(unit.folder)
    const before = this.#list(folder)
    const known = new Set(earlier?.outputs.map(({ path }) => path))
    const around = unit.around.map((other) => this.#sourcesAround(other, plan))
    const sourcesWithout = (written: ReadonlySet<string>): Sources => sourcesOf(before, (path) => written.has(path) || isDeclared(unit, path) || isByproduct(unit, path))
    const own = sourcesWithout(known)
    const { key, environment } = this.#keyOf(unit, [own, ...around])
    if (isCacheUsed && earlier?.key === key && isIntact(before, earlier)) return { status: 'cached', outputs: earlier.outputs.map(({ path }) => path) }

    const missing = packagesMissing({ who: unit.services.length === 0 ? unit.name : `service ${unit.name}`, json: packageOf(tree, unit.folder), folder: unit.folder, base, manager: unit.manager, isBuilt: true })
    if (missing !== undefined) return { status: 'failed', problem: missing, outputs: [] }
    records.forget(unit.folder)
    // An incremental compiler writes nothing where its state says that all is written.
    for (const file of before.compilerStates) rmSync(file, { force: true })
    begun(unit)
    const log = records.logOf(unit.folder)
    const { failure, errno, lastLines } = await runToEnd({ command: this.#commandOf(unit), cwd: folder, env: environment, log, signal })
    if (failure !== undefined && signal.aborted) return { status: 'skipped', outputs: [] }
    if (failure !== undefined) return { status: 'failed', problem: failureOf(unit, failure, errno), lastLines, log, outputs: [] }

    const after = this.#list(folder)
    const outputs = outputsOf({
      before: before.files,
      after: after.files,
      isDeclared: (path) => isDeclared(unit, path),
      isByproduct: (path) => isByproduct(unit, path),
      earlier: [...known],
      isSame: (path) => own.digests.get(path) === digestOf(join(folder, path))
    })
    // Nothing to hold it to: it may write elsewhere.
    if (outputs.length > 0) records.write(unit.folder, { version: 1, key: this.#keyOf(unit, [sourcesWithout(new Set(outputs)), ...around]).key, outputs: stamped(folder, after, outputs) })
    return { status: 'built', log, outputs }
  }

  #list (folder: string): Listing {
    return listFiles(folder, this.#options.leaves)
  }

  #keyOf (unit: Unit, sources: Sources[]): { key: string, environment: Record<string, string> } {
    const { base, env, secret } = this.#options
    const content = contentOf(unit, base, sources)
    const made = unit.build?.steady?.({ contentId: content.slice(0, 20), secret: secret.of(unit.folder) }) ?? {}
    // Who builds on many machines may have said it already.
    const steady = Object.fromEntries(Object.entries(made).map(([name, value]) => [name, name === 'NODE_OPTIONS' ? value : unit.env[name] ?? env[name] ?? value]))
    return {
      key: keyOf({ unit, content, sources, env, steady: Object.entries(steady).filter(([name]) => name !== 'NODE_OPTIONS') }),
      environment: toolEnvironment({ env, nodeFolder: this.#nodeFolder, service: unit.env, adapter: { ...unit.step.env, ...steady } })
    }
  }

  /** Of a package of the workspace: what it has built comes of the rest. */
  #sourcesAround (folder: string, { units }: Plan): Sources {
    const found = this.#sources.get(folder)
    if (found !== undefined) return found
    const { base, records } = this.#options
    const unit = units.find((other) => other.folder === folder)
    const written = new Set(unit === undefined ? [] : records.read(folder)?.outputs.map(({ path }) => path))
    const sources = sourcesOf(this.#list(join(base, folder)), (path) => written.has(path) || (unit !== undefined && (isDeclared(unit, path) || isByproduct(unit, path))))
    this.#sources.set(folder, sources)
    return sources
  }

  /** A framework's program is the one that is installed for the package. */
  #commandOf ({ folder, step: { by, command: [program = '', ...args] } }: Unit): string[] {
    if (by === 'script') return [program, ...args]
    const { base } = this.#options
    const file = upwards(folder).map((above) => join(base, above, 'node_modules/.bin', program)).find((path) => existsSync(path))
    return [file ?? program, ...args]
  }
}

function isDeclared ({ build }: Unit, path: string): boolean {
  return isBelow(path, build?.outputs ?? [])
}

function isByproduct ({ build }: Unit, path: string): boolean {
  return isBelow(path, build?.byproducts ?? [])
}

function stamped (folder: string, { files }: Listing, outputs: readonly string[]): BuildRecord['outputs'] {
  return outputs.flatMap((path) => {
    const file = files.get(path)
    return file === undefined ? [] : [{ path, size: file.size, mtimeMs: file.mtimeMs, digest: digestOf(join(folder, path)) }]
  })
}

/** What was written is still there, and as it was. */
function isIntact ({ folder, files }: Listing, { outputs }: BuildRecord): boolean {
  return outputs.every(({ path, size, mtimeMs, digest }) => {
    const now = files.get(path)
    return now !== undefined && now.size === size && (now.mtimeMs === mtimeMs || digestOf(join(folder, path)) === digest)
  })
}

function failureOf ({ name, step: { shown, command: [program = ''] }, manager }: Unit, failure: string, errno: string | undefined): WattError {
  return errno === 'ENOENT' ? errors.WATT_BUILD_TOOL_MISSING(name, program, manager.reason) : errors.WATT_BUILD_FAILED(name, shown, failure)
}

/** Scripts say `node`: a folder in which that is the one that runs this process. */
function nodeFolderIn (folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const link = join(bin, 'node')
  // Another build beside this one makes the same.
  const passing = `${link}.${process.pid}.tmp`
  rmSync(passing, { force: true })
  symlinkSync(process.execPath, passing)
  renameSync(passing, link)
  return bin
}
