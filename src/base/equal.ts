// Equality of plain data, for files that may not reach node:util.

/** Equal as JSON, whatever the order of keys; a key with `undefined` is as good as none. */
export function isEqual (a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return keysThatDiffer(a, b).length === 0
}

/** Keys of either, in the order of `a` first, whose values differ. */
export function keysThatDiffer (a: object, b: object): string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => !isEqual(left.get(key), right.get(key)))
}
