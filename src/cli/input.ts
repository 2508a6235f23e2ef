// FILE or FOLDER on the command line → the manifests in it, and the one WattApp that is meant.
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { validate } from '../api/validate.ts'
import type { WattAppManifest } from '../api/wattapp.ts'
import { messageOf, withCause } from '../base/error.ts'
import { errors } from './errors.ts'
import { readManifests, type Manifest, type PlacedProblem, type Read } from './manifest.ts'

export interface Input extends Read {
  /** As it was named. */
  name: string
}

export interface ChosenApp { app: WattAppManifest, manifest: Manifest, folder: string, problems: PlacedProblem[] }

const manifestNames = /\.(ya?ml|json)$/

/** @throws WATT_INPUT_UNREADABLE */
export async function readInput (name: string): Promise<Input> {
  try {
    if (name === '-') return { name, ...readManifests(await text(process.stdin), 'standard input') }
    const isFolder = (await stat(name)).isDirectory()
    if (!isFolder) return { name, ...readManifests(await readFile(name, 'utf8'), name) }
    const files = (await readdir(name)).filter((file) => manifestNames.test(file)).sort()
    const reads = await Promise.all(files.map((file) => readOther(join(name, file))))
    return { name, manifests: reads.flatMap(({ manifests }) => manifests), problems: reads.flatMap(({ problems }) => problems) }
  } catch (thrown) {
    throw withCause(errors.WATT_INPUT_UNREADABLE(name, messageOf(thrown)), thrown)
  }
}

/** A folder holds package.json and its like too: what does not look like a manifest is none. */
async function readOther (file: string): Promise<Read> {
  const content = await readFile(file, 'utf8')
  return content.includes('apiVersion') ? readManifests(content, file, true) : { manifests: [], problems: [] }
}

export function appsOf ({ manifests }: Input): Manifest[] {
  return manifests.filter(({ kind, value }) => kind === 'WattApp' && String(value['apiVersion']).startsWith('wattapp.dev/'))
}

/**
 * The app to work on, and what is wrong with it; `app` may be relied on only when `problems` is empty.
 * @throws WATT_INPUT_WITHOUT_APP, WATT_INPUT_WITH_SEVERAL_APPS, WATT_APP_NOT_IN_INPUT
 */
export function chooseApp (input: Input, wanted: string | undefined): ChosenApp {
  const apps = appsOf(input)
  const names = apps.map(({ name }) => name).join(', ')
  const [first, ...others] = wanted === undefined ? apps : apps.filter(({ name }) => name === wanted)
  if (first === undefined) {
    // A file that could not be read as a whole may well hold one: its own problems say more.
    if (input.problems.length > 0) return { app: {} as WattAppManifest, manifest: nowhere, folder: '.', problems: input.problems }
    throw wanted === undefined || apps.length === 0 ? errors.WATT_INPUT_WITHOUT_APP(shown(input)) : errors.WATT_APP_NOT_IN_INPUT(wanted, shown(input), names)
  }
  if (others.length > 0) throw errors.WATT_INPUT_WITH_SEVERAL_APPS(shown(input), names)
  return {
    // Read only when validation found nothing, which is what makes it so.
    app: first.value as unknown as WattAppManifest,
    manifest: first,
    folder: input.name === '-' ? '.' : dirname(first.file),
    problems: [...input.problems, ...validate(first.value).map(first.placed)]
  }
}

const nowhere: Manifest = { file: '', kind: '', name: '', value: {}, placed: (problem) => ({ ...problem, file: '', line: 1, column: 1 }) }

export function shown ({ name }: Input): string {
  return name === '-' ? 'standard input' : name
}
