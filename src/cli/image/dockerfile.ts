// The Dockerfile of an app. Equal facts give equal text. Pure.
import { inside } from '../draft/loose.ts'
import { installCommand } from '../project/package-manager.ts'
import type { ImageFacts } from './facts.ts'
import type { Install } from './installs.ts'
import { ofVariable, secretsOf, type Secret } from './secrets.ts'

/** Defaults of the Dockerfile's arguments. */
export interface BaseImages { buildImage: string, runtimeImage: string }

const sources = '/source'
/** In no image: a folder of a lower layer cannot be moved aside. */
const built = '/built'

/** The first line, by which a file is known for ours: of another app it is not the same. */
export function markOf ({ manifest, choice }: Pick<ImageFacts, 'manifest' | 'choice'>): string {
  return `# Made by \`wattapp image ${word(manifest)}${choice === undefined ? '' : ` --app ${choice}`}\``
}

/** What builds the image, in the folder that has the Dockerfile. */
export function buildCommand ({ tag, installs, keys, pageVariables }: ImageFacts): string {
  const flags = new Set([...installs.flatMap((install) => secretsOf(install, sources)), ...keys.map(ofVariable)].map(({ flag }) => flag))
  return ['docker build', '--tag', tag, ...flags, ...pageVariables.map((name) => `--build-arg ${name}`), '.'].join(' ')
}

export function dockerfileOf (facts: ImageFacts, { buildImage, runtimeImage }: BaseImages): string {
  const { manifest, choice, installs, toolchain, keys, pageVariables } = facts
  const needy = installs.flatMap(({ needsSources }) => needsSources ?? [])
  const settings = distinct(installs.flatMap((install) => secretsOf(install, sources)).filter(({ isSettings }) => isSettings))
  const build = `wattapp build ${word(manifest)}${choice === undefined ? '' : ` --app ${choice}`} --out ${built}`
  return text([
    [
      `${markOf(facts)}, which makes it again with --write.`,
      '# In this folder, with docker, podman or buildah:',
      `#   ${buildCommand(facts)}`,
      `ARG BUILD_IMAGE=${buildImage}`,
      `ARG RUNTIME_IMAGE=${runtimeImage}`
    ],
    [
      `FROM ${valueOf('BUILD_IMAGE')} AS build`,
      `WORKDIR ${sources}`,
      ...toolchain.length === 0 ? [] : [run(['npm', 'install', '--global', ...toolchain], distinct(installs.flatMap(userSecrets)))]
    ],
    needy.length === 0
      ? [...installs.length === 0 ? [] : ['# Only a change of these files installs again.'], ...installs.flatMap(copied), ...installs.map(installed)]
      : [...needy.map((need) => `# First, as ${need} them: any change installs again.`), 'COPY . .', ...installs.map(installed)],
    [
      ...needy.length === 0 ? ['COPY . .'] : [],
      ...pageVariables.length === 0 ? [] : ['# Written into pages by their framework.', ...pageVariables.map((name) => `ARG ${name}`)],
      // Whoever runs the app is not who built it.
      `${run([build], [...settings, ...keys.map(ofVariable)], true)} && chmod -R a+rX ${built}`
    ],
    [`FROM ${valueOf('RUNTIME_IMAGE')}`, `COPY --from=build ${built}/ /app/`]
  ])
}

function userSecrets (install: Install): Secret[] {
  return secretsOf(install, sources).filter(({ variable, isSettings }) => variable === undefined && isSettings === undefined)
}

function installed (install: Install): string {
  const command = installCommand(install.manager)
  const secrets = secretsOf(install, sources)
  return run(install.folder === '.' ? command : [`cd ${word(install.folder)} &&`, ...variablesOf(secrets), ...command], secrets, install.folder === '.')
}

function run (command: readonly string[], secrets: readonly Secret[] = [], takesVariables = false): string {
  return ['RUN', ...secrets.map(({ mount }) => mount), ...takesVariables ? variablesOf(secrets) : [], ...command].join(' ')
}

function variablesOf (secrets: readonly Secret[]): string[] {
  return secrets.flatMap(({ variable }) => variable === undefined ? [] : [`${variable}="$(cat /run/secrets/${variable})"`])
}

/** One instruction a folder: COPY of several files puts them side by side. */
function copied ({ files, folders }: Install): string[] {
  const byFolder = Map.groupBy(files, (file) => inside(file, '..') ?? '.')
  return [
    ...[...byFolder].map(([folder, names]) => copy(names, folder === '.' ? './' : `${folder}/`)),
    ...folders.map((folder) => copy([folder], `${folder}/`))
  ]
}

function copy (from: readonly string[], to: string): string {
  // Docker replaces variables in paths.
  const paths = [...from, to].map((path) => path.replaceAll('$', '\\$'))
  return paths.some((path) => /[\s"'\\]/.test(path)) ? `COPY ${JSON.stringify(paths)}` : `COPY ${paths.join(' ')}`
}

/** Of an argument, when the image is built. */
function valueOf (name: string): string {
  return `\${${name}}`
}

/** For a shell. */
function word (path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

function distinct (secrets: readonly Secret[]): Secret[] {
  return [...new Map(secrets.map((secret) => [secret.mount, secret])).values()]
}

function text (paragraphs: ReadonlyArray<readonly string[]>): string {
  return `${paragraphs.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}
