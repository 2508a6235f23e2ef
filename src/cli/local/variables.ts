// Values of variables that a cluster would take from Secrets and ConfigMaps: from the input, else from this machine's environment.
import type { WattAppSpec, Variable } from '../../api/wattapp.ts'
import type { WattError } from '../../base/error.ts'
import { errors } from '../errors.ts'
import type { LocalObjects } from './objects.ts'

export interface LocalVariables {
  /** Service → name → value. */
  values: ReadonlyMap<string, Record<string, string>>
  /** One for each value that is nowhere and not optional. */
  missing: WattError[]
}

export function localVariables ({ services }: Pick<WattAppSpec, 'services'>, objects: LocalObjects, env: Readonly<Record<string, string | undefined>>): LocalVariables {
  const values = new Map<string, Record<string, string>>()
  const missing: WattError[] = []
  for (const { name: service, env: variables = [] } of services) {
    const found: Array<[string, string]> = []
    for (const variable of variables) {
      const reference = referenceOf(variable)
      if (reference === undefined) continue
      const { kind, name, key, isOptional } = reference
      const bytes = objects.find(kind, name)?.get(key)
      const value = bytes === undefined ? env[variable.name] : Buffer.from(bytes).toString('utf8')
      if (value !== undefined) found.push([variable.name, value])
      else if (!isOptional) missing.push(errors.WATT_VALUE_NOT_HERE(service, variable.name, kind, name, key))
    }
    values.set(service, Object.fromEntries(found))
  }
  return { values, missing }
}

function referenceOf ({ valueFrom }: Variable): { kind: 'Secret' | 'ConfigMap', name: string, key: string, isOptional: boolean } | undefined {
  const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef
  if (reference === undefined) return undefined
  const { name, key, optional = false } = reference
  return { kind: valueFrom?.secretKeyRef === undefined ? 'ConfigMap' : 'Secret', name, key, isOptional: optional }
}
