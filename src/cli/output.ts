// What a command says: data to standard output, words for people to standard error, colour on a terminal only.
import { WattError } from '../base/error.ts'
import { messageOf } from '../base/error.ts'
import type { PlacedProblem } from './manifest.ts'

export type Format = 'text' | 'json' | 'yaml'

export interface Output {
  /** Data. One or more whole lines, newline added. */
  print: (text: string) => void
  /** Words for people, errors too. */
  tell: (text: string) => void
  /** Standard output is a terminal. */
  isTerminal: boolean
  /** Standard error, where it is a terminal that can be drawn on. */
  live: Live | undefined
  /** Paint for standard output, and for standard error; the text as it is where there is no colour. */
  paint: Paint
  paintError: Paint
}

/** What is written may move the cursor. */
export interface Live {
  write: (text: string) => void
  size: () => { columns: number, rows: number }
}

export type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold'
export type Paint = (style: Style, text: string) => string

const codes: Record<Style, number> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }

export function createOutput ({ stdout, stderr, env }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>): Output {
  const paintOn = (stream: { isTTY?: boolean }): Paint => {
    const hasColor = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
    return (style, text) => hasColor ? `\u001b[${codes[style]}m${text}\u001b[0m` : text
  }
  return {
    print: (text) => { stdout.write(`${text}\n`) },
    tell: (text) => { stderr.write(`${text}\n`) },
    isTerminal: stdout.isTTY === true,
    live: stderr.isTTY && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === ''
      ? { write: (text) => { stderr.write(text) }, size: () => ({ columns: stderr.columns, rows: stderr.rows }) }
      : undefined,
    paint: paintOn(stdout),
    paintError: paintOn(stderr)
  }
}

/** `file:line:column: field: message`, then the remedy. */
export function tellProblems ({ tell, paintError }: Output, problems: readonly PlacedProblem[]): void {
  for (const { file, line, column, path, message, remedy, code } of problems) {
    tell(`${paintError('bold', `${file}:${line}:${column}`)}: ${path === '' ? '' : `${path}: `}${message} ${paintError('dim', `(${code})`)}\n  ${paintError('green', 'remedy:')} ${remedy}`)
  }
}

/** An error for people: message, remedy, code; what is no error of ours comes with its stack, as a bug of ours. */
export function tellError ({ tell, paintError }: Output, thrown: unknown): void {
  if (thrown instanceof WattError) {
    return tell(`${paintError('red', 'error:')} ${harmless(thrown.message)} ${paintError('dim', `(${thrown.code})`)}\n  ${paintError('green', 'remedy:')} ${thrown.hint}`)
  }
  tell(`${paintError('red', 'error:')} ${thrown instanceof Error ? thrown.stack ?? thrown.message : messageOf(thrown)}`)
}

/** Columns as wide as their widest cell, two spaces between. */
export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [head, ...rows].map((cells) => cells.map(harmless))
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  return lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}

/** Text from elsewhere on one line, that cannot move a terminal's cursor. */
export function harmless (text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

/** `text` is for the command itself. */
export async function formatted (value: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return JSON.stringify(value, undefined, 2)
  const { stringify } = await import('yaml')
  // JSON first: it drops what is undefined. Quoted as YAML 1.1 needs it, which is what kubectl reads.
  return stringify(JSON.parse(JSON.stringify(value)), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
}
