// docs/errors.md: every row of every folder's errors.ts, so that a code in a log leads to its remedy.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorRow } from '../src/base/error.ts'

const root = join(import.meta.dirname, '..')

const tables = await Promise.all(globSync('src/**/errors.ts', { cwd: root }).sort().map(async (file) => {
  const { errors } = await import(pathToFileURL(join(root, file)).href) as { errors?: { rows: Record<string, ErrorRow> } }
  return { folder: file.split('/').slice(1, -1).join('/'), rows: errors?.rows ?? {} }
}))

/** A message with its parameters' places marked: each is given a stand-in that a reader recognises. */
function messageOf (row: ErrorRow): string {
  const message = row.message as (...args: unknown[]) => string
  const names = /^\(?([^)=]*)\)?\s*=>/.exec(message.toString())?.[1] ?? ''
  const places = names.split(',').map((name) => name.trim().replace(/[:=?].*$/, '').trim()).filter((name) => name !== '')
  try {
    return message(...places.map(placeOf))
  } catch {
    return '(depends on the case)'
  }
}

/** Reads as `‹name›` wherever a text, a list or a number is asked for. */
function placeOf (name: string): unknown {
  const text = `‹${name}›`
  return Object.assign(Object(text), { join: () => text, map: () => [text], toFixed: () => text, [Symbol.toPrimitive]: () => text })
}

function escape (text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export function errorsReference (): string {
  const parts = tables.filter(({ rows }) => Object.keys(rows).length > 0).map(({ folder, rows }) => `## ${folder}

| code | status | message | what to do |
| --- | --- | --- | --- |
${Object.entries(rows).map(([code, row]) => `| \`${code}\` | ${row.status} | ${escape(messageOf(row))} | ${escape(row.hint)} |`).join('\n')}
`)
  return `# Errors

Printed from the tables in \`src/**/errors.ts\`. A code is stable: it stands in logs, in the body of an answer that the gateway or the
mesh made (\`{ statusCode, code, error, message, hint }\`), in a WattApp's conditions and in what the command line prints. The status tells
who is at fault: 4xx the caller, 502 the service, 503 it is away, 504 it was too slow, 500 us.

${parts.join('\n')}`
}
