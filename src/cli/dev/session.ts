// One run of `wattapp dev`: the supervisor, what is watched, and what comes of a change.
import { realpathSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { messageOf, WattError } from '../../base/error.ts'
import { type Lifetime } from '../../base/lifetime.ts'
import { laptopEnvironment } from '../../supervisor/environment.ts'
import { startSupervisor, type Inspection, type Supervisor, type SupervisorEvent } from '../../supervisor/supervisor.ts'
import type { LogRecord } from '../../telemetry/logs/record.ts'
import type { Sink } from '../../telemetry/logs/sink.ts'
import { freeOr0 } from '../local/ports.ts'
import { createScreen, isToldByLines, mountLines } from '../local/screen.ts'
import { diskTree, packageOf } from '../draft/tree.ts'
import { harmless, tellError, tellProblems, type Output } from '../output.ts'
import { doubts } from '../project/detected.ts'
import { isEnvironmentFile } from './ignored.ts'
import { ManifestWatch } from './manifest-watch.ts'
import { lookAtService, readApp, type DevService, type Reading, type ReadOptions } from './reading.ts'
import { createDevScreen } from './screen.ts'
import { ServiceWatch } from './service-watch.ts'
import { States } from './states.ts'
import { troubleOf, type Exit } from './trouble.ts'

export interface SessionOptions {
  /** FILE or FOLDER, as it was named. */
  input: string
  read: ReadOptions
  port: number
  adminPort: number
  output: Output
  sink: Sink
  life: Lifetime
  inspection: Inspection | undefined
  /** There is another supervisor from now on. */
  supervises: (supervisor: Supervisor) => void
  threadAbandoned: (total: number) => void
}

const host = '127.0.0.1'

export class DevSession {
  readonly #options: SessionOptions
  readonly #states: States
  readonly #services: ServiceWatch
  readonly #manifest: ManifestWatch
  #reading: Reading
  #supervisor: Supervisor | undefined
  /** Of each service, as they were when it was last started: another set is a change. */
  #variables: Map<string, string>
  /** Files that changed since it last ran: what is wrong with it may be in them. */
  readonly #suspects = new Map<string, string[]>()
  /** Of what a person knows by now, and need not be told at each start. */
  readonly #toldDoubts = new Set<string>()
  #reloads: Promise<void> = Promise.resolve()
  /** A config was not put in force, or not all of it. */
  #refused: (code: string) => void = () => {}
  #port: number
  #adminPort: number

  /** Resolves when requests are taken. @throws WattError */
  static async start (reading: Reading, options: SessionOptions): Promise<DevSession> {
    const session = new DevSession(reading, options)
    await session.#start()
    return session
  }

  private constructor (reading: Reading, options: SessionOptions) {
    const { life, output } = options
    this.#options = options
    this.#reading = reading
    this.#port = options.port
    this.#adminPort = options.adminPort
    this.#variables = this.#readVariables()
    this.#states = new States((states) => this.#supervisor?.tellBrowsers(states))
    this.#services = life.add(new ServiceWatch({
      clock: systemClock,
      isExcepted: (path) => this.#reading.manifests.includes(path),
      changed: (service, files) => this.#changed(service, files),
      failed: (folder, reason) => output.tell(`${output.paintError('yellow', 'note:')} changes in ${folder} are not seen: ${reason}`)
    }), (watch) => watch.close())
    this.#manifest = life.add(new ManifestWatch(systemClock, (files) => this.#reload(files)), (watch) => watch.close())
  }

  async #start (): Promise<void> {
    const { output, sink, supervises, threadAbandoned, read: { env, mode } } = this.#options
    const { config, root, mounts, absent } = this.#reading
    // What changes from now on is seen, though nothing runs yet.
    this.#watch()
    for (const { error } of absent) tellError(output, error)
    const screen = createScreen({ app: config.app, services: config.services.map(({ name }) => name), paint: output.paintError, isDevelopment: true })
    mountLines(mounts, shown, output.paintError).forEach(output.tell)
    const supervisor = await startSupervisor({
      config,
      root,
      isDevelopment: true,
      inspection: this.#options.inspection,
      http: { host, port: this.#port },
      admin: { host, port: this.#adminPort === 0 ? 0 : await freeOr0(host, this.#adminPort) },
      baseEnv: { ...laptopEnvironment(env), NODE_ENV: mode },
      fileEnv: (service) => this.#reading.variables(service),
      sink: (record) => { if (!output.isTerminal || !isTold(record)) sink.write(record) },
      ...(!output.isTerminal && { lines: sink.writeLines }),
      onEvent: (event) => {
        this.#hear(event)
        if (event.type !== 'workerExited') screen(event).forEach(output.tell)
        if (event.type === 'threadAbandoned') threadAbandoned(event.total)
      }
    })
    this.#supervisor = supervisor
    this.#port = Number(new URL(supervisor.url).port)
    supervises(supervisor)
    this.#states.repeat()
    if (supervisor.adminUrl !== undefined) output.tell(`  ${output.paintError('dim', `metrics and status on ${supervisor.adminUrl}`)}`)
  }

  #watch (): void {
    const { services, manifests, root, absent } = this.#reading
    const { input } = this.#options
    const folder = statSync(input, { throwIfNoEntry: false })?.isDirectory() === true ? realpathSync(input) : undefined
    this.#services.watch(services.map(({ config: { name, entry }, folder, file }) => ({ name, folder, file, entry })))
    this.#manifest.watch({ manifests, folder, root, absent: absent.map(({ path }) => path) })
  }

  // Files of services.

  #changed (name: string, files: readonly string[]): void {
    const service = this.#find(name)
    if (service === undefined || !this.#isToRestart(service, files)) return
    this.#restart(name, files)
  }

  #restart (name: string, files: readonly string[]): void {
    const { output } = this.#options
    this.#suspects.set(name, [...files])
    this.#states.changed(name)
    this.#supervisor?.restart(name).catch((thrown: unknown) => tellError(output, thrown))
    output.tell(this.#screen().changed(name, files))
  }

  /** One that reloads by itself is left to that, as long as it runs. */
  #isToRestart (service: DevService, files: readonly string[]): boolean {
    if (!this.#isUp(service.config.name)) return true
    const row = lookAtService(service, this.#reading.root)?.row
    // Files are read at each request.
    if (row?.name === 'static') return false
    if (row?.develop === undefined || row.isRestarted === true) return true
    const own = files.filter((file) => file === join(service.folder, basename(file))).map((file) => basename(file))
    return own.some((name) => name === 'package.json' || /^next\.config\.\w+$/.test(name))
  }

  #isUp (name: string): boolean {
    const workers = this.#supervisor?.status().services.find((service) => service.name === name)?.workers ?? []
    return workers.some(({ state }) => state === 'ready' || state === 'starting')
  }

  // The manifest, and `.env` files of the app's root.

  #reload (files: readonly string[]): void {
    this.#reloads = this.#reloads.then(() => this.#apply(files)).catch((thrown: unknown) => tellError(this.#options.output, thrown))
  }

  async #apply (files: readonly string[]): Promise<void> {
    const { input, read, output } = this.#options
    const before = this.#reading
    if (files.every((file) => isEnvironmentFile(basename(file)) && file !== '')) return this.#applyVariables(files)
    let reading: Awaited<ReturnType<typeof readApp>>
    try {
      reading = await readApp(input, { ...read, root: before.root })
    } catch (thrown) {
      if (!(thrown instanceof WattError)) throw thrown
      tellError(output, thrown)
      return output.tell('the app goes on as it was')
    }
    if ('problems' in reading) {
      tellProblems(output, reading.problems)
      return output.tell('the app goes on as it was')
    }
    this.#reading = reading
    let isRefused = false
    this.#refused = (code) => { isRefused = code === 'WATT_CONFIG_NEEDS_NEW_POD' }
    await this.#supervisor?.apply(reading.config)
    if (isRefused) return this.#startAnew(reading)
    this.#watch()
    this.#applyVariables(files)
  }

  /** What no running app can take, such as another service: the whole of it is started again, on the same port. */
  async #startAnew (reading: Reading): Promise<void> {
    const { output } = this.#options
    output.tell(`the manifest asks for what cannot change while it runs: ${reading.config.app} starts again`)
    await this.#supervisor?.drain()
    this.#variables = this.#readVariables()
    await this.#start()
  }

  #applyVariables (files: readonly string[]): void {
    const variables = this.#readVariables()
    for (const [name, now] of variables) {
      const before = this.#variables.get(name)
      if (before !== undefined && before !== now) this.#restart(name, files)
    }
    this.#variables = variables
  }

  /** As text: only whether they are the same is asked. */
  #readVariables (): Map<string, string> {
    return new Map(this.#reading.services.map(({ config: { name } }) => [name, JSON.stringify(this.#variablesOf(name))]))
  }

  #variablesOf (name: string): Record<string, string> {
    try {
      return this.#reading.variables(name)
    } catch (thrown) {
      return { '': messageOf(thrown) }
    }
  }

  // What the supervisor tells.

  #hear (event: SupervisorEvent): void {
    const { output } = this.#options
    if (event.type === 'workerReady') {
      this.#states.ready(event.service)
      this.#tellDoubts(event.service)
    }
    if (event.type === 'workerExited') this.#explain(event).catch((thrown: unknown) => tellError(output, thrown))
    if (event.type === 'configApplied') output.tell(`the manifest is in force: ${event.changes.join('; ')}`)
    if (event.type === 'configRefused') {
      this.#refused(event.code)
      if (event.code !== 'WATT_CONFIG_NEEDS_NEW_POD') output.tell(`${output.paintError('red', 'error:')} ${event.message}\n  ${output.paintError('green', 'remedy:')} ${event.hint}`)
    }
  }

  async #explain (exit: Exit): Promise<void> {
    const { output } = this.#options
    const { root } = this.#reading
    const names = this.#reading.services.filter(({ config: { name, thread } }) => exit.service === (thread ?? name)).map(({ config: { name } }) => name)
    const isFinal = exit.retryInMs === undefined
    const first = { reason: exit.reason, message: exit.message, hint: exit.hint }
    // At once, for those who wait; the place in the code may take a while to be found.
    for (const name of names) this.#states.failed(name, first, isFinal)
    const suspects = names.flatMap((name) => [...this.#suspects.get(name) ?? [], ...this.#entryOf(name)])
    const variables = Object.assign({}, ...names.map((name) => ({ ...this.#find(name)?.config.env, ...this.#variablesOf(name) })))
    const trouble = await troubleOf(exit, { root, suspects, variables })
    for (const name of names) this.#states.failed(name, trouble, isFinal)
    this.#screen().trouble(exit.service, trouble, exit.retryInMs).forEach(output.tell)
    names.forEach((name) => this.#tellDoubts(name))
  }

  /** What runs it, or does not, may not be what is meant. */
  #tellDoubts (name: string): void {
    const { output } = this.#options
    const service = this.#find(name)
    const found = service === undefined ? undefined : lookAtService(service, this.#reading.root)
    if (found === undefined) return
    for (const doubt of doubts(found, found.packageFolder === found.folder ? packageOf(diskTree(found.folder), '.') : undefined)) {
      const line = `${output.paintError('yellow', 'note:')} ${name}: ${harmless(doubt)}`
      if (!this.#toldDoubts.has(line)) output.tell(line)
      this.#toldDoubts.add(line)
    }
  }

  #entryOf (name: string): string[] {
    const service = this.#find(name)
    const found = service === undefined ? undefined : lookAtService(service, this.#reading.root)
    return found?.entry === undefined ? [] : [join(found.folder, found.entry)]
  }

  #find (name: string): DevService | undefined {
    return this.#reading.services.find(({ config }) => config.name === name)
  }

  #screen (): ReturnType<typeof createDevScreen> {
    return createDevScreen(this.#reading.services.map(({ config: { name } }) => name), this.#options.output.paintError, shown)
  }
}

function shown (file: string): string {
  return relative(process.cwd(), file)
}

/** Ends of workers, which are told as blocks. */
function isTold (record: LogRecord): boolean {
  return isToldByLines(record) || (typeof record['reason'] === 'string' && /^(service ".*" lost a worker|a new worker of service ".*" did not become ready)/.test(record.msg))
}
