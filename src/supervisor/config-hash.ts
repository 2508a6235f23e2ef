// The name of an app config's content: equal configs have equal hashes, however their JSON was written.
import { createHash } from 'node:crypto'
import type { AppConfig } from '../api/app-config.ts'

/** sha256 of the config as JSON with sorted keys and no white space; 16 hex characters. */
export function configHash (config: AppConfig): string {
  return createHash('sha256').update(JSON.stringify(sorted(config))).digest('hex').slice(0, 16)
}

function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]))
}
