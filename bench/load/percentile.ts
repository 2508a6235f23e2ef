// The value that a share of the values does not exceed (nearest rank). Pure.

/** NaN of nothing. `share` is in (0, 1]. */
export function percentile (sorted: Float64Array | readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}
