// The table and the JSON of a run. Pure.
import type { Check, Fault, Outcome, PeerOutcome } from './fault.ts'

/** One entry of the JSON. Null: not measured, `error` says why. */
export interface Result {
  row: string
  fault: string
  sent: number | null
  failed: number | null
  stallMs: number | null
  clockStallMs?: number
  controlStallMs?: number
  attempts?: number
  othersShare?: number
  ok: boolean
  checks: Check[]
  peer?: PeerOutcome | { error: string }
  error?: string
}

export function resultOf ({ id: row, title: fault }: Fault, outcome: Outcome | Error, peer: PeerOutcome | Error | undefined): Result {
  const beside = peer === undefined ? {} : { peer: peer instanceof Error ? { error: peer.message } : peer }
  if (outcome instanceof Error) return { row, fault, sent: null, failed: null, stallMs: null, ok: false, checks: [], ...beside, error: outcome.message }
  return { row, fault, ...outcome, ok: outcome.checks.every(({ ok }) => ok), ...beside }
}

const head = ['row', 'sent', 'failed', 'stall ms', 'ok', 'wattpm: sent', 'failed', 'stall ms', 'notes']

/** Aligned columns, then every check of every row. */
export function tableText (results: readonly Result[]): string {
  const lines = [head, ...results.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const table = lines.map((cells) => cells.map((cell, column) => column > 0 && column < 8 && column !== 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  const details = results.flatMap(({ row, fault, checks, error, attempts = 1, othersShare = 0 }) => [
    '', `${row}: ${fault}${attempts > 1 ? ` (attempt ${attempts})` : ''}; others had ${(othersShare * 100).toFixed(0)} % of the machine`,
    ...checks.map(({ what, ok, saw }) => `  ${ok ? 'ok    ' : 'MISSED'} ${what} (${saw})`),
    ...error === undefined ? [] : [`  ERROR  ${error}`]
  ])
  return [...table, ...details].join('\n')
}

function cellsOf ({ row, sent, failed, stallMs, ok, peer }: Result): string[] {
  const ours = [sent, failed, stallMs].map((figure) => figure === null ? '-' : figure.toFixed(0))
  const theirs = peer === undefined
    ? ['-', '-', '-', '']
    : 'error' in peer ? ['-', '-', '-', peer.error.split('\n')[0] ?? ''] : [...[peer.sent, peer.failed, peer.stallMs].map((figure) => figure.toFixed(0)), peer.notes]
  return [row, ...ours, ok ? 'ok' : 'MISSED', ...theirs]
}
