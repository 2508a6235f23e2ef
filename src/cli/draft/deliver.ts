// A draft → the file or standard output, and for people on standard error: what has no equal, why, and what to do.
import { writeFileSync } from 'node:fs'
import { messageOf, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { formatted, harmless, type Output } from '../output.ts'
import { manifestOf, type Draft, type Unequal } from './draft.ts'
import { printDraft } from './print.ts'
import { shownValue, withoutCredentials } from './secrets.ts'

export interface DeliverOptions {
  /** The file; undefined and `-`: standard output. */
  output?: string
  force: boolean
  format: 'yaml' | 'json'
}

/** @throws WATT_OUTPUT_EXISTS, WATT_OUTPUT_UNWRITABLE */
export async function deliver (draft: Draft, { output: file, force, format }: DeliverOptions, output: Output): Promise<void> {
  const text = printDraft(draft)
  const leftOut = draft.leftOut.map(withoutCredentials)
  const unsupported = draft.unsupported.map((row) => ({ ...row, value: shownValue(row.value, row.path.split(/[.:\s]+/).at(-1)) }))
  const isFile = file !== undefined && file !== '-'
  if (isFile) write(file, text, force)
  if (format === 'json') {
    output.print(await formatted({ manifest: manifestOf(draft), leftOut, unsupported }, 'json'))
    return
  }
  if (!isFile) output.print(text.trimEnd())
  const count = draft.services.length
  output.tell(`${isFile ? `${file}: ` : ''}WattApp "${draft.name}" with ${count} service${count === 1 ? '' : 's'}: ${draft.services.map(({ service }) => service.name).join(', ')}`)
  for (const text of leftOut) output.tell(`  ${harmless(text)}`)
  if (unsupported.length === 0) return
  output.tell(`${output.paintError('yellow', 'without an equal:')}`)
  for (const row of unsupported) tellRow(row, output)
}

function tellRow ({ path, value, reason, remedy }: Unequal, { tell, paintError }: Output): void {
  const shown = value === undefined ? '' : ` = ${short(value)}`
  tell(`  ${paintError('bold', harmless(path))}${paintError('dim', harmless(shown))}: ${harmless(reason)}\n    ${paintError('green', 'remedy:')} ${harmless(remedy)}`)
}

function short (value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? ''
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function write (file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw withCause(errors.WATT_OUTPUT_EXISTS(file), thrown)
    throw withCause(errors.WATT_OUTPUT_UNWRITABLE(file, messageOf(thrown)), thrown)
  }
}
