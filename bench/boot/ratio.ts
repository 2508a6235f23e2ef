// Pairs of figures, ours and the peer's from the same minute, to one row with its verdict. Pure.

export interface Pair { ours: number, peer: number }

/** One line of the report; `ours` and `peer` are medians, the ratio is the median of the pairs' ratios. */
export interface BenchRow {
  row: string
  unit: string
  ours: number
  peer: number
  ratio: number
  ratioMin: number
  ratioMax: number
  /** The ratio must not be above it. */
  bar: number
  ok: boolean
}

export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2 : sorted[Math.floor(middle)] ?? NaN
}

export function benchRow (row: string, unit: string, pairs: readonly Pair[], bar: number): BenchRow {
  const ratios = pairs.map(({ ours, peer }) => ours / peer)
  const ratio = median(ratios)
  return {
    row,
    unit,
    ours: median(pairs.map(({ ours }) => ours)),
    peer: median(pairs.map(({ peer }) => peer)),
    ratio,
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    bar,
    ok: ratio <= bar
  }
}

export function rowText ({ row, unit, ours, peer, ratio, ratioMin, ratioMax, bar, ok }: BenchRow): string {
  const figure = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`
  return `${row}: ours ${figure(ours)}, wattpm ${figure(peer)}, ratio ${ratio.toFixed(3)} (${ratioMin.toFixed(3)} to ${ratioMax.toFixed(3)}), bar ${bar}: ${ok ? 'ok' : 'MISSED'}`
}
