// `wattapp run FILE|FOLDER`: the supervisor on this machine, from the manifest that a cluster gets.
import '../../supervisor/pool-size.ts'
import { relative } from 'node:path'
import { toAppConfig } from '../../api/to-app-config.ts'
import { withDefaults } from '../../api/defaults.ts'
import { WattError } from '../../base/error.ts'
import { Lifetime } from '../../base/lifetime.ts'
import { laptopEnvironment } from '../../supervisor/environment.ts'
import { startSupervisor } from '../../supervisor/supervisor.ts'
import { createSink } from '../../telemetry/logs/sink.ts'
import { chooseApp, readInput } from '../input.ts'
import { isInspected, openInspector, type InspectOptions } from '../inspect/open.ts'
import { makeFolders } from '../local/folders.ts'
import { inspectedConfig } from '../local/inspected-config.ts'
import { leaveOnSignals } from '../local/leaving.ts'
import { localConfig, localVariablesOf } from '../local/mounts.ts'
import { localObjects } from '../local/objects.ts'
import { freeOr0 } from '../local/ports.ts'
import { createScreen, isToldByLines, mountLines, recordsForPeople } from '../local/screen.ts'
import { localVariables } from '../local/variables.ts'
import { tellError, tellProblems, type Output } from '../output.ts'

export interface RunOptions extends InspectOptions { app?: string, port: number, adminPort: number }

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
    const whole = { ...localConfig(toAppConfig(app), mounts), drainDelayMs: 0 }
    const config = isInspected(options) ? inspectedConfig(whole) : whole
    const screen = createScreen({ app: config.app, services: config.services.map(({ name }) => name), paint: output.paintError })
    mountLines(mounts, (path) => relative(process.cwd(), path), output.paintError).forEach(output.tell)
    const inspection = await openInspector(options, config, output, life)
    const sink = createSink({ level: config.logs.level, ...(output.isTerminal && { format: recordsForPeople(process.env) }) })
    const leaving = leaveOnSignals(life, sink)
    const supervisor = leaving.supervisor = await startSupervisor({
      config,
      root,
      inspection,
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
