// What is wrong with a manifest, for people: where, what, and what to do about it.
import type { Path } from './field.ts'

export interface Problem {
  /** `spec.services[0].env[1].name`; empty for the manifest as a whole. */
  path: string
  /** The same in parts, to find the place in a file. */
  at: Path
  /** CamelCase: the reason of the Accepted condition. */
  reason: string
  /** Stable: WATT_ and the reason. */
  code: string
  message: string
  remedy: string
}

export function problem (at: Path, reason: string, message: string, remedy: string): Problem {
  return { path: pathText(at), at, reason, code: `WATT_${reason.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toUpperCase()}`, message, remedy }
}

/** Field path as the API server writes it; keys that are no plain names are quoted in brackets. */
export function pathText (at: Path): string {
  return at.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${path}[${JSON.stringify(part)}]`
    return path === '' ? part : `${path}.${part}`
  }, '')
}

/** One sentence with everything: the message of the Accepted condition. */
export function problemText ({ path, message, remedy }: Problem): string {
  return `${path === '' ? '' : `${path}: `}${message}: ${remedy}`
}
