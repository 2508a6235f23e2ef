// `wattapp dev FILE|FOLDER`: as `run`, with what a developer needs: services that are started again when their files change,
// frameworks by their own development servers, errors where they are looked for.
import '../../supervisor/pool-size.ts'
import { WattError } from '../../base/error.ts'
import { Lifetime } from '../../base/lifetime.ts'
import { createSink } from '../../telemetry/logs/sink.ts'
import { readApp, type ReadOptions } from '../dev/reading.ts'
import { DevSession } from '../dev/session.ts'
import { isInspected, openInspector, type InspectOptions } from '../inspect/open.ts'
import { leaveOnSignals } from '../local/leaving.ts'
import { recordsForPeople } from '../local/screen.ts'
import { tellError, tellProblems, type Output } from '../output.ts'

export interface DevOptions extends InspectOptions { app?: string, port: number, adminPort: number, only?: string[] }

/** Runs until a signal, and ends the process itself. Gives a code only when nothing was started. */
export async function runDev (input: string, { app, port, adminPort, only, ...inspect }: DevOptions, output: Output): Promise<number> {
  const life = new Lifetime()
  const { env } = process
  const mode = env['NODE_ENV'] === undefined || env['NODE_ENV'] === '' ? 'development' : env['NODE_ENV']
  const read: ReadOptions = { app, only, env, mode, life, isInspected: () => isInspected(inspect) }
  try {
    const reading = await readApp(input, read)
    if ('problems' in reading) {
      tellProblems(output, reading.problems)
      return 1
    }
    const inspection = await openInspector(inspect, reading.config, output, life)
    const sink = createSink({ level: reading.config.logs.level, ...(output.isTerminal && { format: recordsForPeople(env) }) })
    const leaving = leaveOnSignals(life, sink)
    await DevSession.start(reading, {
      input,
      read,
      port,
      adminPort,
      output,
      sink,
      life,
      inspection,
      supervises: (supervisor) => { leaving.supervisor = supervisor },
      threadAbandoned: leaving.threadAbandoned
    })
  } catch (thrown) {
    await life.close()
    if (!(thrown instanceof WattError)) throw thrown
    tellError(output, thrown)
    return 1
  }
  return await new Promise<never>(() => {})
}
