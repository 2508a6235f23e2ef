// Watt's own configuration files: their names, their notations, and which module each is for.
// https://docs.platformatic.dev/docs/file-formats; the names of version 2 are still read by version 3.
import { parse } from 'yaml'
import { messageOf, withCause } from '../../base/error.ts'
import { fieldsOf, inside, textOf, type Fields } from '../draft/loose.ts'
import type { Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'

const extensions = ['json', 'json5', 'yaml', 'yml', 'toml', 'tml']
const stems = ['watt', 'platformatic', ...['runtime', 'service', 'application', 'db', 'gateway', 'composer'].flatMap((suffix) => [`watt.${suffix}`, `platformatic.${suffix}`])]

/** In the order that Watt looks for them. */
export const wattFiles: readonly string[] = stems.flatMap((stem) => extensions.map((extension) => `${stem}.${extension}`))

/** The configuration file of a folder, relative to the tree. */
export function findWattFile (tree: Tree, folder: string): string | undefined {
  return wattFiles.map((name) => inside(folder, name)).find((path) => path !== undefined && tree.has(path))
}

/** @throws WATT_PROJECT_FILE_BROKEN, WATT_PROJECT_FORMAT_NOT_READ, WATT_INPUT_UNREADABLE */
export function readWattFile (tree: Tree, path: string): Fields {
  const text = tree.text(path)
  if (text === undefined) throw errors.WATT_INPUT_UNREADABLE(path, 'there is no such file')
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? ''
  if (extension.startsWith('t')) throw errors.WATT_PROJECT_FORMAT_NOT_READ(path, 'TOML')
  try {
    if (extension === 'json') return whole(JSON.parse(text))
    if (extension === 'json5') return whole(parseJson5(path, text))
    // Placeholders without quotes would be flow mappings.
    return whole(parse(text.replaceAll(/^(\s*(?:- +)?(?:[\w$-]+: +)?)(\{{1,2}\w+\}{1,2})(\s*(?:#.*)?)$/gm, '$1"$2"$3'), { prettyErrors: false }))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('WATT_')) throw thrown
    throw withCause(errors.WATT_PROJECT_FILE_BROKEN(path, messageOf(thrown)), thrown)
  }
}

/** What is JSON but for its name is read; the rest of JSON5 needs a package that nothing else does. */
function parseJson5 (path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw errors.WATT_PROJECT_FORMAT_NOT_READ(path, 'JSON5')
  }
}

function whole (value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('it holds no object')
  return value as Fields
}

/** `runtime`, `gateway`, `node`, `next`, …: without its scope when it is Platformatic's own; undefined when the file does not say. */
export function moduleOf (config: Fields): string | undefined {
  const named = textOf(config.module)?.replace(/(?<=.)@[^/@]*$/, '')
  const schema = textOf(config.$schema)
  const fromSchema = schema === undefined
    ? undefined
    : (/^https:\/\/schemas\.platformatic\.dev\/(?:@platformatic\/)?([\w-]+)\/v?[^/]+\.json/.exec(schema) ??
        /^https:\/\/platformatic\.dev\/schemas\/v?[^/]+\/([\w-]+)/.exec(schema))?.[1]
  const name = named?.replace(/^@platformatic\//, '') ?? fromSchema
  return name === undefined ? undefined : { wattpm: 'runtime', composer: 'gateway' }[name] ?? name
}

/** Whether a file is the whole project's, not one application's. */
export function isRuntime (config: Fields): boolean {
  const module = moduleOf(config)
  return module === undefined ? ['services', 'web', 'applications', 'autoload'].some((field) => field in config) : module === 'runtime'
}

/** What Watt takes a folder without a configuration file for, most telling first. `node` is the last resort. */
const byDependency: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['nest', ['@nestjs/core']],
  ['next', ['next']],
  ['remix', ['@remix-run/dev']],
  ['astro', ['astro']],
  ['react-router', ['@react-router/dev']],
  ['nuxt', ['nuxt']],
  ['tanstack', ['@tanstack/react-start']],
  ['nitro', ['nitro', 'nitropack']],
  ['vite', ['vite']],
  ['gateway', ['@platformatic/gateway', '@platformatic/composer']],
  ['service', ['@platformatic/service']],
  ['db', ['@platformatic/db']],
  ['php', ['@platformatic/php']],
  ['ai-warp', ['@platformatic/ai-warp']],
  ['pg-hooks', ['@platformatic/pg-hooks']],
  ['rabbitmq-hooks', ['@platformatic/rabbitmq-hooks']],
  ['kafka-hooks', ['@platformatic/kafka-hooks']]
]

export function moduleByDependencies (packageJson: Fields): string {
  const names = new Set([...Object.keys(fieldsOf(packageJson.dependencies)), ...Object.keys(fieldsOf(packageJson.devDependencies))])
  return byDependency.find(([, packages]) => packages.some((name) => names.has(name)))?.[0] ?? 'node'
}
