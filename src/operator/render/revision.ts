// The name of a rendered pod: a hash of everything that needs a new pod when it changes, and of nothing else.
import type { AppConfig } from '../../api/app-config.ts'
import type { PodTemplateSpec } from './objects.ts'

/** JSON with sorted keys: equal values give equal text, however they were written. */
export function canonicalJson (value: unknown, indent?: number): string {
  return JSON.stringify(sorted(value), undefined, indent)
}

function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]))
}

/**
 * The app config without its live parts, which reach running pods (src/supervisor/config-diff.ts takes exactly these, and
 * refuses the rest by name): what is left is what volumes, probes, the grace period and the set of threads are made from.
 */
export function frozenPart (config: AppConfig): object {
  const { version, app, namespace, tracing, drainDelayMs, memoryLimitBytes, gateway: { threads } } = config
  const services = config.services.map(({ name, isolation, thread, fileEnv, drainTimeoutMs }) => ({ name, isolation, thread, fileEnv, drainTimeoutMs }))
  return { version, app, namespace, tracing, drainDelayMs, memoryLimitBytes, gateway: { threads }, services }
}

/** @param template without what is carried over while the revision stays */
export function revisionOf (template: PodTemplateSpec, config: AppConfig): string {
  return shortHash(canonicalJson({ template, config: frozenPart(config) }))
}

// Kubernetes' own choice for names (rand.SafeEncodeString): no vowels, so no words; no digits that look like letters.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Ten characters of a 64-bit hash: for names, not against forgers (who may edit the app anyway). */
export function shortHash (text: string): string {
  let [low, high] = [lane(text, 0x811c9dc5), lane(text, 0x9e3779b9)]
  let name = ''
  for (let i = 0; i < 10; i++) {
    const half = i < 5 ? low : high
    name += alphabet[half % alphabet.length] ?? ''
    if (i < 5) low = Math.floor(low / alphabet.length)
    else high = Math.floor(high / alphabet.length)
  }
  return name
}

/** FNV-1a over UTF-16 units, then murmur3's finaliser: FNV alone leaves the high bits of short texts alike. */
function lane (text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
