// Pieces of CEL text (https://github.com/google/cel-spec) that several rules need.

/** A string literal. */
export function literal (text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function list (values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`
}

/** True when the string that `expression` yields matches the whole of `pattern` (RE2). */
export function matches (expression: string, pattern: string): string {
  return `${expression}.matches(${literal(pattern)})`
}
