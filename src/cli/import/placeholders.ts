// Watt's `{NAME}` placeholders: filled from .env, as Watt does from the environment. Pure.

/** As Watt's own: one brace or two. */
const placeholder = /\{{1,2}([a-z0-9_]+)\}{1,2}/gi

/**
 * A copy with every placeholder filled that `env` knows; the others stay. `used` gets the names. Fields named `env` stay as they
 * are: whether a value comes from the environment decides where it goes.
 */
export function filled (value: unknown, env: Readonly<Record<string, string>>, used: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(placeholder, (whole, name: string) => {
      const found = Object.hasOwn(env, name) ? env[name] : undefined
      if (found !== undefined) used.add(name)
      return found ?? whole
    })
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, env, used))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'env' ? inner : filled(inner, env, used)]))
}

/** Names of the placeholders in a text. */
export function placeholdersOf (text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

/** The name, when the text is one placeholder and nothing else. */
export function onlyPlaceholder (text: string): string | undefined {
  return /^\{{1,2}([a-z0-9_]+)\}{1,2}$/i.exec(text.trim())?.[1]
}
