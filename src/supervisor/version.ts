// The version of this package, as its package.json says: two folders up from here, in src and in dist.
import { readFileSync } from 'node:fs'

export function packageVersion (): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version?: unknown }
  return typeof version === 'string' ? version : 'unknown'
}
