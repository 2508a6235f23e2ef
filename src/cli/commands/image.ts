// `wattapp image FILE`: a Dockerfile and a .dockerignore for the app, printed or written.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { withDefaults } from '../../api/defaults.ts'
import { messageOf, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { dockerfileOf, buildCommand, markOf } from '../image/dockerfile.ts'
import { dockerignoreMark, dockerignoreOf } from '../image/dockerignore.ts'
import { imageFacts, notesOf } from '../image/facts.ts'
import { appsOf, chooseApp, readInput } from '../input.ts'
import { formatted, harmless, tellProblems, type Output } from '../output.ts'
import { projectOf } from '../project/base.ts'
import { lookAt, within, type ServiceFolder } from '../project/service.ts'
import { packageVersion } from './version.ts'

export interface ImageOptions { app?: string, write: boolean, force: boolean, buildImage?: string, runtimeImage?: string, output: 'text' | 'json' }

interface ImageFile { name: string, mark: string, text: string }

export async function runImage (name: string, options: ImageOptions, output: Output): Promise<number> {
  if (name === '-') throw errors.WATT_IMAGE_WITHOUT_FILE()
  const input = await readInput(name)
  const { app, manifest, problems } = chooseApp(input, options.app)
  if (problems.length > 0) {
    tellProblems(output, problems)
    return 1
  }
  const file = realpathSync(manifest.file)
  const root = dirname(file)
  const project = projectOf(root)
  const choice = appsOf(input).filter((other) => other.file === manifest.file).length > 1 ? app.metadata.name : undefined
  const { services } = withDefaults(app).spec
  const keys = [...new Set(services.flatMap((service) => keysOf(lookAt(service, root))))].sort()
  const secrets = input.manifests.filter((other) => other.file === manifest.file && other.kind === 'Secret').map(({ name }) => name)
  const facts = imageFacts({ app: withDefaults(app), manifest: within(project.base, file), root: within(project.base, root), choice, keys, secrets }, project)
  const images = { buildImage: options.buildImage ?? `wattapp-build:${packageVersion()}`, runtimeImage: options.runtimeImage ?? `wattapp-runtime:${packageVersion()}` }
  const files: ImageFile[] = [
    { name: 'Dockerfile', mark: markOf(facts), text: dockerfileOf(facts, images) },
    { name: '.dockerignore', mark: dockerignoreMark, text: dockerignoreOf(facts) }
  ].map((one) => ({ ...one, name: join(project.base, one.name) }))
  const notes = notesOf(facts)
  const command = buildCommand(facts)
  if (options.write) writeAll(files, options.force)
  if (options.output === 'json') {
    const [dockerfile, dockerignore] = files.map(({ text }) => text)
    output.print(await formatted({ folder: project.base, dockerfile, dockerignore, command, notes }, 'json'))
    return 0
  }
  if (options.write) output.print(files.map(({ name }) => shown(name)).join('\n'))
  else output.print(files.map(({ name, text }) => `==> ${shown(name)} <==\n${text}`).join('\n').trimEnd())
  for (const note of notes) output.tell(`${output.paintError('yellow', 'note:')} ${harmless(note)}`)
  const place = shown(project.base)
  output.tell(`build it${place === '' ? '' : ` in ${place}`}: ${harmless(command)}`)
  return 0
}

/** Variables that its framework's build takes a secret from. */
function keysOf ({ row }: ServiceFolder): string[] {
  const secret = 'a secret'
  return Object.entries(row?.build?.steady?.({ contentId: '', secret }) ?? {}).filter(([, value]) => value === secret).map(([name]) => name)
}

/** Both or none: a file that is not ours stays, unless it may go. */
function writeAll (files: readonly ImageFile[], force: boolean): void {
  const foreign = force ? undefined : files.find(({ name, mark }) => !begins(name, mark))
  if (foreign !== undefined) throw errors.WATT_IMAGE_FILE_NOT_OURS(shown(foreign.name), foreign.mark)
  for (const { name, text } of files) {
    try {
      writeFileSync(name, text)
    } catch (thrown) {
      throw withCause(errors.WATT_IMAGE_FILE_UNWRITABLE(shown(name), messageOf(thrown)), thrown)
    }
  }
}

/** What is not there is nobody's. */
function begins (file: string, mark: string): boolean {
  try {
    return readFileSync(file, 'utf8').startsWith(mark)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function shown (path: string): string {
  return relative(realpathSync(process.cwd()), path)
}
