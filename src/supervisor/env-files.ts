// Variables whose values are files: Secrets and ConfigMaps are mounted, a folder a service, so that none is in the pod's environment.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceConfig } from '../api/app-config.ts'
import { errors } from './errors.ts'

/**
 * @param envDir holds `<service>/<NAME>`; the whole text is the value, as with a `secretKeyRef` of Kubernetes
 * @throws WATT_ENV_FILE_MISSING unless the variable is optional
 */
export function readEnvFiles (envDir: string, service: string, variables: ServiceConfig['fileEnv']): Record<string, string> {
  const env: Record<string, string> = {}
  for (const { name, optional } of variables) {
    const file = join(envDir, service, name)
    try {
      env[name] = readFileSync(file, 'utf8')
    } catch {
      if (!optional) throw errors.WATT_ENV_FILE_MISSING(service, name, file)
    }
  }
  return env
}
