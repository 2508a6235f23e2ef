// Kubernetes' quantities, as far as memory, storage and CPU need them: plain strings with a suffix.

/** RE2 and JavaScript: bytes, `192Mi`, `1.5Gi`, `500M`. */
export const bytesPattern = '^[0-9]{1,15}(\\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|k|M|G|T)?$'

/** RE2 and JavaScript: cores, `2`, `0.5`, or thousandths of one, `500m`. Kubernetes takes nothing finer than 1m. */
export const cpuPattern = '^([0-9]{1,7}m|[0-9]{1,4}(\\.[0-9]{1,3})?)$'

const unitBytes: Record<string, number> = {
  '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40
}

/** Whole bytes, rounded up as Kubernetes does, or undefined when `text` is not an amount of memory. */
export function parseBytes (text: string): number | undefined {
  if (!new RegExp(bytesPattern).test(text)) return undefined
  const unit = text.replace(/^[0-9.]+/, '')
  return Math.ceil(Number(text.slice(0, text.length - unit.length)) * (unitBytes[unit] ?? 0))
}

/** Whole bytes. @throws RangeError when `text` is not an amount of memory: validate first */
export function bytes (text: string): number {
  const count = parseBytes(text)
  if (count === undefined) throw new RangeError(`"${text}" is not an amount of memory such as 192Mi`)
  return count
}

/** Thousandths of a core, or undefined when `text` is not an amount of CPU. */
export function parseMillicores (text: string): number | undefined {
  if (!new RegExp(cpuPattern).test(text)) return undefined
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000)
}

/** The shortest plain quantity: 201326592 → `192Mi`. */
export function formatBytes (count: number): string {
  for (const unit of ['Gi', 'Mi', 'Ki']) {
    const size = unitBytes[unit] ?? 1
    if (count >= size && count % size === 0) return `${count / size}${unit}`
  }
  return String(count)
}
