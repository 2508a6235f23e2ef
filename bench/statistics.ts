// Pairs of figures, ours and the peer's from the same round, to one verdict. Pure.

export interface Pair { ours: number, peer: number }

export interface Verdict {
  /** Medians of the two sides; the ratio is the median of the pairs' ratios, so it need not be their quotient. */
  ours: number
  peer: number
  ratio: number
  /** The pairs' lowest and highest ratio. */
  spread: [number, number]
  ok: boolean
}

/** NaN of nothing. */
export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2 : sorted[Math.floor(middle)] ?? NaN
}

/** A figure that is missing, not finite or not positive misses the bar: nothing measured is not a good measure. */
export function judge (pairs: readonly Pair[], bar: number, better: 'higher' | 'lower'): Verdict {
  const ratios = pairs.map(({ ours, peer }) => ours / peer)
  const ratio = median(ratios)
  const isMeasured = pairs.length > 0 && pairs.every(({ ours, peer }) => Number.isFinite(ours) && ours > 0 && Number.isFinite(peer) && peer > 0)
  return {
    ours: median(pairs.map(({ ours }) => ours)),
    peer: median(pairs.map(({ peer }) => peer)),
    ratio,
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ok: isMeasured && (better === 'higher' ? ratio >= bar : ratio <= bar)
  }
}
