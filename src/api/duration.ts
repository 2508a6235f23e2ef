// Durations as Gateway API writes them (GEP-2257): up to four pairs of number and unit, `1m30s`, `250ms`.

/** RE2 and JavaScript. */
export const durationPattern = '^([0-9]{1,5}(h|m|s|ms)){1,4}$'

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Milliseconds, or undefined when `text` is not a duration. */
export function parseDuration (text: string): number | undefined {
  if (!new RegExp(durationPattern).test(text)) return undefined
  return text.matchAll(/([0-9]+)(ms|h|m|s)/g)
    .reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0)
}

/** Milliseconds. @throws RangeError when `text` is not a duration: validate first */
export function durationMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new RangeError(`"${text}" is not a duration such as 30s or 1m30s`)
  return ms
}
