// Label values, bounded: what comes from outside must not be able to make series without end.

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'])

/** The method, or `other` (OpenTelemetry folds unknown methods too). */
export function methodLabel (method: string): string {
  return knownMethods.has(method) ? method : 'other'
}

/** `aborted` for 0: the caller gave up before there was an answer. */
export function statusLabel (status: number): string {
  if (status === 0) return 'aborted'
  return status >= 100 && status <= 599 ? String(status) : 'other'
}

/** Names one label set; values cannot run into each other. */
export function labelKey (names: readonly string[], labels: Readonly<Record<string, string>>): string {
  let key = ''
  for (const name of names) key += `${labels[name] ?? ''}\n`
  return key
}

/** The set into which all sets past the bound fold. */
export function otherLabels (names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'other']))
}
