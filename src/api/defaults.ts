// Defaults, as the API server applies them: only where the schema states one, and into objects only when they are there.
import type { Field } from './field.ts'
import { wattApp } from './schema.ts'
import type { WattApp, WattAppManifest } from './wattapp.ts'

/** The app as the API server would hand it out. Idempotent; what is no part of the schema is left as it is. */
export function withDefaults (app: WattAppManifest): WattApp {
  return applyDefaults(wattApp, app) as WattApp
}

/**
 * A copy of `value` with the defaults of `schema` and below; a field that is null is absent, as for the API server.
 * Values of a wrong type are left for validation.
 */
export function applyDefaults (schema: Field, value: unknown): unknown {
  switch (schema.type) {
    case 'object': {
      if (!isObject(value)) return value
      const given = Object.entries(value).filter(([name, inner]) => inner !== null || !Object.hasOwn(schema.fields, name))
      const absent = Object.entries(schema.fields).flatMap(([name, inner]) =>
        'default' in inner && (value[name] ?? null) === null ? [[name, inner.default] as const] : [])
      return Object.fromEntries([...given, ...absent].map(([name, inner]) => [name, applyInner(schema.fields, name, inner)]))
    }
    case 'list': return Array.isArray(value) ? value.map((item) => applyDefaults(schema.items, item)) : value
    default: return value
  }
}

function applyInner (fields: Readonly<Record<string, Field>>, name: string, value: unknown): unknown {
  const schema = Object.hasOwn(fields, name) ? fields[name] : undefined
  return schema === undefined ? value : applyDefaults(schema, value)
}

export function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
