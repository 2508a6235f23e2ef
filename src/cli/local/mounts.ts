// A laptop has no /data: where a service's variables and arguments name a place of the pod, they are told the local folder instead.
import type { AppConfig } from '../../api/app-config.ts'

export interface Mount {
  /** Absolute, in the pod: /data */
  mountPath: string
  /** Absolute, on this machine. */
  folder: string
}

/**
 * `/data/shop.sqlite` → `FOLDER/shop.sqlite`, also behind a scheme (`file:/data/…`, `sqlite:///data/…`). The longest mount path wins.
 * Only a text that begins with the path is changed: one that mentions it in passing means something else.
 */
export function localText (text: string, mounts: readonly Mount[]): string {
  const [, scheme = '', path = ''] = /^([a-z][a-z0-9+.-]*:(?:\/\/(?=\/))?)?(\/.*)$/s.exec(text) ?? []
  const mount = mounts.filter(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`) || path.startsWith(`${mountPath}?`))
    .sort((one, other) => other.mountPath.length - one.mountPath.length)[0]
  return mount === undefined ? text : `${scheme}${mount.folder}${path.slice(mount.mountPath.length)}`
}

/** The config with local places in literal variables and arguments. */
export function localConfig (config: AppConfig, mounts: readonly Mount[]): AppConfig {
  return {
    ...config,
    services: config.services.map((service) => ({
      ...service,
      args: service.args.map((arg) => localText(arg, mounts)),
      env: localVariablesOf(service.env, mounts)
    }))
  }
}

export function localVariablesOf (values: Readonly<Record<string, string>>, mounts: readonly Mount[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, localText(value, mounts)]))
}
