// Values of files that others wrote: what is of the right shape, or nothing. Pure.
export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf (value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {}
}

export function listOf (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** Not empty. */
export function textOf (value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Numbers, and texts that are one. */
export function numberOf (value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  return Number.isFinite(number) ? number : undefined
}

export function textsOf (value: unknown): string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

/** A path with `/` and without `./`, relative to the same folder; undefined when it leads out of it. */
export function inside (...parts: string[]): string | undefined {
  const names: string[] = []
  for (const part of parts.join('/').replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') names.push(part)
    else if (names.pop() === undefined) return undefined
  }
  return names.length === 0 ? '.' : names.join('/')
}

/** `30s` of 30000; undefined for what is no number of milliseconds. */
export function durationOf (ms: unknown): string | undefined {
  const number = numberOf(ms)
  if (number === undefined || number < 0) return undefined
  const whole = Math.round(number)
  if (whole % 60_000 === 0 && whole > 0) return `${whole / 60_000}m`
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`
}
