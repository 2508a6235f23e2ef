// `wattapp detect PATH`: what would run each service of a manifest, a workspace or a folder, why, and how it is built.
import { statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { withDefaults } from '../../api/defaults.ts'
import { basePathOf } from '../../api/base-path.ts'
import { messageOf, withCause } from '../../base/error.ts'
import { textOf } from '../draft/loose.ts'
import { serviceName } from '../draft/names.ts'
import { packageOf } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import { kindOf } from '../init/kind.ts'
import { appsOf, chooseApp, readInput } from '../input.ts'
import { formatted, harmless, tellProblems, type Format, type Output } from '../output.ts'
import { projectOf, type Project } from '../project/base.ts'
import { detectService, type Detected } from '../project/detected.ts'
import { dependentsOf } from '../project/dependents.ts'
import { within, type NamedService } from '../project/service.ts'

export interface DetectOptions { app?: string, output: Format }

export async function runDetect (path: string, options: DetectOptions, output: Output): Promise<number> {
  const found = await servicesAt(path, options.app, output)
  if (found === undefined) return 1
  const { project, root, services, leftOut } = found
  const detected = services.map(({ basePath, ...service }) => detectService(service, root, project, basePath))
  if (options.output === 'text') {
    detected.forEach((one) => { tell(one, output) })
    for (const text of leftOut) output.tell(`note: ${harmless(text)}`)
  } else {
    output.print(await formatted({ services: detected, leftOut }, options.output))
  }
  return detected.some(({ problem }) => problem !== undefined) ? 1 : 0
}

interface Found { project: Project, root: string, services: Array<NamedService & { basePath: string }>, leftOut: string[] }

async function servicesAt (path: string, wanted: string | undefined, output: Output): Promise<Found | undefined> {
  const isFolder = path !== '-' && isDirectory(path)
  const input = await readInput(path)
  if (!isFolder || appsOf(input).length > 0) {
    const { app, folder, problems } = chooseApp(input, wanted)
    if (problems.length > 0) {
      tellProblems(output, problems)
      return undefined
    }
    if (app.spec.source?.configMap !== undefined) throw errors.WATT_CODE_NOT_IN_FOLDER(app.metadata.name, app.spec.source.configMap.name)
    const { spec } = withDefaults(app)
    const root = resolve(folder)
    return { project: projectOf(root), root, leftOut: [], services: spec.services.map(({ name, path, runtime, entry, routes = [] }) => ({ name, path, runtime, entry, basePath: basePathOf(routes) })) }
  }
  const root = resolve(path)
  const project = projectOf(root)
  const isRoot = project.isWorkspace && within(project.base, root) === '.'
  return isRoot ? ofWorkspace(project) : { project, root: project.base, leftOut: [], services: [{ ...nameOf(project, root), basePath: '' }] }
}

function nameOf (project: Project, root: string): NamedService {
  const path = within(project.base, resolve(root))
  return { name: serviceName(textOf(packageOf(project.tree, path)?.name) ?? basename(root)) ?? 'service', path }
}

/** As `wattapp init` would tell services from libraries. */
function ofWorkspace (project: Project): Found {
  const services: Found['services'] = []
  const leftOut: string[] = []
  for (const one of project.packages) {
    const kind = kindOf(project.tree, one, dependentsOf(one, project.packages))
    if (kind.isService) services.push({ ...nameOf(project, join(project.base, one.folder)), entry: kind.start.entry, basePath: '' })
    else leftOut.push(`${one.folder} is no service: ${kind.reason}`)
  }
  if (services.length === 0) throw errors.WATT_PROJECT_EMPTY(relative(process.cwd(), project.base) || '.', leftOut.join('; '))
  return { project, root: project.base, services, leftOut }
}

function tell ({ service, path, runtime, reason, entry, build, production, development, notes, problem }: Detected, { print, tell, paint, paintError }: Output): void {
  if (problem !== undefined) {
    tell(`${paintError('red', 'error:')} ${harmless(problem.message)} ${paintError('dim', `(${problem.code})`)}\n  ${paintError('green', 'remedy:')} ${problem.remedy}`)
    return
  }
  const rows = [
    ['runtime', `${runtime ?? ''}, as ${reason}`],
    ...entry === null ? [] : [['entry', entry]],
    ['build', build === null ? 'nothing to build' : `${build.command}${build.by === 'script' ? ` (${build.script})` : ''}${build.outputs.length === 0 ? '' : `, writes ${build.outputs.join(', ')}`}`],
    ['production', production],
    ['development', development]
  ]
  print(`${paint('bold', service)} ${paint('dim', path)}`)
  for (const [name = '', text = ''] of rows) print(`  ${paint('dim', name.padEnd(11))}  ${harmless(text)}`)
  for (const note of notes) tell(`${paintError('yellow', 'note:')} ${service}: ${harmless(note)}`)
}

function isDirectory (path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (thrown) {
    throw withCause(errors.WATT_INPUT_UNREADABLE(path, messageOf(thrown)), thrown)
  }
}
