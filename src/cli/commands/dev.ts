// `wattapp dev FILE|FOLDER`: as `run`, with what a developer needs: services that are started again when their files change,
// frameworks by their own development servers, errors where they are looked for.
import '../../supervisor/pool-size.ts'
import { realpathSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { toAppConfig } from '../../api/to-app-config.ts'
import { withDefaults } from '../../api/defaults.ts'
import { systemClock } from '../../base/clock.ts'
import { WattError } from '../../base/error.ts'
import { Lifetime } from '../../base/lifetime.ts'
import { laptopEnvironment } from '../../supervisor/environment.ts'
import { findPlaces } from '../../supervisor/service-folder.ts'
import { startSupervisor, type Supervisor } from '../../supervisor/supervisor.ts'
import { createSink } from '../../telemetry/logs/sink.ts'
import { developmentConfig } from '../dev/development-config.ts'
import { ServiceWatch } from '../dev/service-watch.ts'
import { chooseApp, readInput } from '../input.ts'
import { makeFolders } from '../local/folders.ts'
import { leaveOnSignals } from '../local/leaving.ts'
import { localConfig, localVariablesOf } from '../local/mounts.ts'
import { localObjects } from '../local/objects.ts'
import { freeOr0 } from '../local/ports.ts'
import { createScreen, isToldByLines, mountLines, recordsForPeople } from '../local/screen.ts'
import { localVariables } from '../local/variables.ts'
import { tellError, tellProblems, type Output } from '../output.ts'

export interface DevOptions { app?: string, port: number, adminPort: number }

const host = '127.0.0.1'

/** Runs until a signal, and ends the process itself. Gives a code only when nothing was started. */
export async function runDev (name: string, options: DevOptions, output: Output): Promise<number> {
  const input = await readInput(name)
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
    const { root: place, mounts } = await makeFolders(app, folder, objects, life)
    const root = await realpath(place)
    const config = developmentConfig(localConfig(toAppConfig(app), mounts), () => false)
    const screen = createScreen({ app: config.app, services: config.services.map(({ name }) => name), paint: output.paintError, isDevelopment: true })
    mountLines(mounts, (path) => relative(process.cwd(), path), output.paintError).forEach(output.tell)
    const sink = createSink({ level: config.logs.level, ...(output.isTerminal && { format: recordsForPeople(process.env) }) })
    const leaving = leaveOnSignals(life, sink)
    const { folders } = await findPlaces(config.services, root)
    // What changes from now on is seen, though nothing runs yet.
    const started = Promise.withResolvers<Supervisor>()
    const watch = life.add(new ServiceWatch({
      clock: systemClock,
      except: new Set(input.manifests.map(({ file }) => realpathSync(file))),
      changed (service, files) {
        started.promise.then((supervisor) => supervisor.restart(service)).catch((thrown: unknown) => tellError(output, thrown))
        const [first = '', ...others] = files.map((file) => relative(process.cwd(), file))
        output.tell(`  ${output.paintError('bold', service)}  ${first}${others.length === 0 ? '' : ` and ${others.length} more`} changed: starts again`)
      },
      failed: (folder, reason) => output.tell(`changes in ${folder} are not seen: ${reason}`)
    }), (watch) => watch.close())
    watch.watch(config.services.map(({ name, path, entry }) => {
      const folder = folders.get(name) ?? root
      const real = realpathSync(join(root, path))
      return { name, folder, file: real === folder ? undefined : real, entry }
    }))
    const supervisor = leaving.supervisor = await startSupervisor({
      config,
      root,
      isDevelopment: true,
      http: { host, port: options.port },
      admin: { host, port: options.adminPort === 0 ? 0 : await freeOr0(host, options.adminPort) },
      baseEnv: { ...laptopEnvironment(process.env), NODE_ENV: process.env['NODE_ENV'] === undefined || process.env['NODE_ENV'] === '' ? 'development' : process.env['NODE_ENV'] },
      fileEnv: (service) => localVariablesOf(values.get(service) ?? {}, mounts),
      sink: (record) => { if (!output.isTerminal || !isToldByLines(record)) sink.write(record) },
      ...(!output.isTerminal && { lines: sink.writeLines }),
      onEvent (event) {
        const lines = screen(event)
        if (!output.isTerminal || event.type !== 'workerExited') lines.forEach(output.tell)
        if (event.type === 'threadAbandoned') leaving.threadAbandoned(event.total)
      }
    })
    started.resolve(supervisor)
    if (supervisor.adminUrl !== undefined) output.tell(`  ${output.paintError('dim', `metrics and status on ${supervisor.adminUrl}`)}`)
  } catch (thrown) {
    await life.close()
    if (!(thrown instanceof WattError)) throw thrown
    tellError(output, thrown)
    return 1
  }
  return await new Promise<never>(() => {})
}
