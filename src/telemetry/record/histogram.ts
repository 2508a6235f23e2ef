// A histogram in shared memory: one slot a bucket (not cumulative: one write an observation), +Inf, then the sum.

export interface Histogram { observe: (value: number) => void }

/** `bounds` ascend; a value equal to a bound belongs below it, as Prometheus' `le` says. NaN is ignored. */
export function histogramAt (slots: Float64Array, at: number, bounds: readonly number[]): Histogram {
  const sumAt = at + bounds.length + 1
  return {
    observe (value) {
      if (Number.isNaN(value)) return
      let bucket = 0
      while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket++
      slots[at + bucket] = (slots[at + bucket] ?? 0) + 1
      slots[sumAt] = (slots[sumAt] ?? 0) + value
    }
  }
}
