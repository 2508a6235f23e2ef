// What a project's own settings say of registries: whether a token is needed, and whether one lies in the file itself. Pure.
import { fieldsOf, textOf } from '../draft/loose.ts'

export interface Registry {
  /** It names a registry, for all packages or for a scope: somebody may have to say who asks. */
  isOwn: boolean
  /** A token or password stands in the file: it must not be copied anywhere. */
  hasCredentials: boolean
  /** Environment variables that the file takes values from, sorted. */
  variables: string[]
}

export const publicRegistry: Registry = { isOwn: false, hasCredentials: false, variables: [] }

const credentials = /(^|:)(_authToken|_auth|_password|password)$/

/** Of an .npmrc. */
export function npmRegistry (text: string): Registry {
  const settings = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !/^[#;]/.test(line)).map((line) => {
    const [, key = '', value = ''] = /^([^=]*?)\s*(?:\[\])?\s*=\s*(.*)$/.exec(line) ?? []
    return { key, value: value.replaceAll(/^["']|["']$/g, '') }
  })
  return {
    isOwn: settings.some(({ key }) => key === 'registry' || key.endsWith(':registry')),
    hasCredentials: settings.some(({ key, value }) => credentials.test(key) && !isVariable(value)),
    variables: variablesIn(settings.map(({ value }) => value))
  }
}

/** Of a .yarnrc.yml, parsed. */
export function yarnRegistry (yarnrc: unknown): Registry {
  const fields = fieldsOf(yarnrc)
  const all = [fields, ...Object.values(fieldsOf(fields.npmScopes)).map(fieldsOf), ...Object.values(fieldsOf(fields.npmRegistries)).map(fieldsOf)]
  const secrets = all.flatMap(({ npmAuthToken, npmAuthIdent }) => [textOf(npmAuthToken), textOf(npmAuthIdent)]).filter((value) => value !== undefined)
  const servers = all.flatMap(({ npmRegistryServer }) => textOf(npmRegistryServer) ?? [])
  return {
    isOwn: fields.npmScopes !== undefined || servers.length > 0,
    hasCredentials: secrets.some((value) => !isVariable(value)),
    variables: variablesIn([...secrets, ...servers])
  }
}

export function joined (registries: readonly Registry[]): Registry {
  return {
    isOwn: registries.some(({ isOwn }) => isOwn),
    hasCredentials: registries.some(({ hasCredentials }) => hasCredentials),
    variables: [...new Set(registries.flatMap(({ variables }) => variables))].sort()
  }
}

function isVariable (value: string): boolean {
  return value === '' || /^\$\{[^}]+\}$/.test(value)
}

/** `${NAME}`, `${NAME-otherwise}` and `${NAME:-otherwise}`. */
function variablesIn (values: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => Array.from(value.matchAll(/\$\{(\w+)[^}]*\}/g), ([, name = '']) => name)))].sort()
}
