// Environment variables that others wrote down → entries of a service's env. What looks like a secret never gets into the manifest. Pure.
import { reservedEnv, reservedEnvPrefixes } from '../../api/reserved.ts'
import { forms } from '../../api/notation.ts'
import type { ServiceDraft, ServiceSpec, Unequal } from './draft.ts'
import { looksSecret } from './secrets.ts'

type Variable = NonNullable<ServiceSpec['env']>[number]

export interface Given {
  name: string
  /** Undefined: only its name is known, the value comes from the environment. */
  value: string | undefined
  /** Where it stands: `.env`, `services[0].env`. */
  from: string
  /** A key in the Secret, when it is not the variable's own name. */
  key?: string
  note?: string
  /** It may have no value anywhere. */
  isOptional?: boolean
}

/** Adds `given` to the service's env, a later one of a name in place of an earlier one. `secret` is the name of the app's Secret. */
export function addVariables (draft: ServiceDraft, given: readonly Given[], secret: string): Unequal[] {
  const unsupported: Unequal[] = []
  const entries = new Map<string, { variable: Variable, note: string }>()
  for (const { name, value, from, key, note, isOptional = false } of given) {
    if (!new RegExp(forms.envName.pattern).test(name)) {
      unsupported.push({ path: `${from}: ${name}`, value: undefined, reason: 'this is no name of a variable', remedy: `write ${forms.envName.like}` })
    } else if (isReserved(name)) {
      unsupported.push({
        path: `${from}: ${name}`,
        value,
        reason: name === 'PORT' ? 'PORT is given by the supervisor: no port is opened' : 'this variable acts on the whole process, or belongs to the supervisor',
        remedy: name === 'PORT' ? 'nothing; what the program listens on joins the mesh' : "put what is meant for the whole process into the image's ENV"
      })
    } else {
      const isSecret = value === undefined || looksSecret(name, value)
      const source = `from ${from}`
      entries.delete(name)
      entries.set(name, isSecret
        ? {
            variable: { name, valueFrom: { secretKeyRef: { name: secret, key: key ?? name, ...(isOptional && value === undefined && { optional: true }) } } },
            // A note of its own may show the value.
            note: value === undefined && note !== undefined ? note : (value === undefined ? `${source}: its value comes from the environment${isOptional ? ', if it has one' : ''}` : `${source}: it looks like a secret, so its value stays out of this file`)
          }
        : { variable: { name, value }, note: note ?? source })
    }
  }
  if (entries.size > 0) {
    const all = [...entries.values()]
    draft.service.env = all.map(({ variable }) => variable)
    draft.notes.push(...all.map(({ note }, index) => ({ at: ['env', index], text: note })))
  }
  return unsupported
}

export function isReserved (name: string): boolean {
  return reservedEnv.some((reserved) => reserved === name) || reservedEnvPrefixes.some((prefix) => name.startsWith(prefix))
}

/** What to do about the Secrets that entries name. */
export function secretHints (services: readonly ServiceDraft[]): string[] {
  const names = new Set(services.flatMap(({ service }) => service.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []))
  return names.size === 0
    ? []
    : [`Make the ${names.size === 1 ? 'Secret' : 'Secrets'} ${[...names].join(', ')}: \`kubectl create secret generic NAME --from-env-file=FILE\`. \`wattapp run\` takes the values from environment variables of the same names.`]
}
