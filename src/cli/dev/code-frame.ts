// The lines around a place in a file, with a mark at it. Pure.

const linesBefore = 2
const linesBehind = 2
const longest = 160

/** Undefined: there is no such line. `line` and `column` begin at 1. */
export function codeFrame (source: string, line: number, column: number): string | undefined {
  const lines = source.split(/\r?\n/)
  if (lines[line - 1] === undefined) return undefined
  const first = Math.max(1, line - linesBefore)
  const last = Math.min(lines.length, line + linesBehind)
  const width = String(last).length
  const shown: string[] = []
  for (let number = first; number <= last; number++) {
    const text = (lines[number - 1] ?? '').replaceAll('\t', '  ').replaceAll(/\p{Cc}/gu, ' ')
    shown.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text.slice(0, longest)}`.trimEnd())
    if (number === line && column > 0 && column <= longest) {
      const indent = (lines[number - 1] ?? '').slice(0, column - 1).replaceAll('\t', '  ').length
      shown.push(`  ${' '.repeat(width)} | ${' '.repeat(indent)}^`)
    }
  }
  return shown.join('\n')
}
