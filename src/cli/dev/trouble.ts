// Why a worker ended, for the one who wrote its code: the message, the place with the code around it, the own part of the stack.
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { SupervisorEvent, Trouble } from '../../supervisor/supervisor.ts'
import { looksSecret, withoutCredentials } from '../draft/secrets.ts'
import { codeFrame } from './code-frame.ts'
import { readStack, type Place } from './stack.ts'
import { findSyntaxError } from './syntax-check.ts'

export type Exit = Extract<SupervisorEvent, { type: 'workerExited' }>

export interface TroubleOptions {
  /** Real path of the app's root: files in it are named from there. */
  root: string
  /** Absolute paths of what runs, and of what has changed, as far as is known. */
  suspects: readonly string[]
  /** Of the service, whose secrets are not to be shown. */
  variables: Readonly<Record<string, string>>
}

/** Where this program is installed. */
const ourselves = resolve(import.meta.dirname, '../../..')

export async function troubleOf ({ reason, message, hint, stack }: Exit, { root, suspects, variables }: TroubleOptions): Promise<Trouble> {
  const isForeign = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file) || isOurs(file, root)
  const read = readStack(stack ?? message, isForeign, (file) => isOurs(file, root))
  const place = read.at ?? importerOf(message, read.message) ?? (/^SyntaxError/.test(read.message) ? await findSyntaxError(suspects) : undefined)
  const shown = (text: string): string => withoutSecrets(text, variables).replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '')
  const frame = place === undefined ? undefined : frameOf(place)
  return {
    reason,
    message: shown(read.message === '' ? message : stack === undefined ? message : read.message).replace(/^WattError: /, ''),
    // What says where the stack is would be silly beside it.
    hint: hint.includes('the stack is in') ? '' : hint,
    ...(place !== undefined && { place: `${relative(root, place.file)}:${place.line}:${place.column}` }),
    ...(frame !== undefined && { frame: shown(frame) }),
    ...(read.frames.length > 0 && { stack: shown(read.frames.join('\n')) })
  }
}

/** In a checkout, an example of ours is not ours. */
function isOurs (file: string, root: string): boolean {
  return file.startsWith('node:') || (!file.startsWith(`${root}/`) && (file.startsWith(join(ourselves, 'src/')) || file.startsWith(join(ourselves, 'dist/'))))
}

/** "Cannot find package 'x' imported from FILE": Node names the file, and the line is where it names what is missing. */
function importerOf (...texts: string[]): Place | undefined {
  for (const text of texts) {
    const [, missing = '', file = ''] = /Cannot find (?:package|module) '([^']+)'(?: imported from |[^]*?Require stack:\s*- )([^\n]+)/.exec(text) ?? []
    const lines = file === '' ? [] : linesOf(file)
    const name = missing.split('/').at(-1) ?? missing
    const index = lines.findIndex((line) => line.includes(name) && /import|require|from/.test(line))
    if (index >= 0) return { file, line: index + 1, column: (lines[index]?.indexOf(name) ?? 0) + 1 }
  }
  return undefined
}

function frameOf ({ file, line, column }: Place): string | undefined {
  const lines = linesOf(file)
  return lines.length === 0 ? undefined : codeFrame(lines.join('\n'), line, column)
}

function linesOf (file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function withoutSecrets (text: string, variables: Readonly<Record<string, string>>): string {
  let shown = withoutCredentials(text)
  for (const [name, value] of Object.entries(variables)) {
    // Shorter ones are words of any text.
    if (value.length >= 6 && looksSecret(name, value)) shown = shown.replaceAll(value, '…')
  }
  return shown
}
