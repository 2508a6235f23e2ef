// What must not be shown: secrets by the names that people give them, and credentials within URLs. Pure.

const secretNames = /SECRET|TOKEN|PASSW|PASSPHRASE|PASS$|CREDENTIAL|PRIVATE|API_?KEY|(^|_)(KEYS?|DSN|SALT|PWD)(_|$)/i
/** A URL with a password in it, a PEM block. */
const secretValues = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN /

export function looksSecret (name: string, value: string): boolean {
  // Framework's marks of what goes to the browser anyway.
  return value !== '' && !/^(NEXT_PUBLIC|VITE|PUBLIC|NUXT_PUBLIC)_/.test(name) && (secretNames.test(name) || secretValues.test(value))
}

/** User and password of URLs in a text go. */
export function withoutCredentials (text: string): string {
  return text.replaceAll(/:\/\/[^/\s@"']+@/g, '://…@')
}

/** A copy to be shown: what stands under a secret's name goes, and credentials in URLs. `name` is the field that holds the value. */
export function shownValue (value: unknown, name = ''): unknown {
  if (typeof value === 'string') return value !== '' && (secretNames.test(name) || value.includes('-----BEGIN ')) ? '(not shown)' : withoutCredentials(value)
  if (Array.isArray(value)) return value.map((item) => shownValue(item, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shownValue(inner, key)]))
}
