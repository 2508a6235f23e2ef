// The table and the JSON of a run. Pure.
import type { Row } from './row.ts'
import { judge, type Pair } from './statistics.ts'

/** One entry of the JSON. Null: not measured, `error` says why. */
export interface Result {
  row: string
  ours: number | null
  peer: number | null
  ratio: number | null
  bar: number
  ok: boolean
  aim: number
  better: 'higher' | 'lower'
  unit: string
  title: string
  sides: [ours: string, peer: string]
  spread: [number, number] | null
  pairs: readonly Pair[]
  error?: string
}

export function resultOf (row: Row, outcome: readonly Pair[] | Error): Result {
  const { id, title, unit, better, bar, aim } = row
  const fixed = { bar, aim, better, unit, title, sides: [row.ours.name, row.peer.name] } satisfies Partial<Result>
  if (outcome instanceof Error) return { row: id, ours: null, peer: null, ratio: null, ok: false, ...fixed, spread: null, pairs: [], error: outcome.message }
  const { ok, spread, ...figures } = judge(outcome, bar, better)
  return { row: id, ...figures, ok, ...fixed, spread, pairs: outcome }
}

const head = ['row', 'ours', 'peer', 'unit', 'ratio', 'spread', 'bar', 'aim', 'ok']
const numbers = new Set(['ours', 'peer', 'ratio', 'spread', 'bar', 'aim'])

/** Aligned columns, then what went wrong, a paragraph a row. */
export function tableText (results: readonly Result[]): string {
  const lines = [head, ...results.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const table = lines.map((cells) => cells.map((cell, column) => {
    const width = widths[column] ?? 0
    return numbers.has(head[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
  }).join('  ').trimEnd())
  const failures = results.flatMap(({ row, error }) => error === undefined ? [] : ['', `${row}: ${error}`])
  return [...table, ...failures].join('\n')
}

function cellsOf ({ row, ours, peer, unit, ratio, spread, better, bar, aim, ok }: Result): string[] {
  const sign = better === 'higher' ? '≥' : '≤'
  return [
    row, figure(ours), figure(peer), unit, figure(ratio), spread === null ? '-' : `${figure(spread[0])}–${figure(spread[1])}`,
    `${sign} ${bar}`, `${aim}`, ok ? 'ok' : ratio === null ? 'ERROR' : 'MISSED'
  ]
}

/** Three digits or so, without an exponent. */
export function figure (value: number | null): string {
  if (value === null) return '-'
  if (!Number.isFinite(value)) return '?'
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3)
}
