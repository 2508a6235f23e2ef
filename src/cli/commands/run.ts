// `wattapp run FILE|FOLDER`: the supervisor on this machine, from the manifest that a cluster gets.
import '../../supervisor/pool-size.ts'
import { relative } from 'node:path'
import { toAppConfig } from '../../api/to-app-config.ts'
import { withDefaults } from '../../api/defaults.ts'
import { WattError } from '../../base/error.ts'
import { Lifetime } from '../../base/lifetime.ts'
import { laptopEnvironment } from '../../supervisor/environment.ts'
import { endProcess } from '../../supervisor/exit.ts'
import { startSupervisor, type Supervisor } from '../../supervisor/supervisor.ts'
import { prettyFormat } from '../../telemetry/logs/pretty.ts'
import { createSink, type Sink } from '../../telemetry/logs/sink.ts'
import { chooseApp, readInput } from '../input.ts'
import { makeFolders } from '../local/folders.ts'
import { localConfig, localVariablesOf } from '../local/mounts.ts'
import { localObjects } from '../local/objects.ts'
import { freeOr0 } from '../local/ports.ts'
import { createScreen, isToldByLines, mountLines } from '../local/screen.ts'
import { localVariables } from '../local/variables.ts'
import { tellError, tellProblems, type Output } from '../output.ts'

export interface RunOptions { app?: string, port: number, adminPort: number }

const host = '127.0.0.1'

/** Runs until a signal, and ends the process itself: threads in native calls would keep it. Gives a code only when nothing was started. */
export async function runRun (file: string, options: RunOptions, output: Output): Promise<number> {
  const input = await readInput(file)
  const { app, problems, folder } = chooseApp(input, options.app)
  if (problems.length > 0) {
    tellProblems(output, problems)
    return 1
  }
  const objects = localObjects(input.manifests)
  const { values, missing } = localVariables(withDefaults(app).spec, objects, process.env)
  if (missing.length > 0) {
    for (const error of missing) tellError(output, error)
    return 1
  }
  const life = new Lifetime()
  try {
    const { root, mounts } = await makeFolders(app, folder, objects, life)
    const config = { ...localConfig(toAppConfig(app), mounts), drainDelayMs: 0 }
    const screen = createScreen({ app: config.app, services: config.services.map(({ name }) => name), paint: output.paintError })
    mountLines(mounts, (path) => relative(process.cwd(), path), output.paintError).forEach(output.tell)
    const sink = createSink({ level: config.logs.level, ...(output.isTerminal && { format: forPeople() }) })
    const leaving = leaveOnSignals(life, sink)
    const supervisor = leaving.supervisor = await startSupervisor({
      config,
      root,
      http: { host, port: options.port },
      admin: { host, port: options.adminPort === 0 ? 0 : await freeOr0(host, options.adminPort) },
      baseEnv: laptopEnvironment(process.env),
      fileEnv: (service) => localVariablesOf(values.get(service) ?? {}, mounts),
      sink: (record) => { if (!output.isTerminal || !isToldByLines(record)) sink.write(record) },
      ...(!output.isTerminal && { lines: sink.writeLines }),
      onEvent (event) {
        const lines = screen(event)
        if (!output.isTerminal || event.type !== 'workerExited') lines.forEach(output.tell)
        if (event.type === 'threadAbandoned') leaving.threadAbandoned(event.total)
      }
    })
    if (supervisor.adminUrl !== undefined) output.tell(`  ${output.paintError('dim', `metrics and status on ${supervisor.adminUrl}`)}`)
  } catch (thrown) {
    await life.close()
    if (!(thrown instanceof WattError)) throw thrown
    tellError(output, thrown)
    return 1
  }
  return await new Promise<never>(() => {})
}

interface Leaving { supervisor: Supervisor | undefined, threadAbandoned: (total: number) => void }

/** The first signal drains in order and exits 0; a second one ends at once, as the shell's own 130. */
function leaveOnSignals (life: Lifetime, sink: Sink): Leaving {
  let isLeaving = false
  let hasAbandonedThreads = false

  async function leave (code: number): Promise<never> {
    isLeaving = true
    let exitCode = code
    try {
      await leaving.supervisor?.drain()
    } catch {
      exitCode = 1
    }
    await life.close().catch(() => {})
    await sink.flush()
    return endProcess(exitCode, hasAbandonedThreads)
  }

  function onSignal (): void {
    if (!isLeaving) {
      leave(0).catch(() => endProcess(1, hasAbandonedThreads))
      return
    }
    life.close().catch(() => {}).finally(() => {
      sink.flushSync()
      endProcess(130, hasAbandonedThreads)
    }).catch(() => {})
  }

  const leaving: Leaving = {
    supervisor: undefined,
    threadAbandoned (total) {
      hasAbandonedThreads = true
      // With a second one, what runs in this process is no longer ours to say.
      if (total > 1 && !isLeaving) leave(1).catch(() => endProcess(1, true))
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.on('SIGHUP', onSignal)
  return leaving
}

function forPeople (): ReturnType<typeof prettyFormat> {
  const hasColor = (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
  return prettyFormat({ hasColor, offsetMs: -new Date().getTimezoneOffset() * 60_000 })
}
