// What the pod's environment tells the supervisor. Pure.
import { errors } from './errors.ts'
import type { ListenAddress } from './listen.ts'

export interface Settings {
  configFile: string
  /** Where the app's code is. */
  root: string
  /** Holds a folder a service, with a file a variable. */
  envDir: string
  /** What the kubelet says of the pod. */
  podDir: string
  http: ListenAddress
  admin: ListenAddress
}

/**
 * @param host every address of the pod
 * @throws WATT_SETTING_INVALID
 */
export function readSettings (env: Readonly<Record<string, string | undefined>>, host: string): Settings {
  return {
    configFile: env.WATTAPP_CONFIG ?? '/etc/wattapp/config/app.json',
    root: env.WATTAPP_ROOT ?? '/app',
    envDir: env.WATTAPP_ENV_DIR ?? '/etc/wattapp/env',
    podDir: env.WATTAPP_POD_DIR ?? '/etc/wattapp/pod',
    http: { host, port: portOf(env, 'WATTAPP_HTTP_PORT', 8080) },
    admin: { host, port: portOf(env, 'WATTAPP_ADMIN_PORT', 9464) }
  }
}

function portOf (env: Readonly<Record<string, string | undefined>>, name: string, standard: number): number {
  const text = env[name]
  if (text === undefined) return standard
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw errors.WATT_SETTING_INVALID(name, text, 'a port, 0 to 65535')
  return Number(text)
}
