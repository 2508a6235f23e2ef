// `wattapp build FILE`: every service by its own build, and the folder that production takes.
import { availableParallelism, constants } from 'node:os'
import { realpathSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { withDefaults } from '../../api/defaults.ts'
import { messageOf, withCause } from '../../base/error.ts'
import { checkOut } from '../build/app-folder.ts'
import { concurrencyOf } from '../build/plan.ts'
import { BuildRecords } from '../build/records.ts'
import { hasFailed, type BuildReport, type ProblemReport } from '../build/report.ts'
import { createScreen, seconds, type BuildScreen } from '../build/screen.ts'
import { buildSecret, type BuildSecret } from '../build/secret.ts'
import { build, defaultOut } from '../build/session.ts'
import { errors } from '../errors.ts'
import { chooseApp, readInput } from '../input.ts'
import { formatted, harmless, tellProblems, type Output } from '../output.ts'
import { projectOf } from '../project/base.ts'

export interface BuildOptions { app?: string, out?: string, only?: string[], cache: boolean, concurrency?: number, output: 'text' | 'json' }

export async function runBuild (file: string, options: BuildOptions, output: Output): Promise<number> {
  const input = await readInput(file)
  const { app, manifest, folder, problems } = chooseApp(input, options.app)
  if (problems.length > 0) {
    tellProblems(output, problems)
    return 1
  }
  if (app.spec.source?.configMap !== undefined) throw errors.WATT_CODE_NOT_IN_FOLDER(app.metadata.name, app.spec.source.configMap.name)
  const { services } = withDefaults(app).spec
  const stranger = options.only?.find((name) => services.every((service) => service.name !== name))
  if (stranger !== undefined) throw errors.WATT_SERVICE_NOT_IN_APP(stranger, app.metadata.name, services.map(({ name }) => name).join(', '))
  const root = realpathSync(folder)
  // One that lacks services is no app.
  const out = options.only !== undefined ? undefined : options.out === undefined ? defaultOut(root) : resolve(options.out)
  if (out !== undefined) checkOut(out, root)
  const records = new BuildRecords(join(root, '.wattapp'))
  const secret = prepare(records)
  const now = (): number => performance.now()
  const leaving = leaveOnSignals()
  let screen: BuildScreen | undefined
  try {
    const report = await build({
      manifest,
      manifests: input.manifests,
      manifestFiles: input.name === '-' ? [] : [...new Set(input.manifests.map(({ file }) => realpathSync(file)))],
      services: services.filter(({ name }) => options.only?.includes(name) !== false),
      root,
      project: projectOf(root),
      out,
      records,
      secret,
      env: process.env,
      isCacheUsed: options.cache,
      concurrency: options.concurrency ?? concurrencyOf({ cores: availableParallelism(), availableBytes: process.availableMemory() }),
      signal: leaving.signal,
      now,
      planned: (units) => { screen = createScreen({ units, output, now, shown }) },
      begun: (unit) => screen?.begun(unit),
      ended: (unit, outcome) => screen?.ended(unit, outcome)
    })
    screen?.close()
    if (leaving.code !== undefined) {
      output.tell('interrupted: what was being built is as its tools have left it, and is built again the next time')
      return leaving.code
    }
    if (options.output === 'json') output.print(await formatted(report, 'json'))
    summary(report, output)
    return hasFailed(report) ? 1 : 0
  } finally {
    screen?.close()
    leaving.close()
  }
}

function prepare (records: BuildRecords): BuildSecret {
  try {
    records.prepare()
    return buildSecret(records.folder)
  } catch (thrown) {
    throw withCause(errors.WATT_BUILD_UNWRITABLE(records.folder, messageOf(thrown)), thrown)
  }
}

/** What is running is ended, and nothing else begins. The code is the shell's own for the signal. */
function leaveOnSignals (): { signal: AbortSignal, code: number | undefined, close: () => void } {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (name: NodeJS.Signals): void => {
    leaving.code = 128 + constants.signals[name]
    controller.abort()
  }
  for (const name of names) process.on(name, onSignal)
  const leaving = {
    signal: controller.signal,
    code: undefined as number | undefined,
    close: () => { for (const name of names) process.off(name, onSignal) }
  }
  return leaving
}

function summary (report: BuildReport, { tell, paintError }: Output): void {
  const { app, out, isOutChanged, durationMs, services, packages, notes, problem } = report
  for (const note of notes) tell(`${paintError('yellow', 'note:')} ${harmless(note)}`)
  const failed = [...packages, ...services].flatMap(({ problem }) => problem ?? [])
  // Services of one folder have one problem.
  const distinct = new Map([...failed, ...problem === null ? [] : [problem]].map((one) => [one.message, one]))
  for (const one of distinct.values()) tellProblem(one)
  const skipped = services.filter(({ status }) => status === 'skipped').map(({ service }) => service)
  const broken = services.filter(({ status }) => status === 'failed').map(({ service }) => service)
  if (hasFailed(report)) {
    const counts = [
      ...broken.length === 0 ? [] : [`${broken.join(', ')} failed`],
      ...skipped.length === 0 ? [] : [`${skipped.join(', ')} ${skipped.length === 1 ? 'needs' : 'need'} what failed`]
    ]
    tell(`${paintError('bold', app)} is ${paintError('red', 'not built')}${counts.length === 0 ? '' : `: ${counts.join('; ')}`}${out === null ? '; the app folder is as it was' : ''}`)
    return
  }
  const where = out === null ? '' : `, ${isOutChanged ? 'in' : 'as before in'} ${shown(out)}`
  tell(`${paintError('bold', app)} is ${paintError('green', 'built')} in ${seconds(durationMs)}${where}`)

  function tellProblem ({ code, message, remedy }: ProblemReport): void {
    tell(`${paintError('red', 'error:')} ${harmless(message)} ${paintError('dim', `(${code})`)}\n  ${paintError('green', 'remedy:')} ${remedy}`)
  }
}

function shown (path: string): string {
  return relative(process.cwd(), path) || '.'
}
