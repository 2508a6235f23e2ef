// The app config of one revision, as its pods mount it. One ConfigMap a revision: else old pods would load the new
// image's config in the middle of a roll.
import type { AppConfig } from '../../api/app-config.ts'
import type { WattApp } from '../../api/wattapp.ts'
import { childMetadata, label } from './metadata.ts'
import type { ConfigMap } from './objects.ts'
import { canonicalJson } from './revision.ts'

export const configFile = 'app.json'

export function configMapName ({ metadata }: WattApp, revision: string): string {
  return `${metadata.name}-${revision}`
}

export function renderConfigMap (app: WattApp, config: AppConfig, revision: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: childMetadata(app, configMapName(app, revision), { [label.revision]: revision }),
    data: { [configFile]: canonicalJson(config, 2) + '\n' }
  }
}
