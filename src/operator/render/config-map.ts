// The app config of one revision, as its pods mount it. One ConfigMap a revision: else old pods would load the new
// image's config in the middle of a roll.
import type { AppConfig } from '../../api/app-config.ts'
import type { WattApp } from '../../api/wattapp.ts'
import { annotation, childMetadata, label } from './metadata.ts'
import type { ConfigMap } from './objects.ts'
import { canonicalJson, shortHash } from './revision.ts'

export const configFile = 'app.json'

export function configMapName ({ metadata }: WattApp, revision: string): string {
  return `${metadata.name}-${revision}`
}

/** @param firstHash of the config that the revision began with; undefined while it begins */
export function renderConfigMap (app: WattApp, config: AppConfig, revision: string, firstHash: string | undefined): ConfigMap {
  const text = canonicalJson(config, 2) + '\n'
  const metadata = childMetadata(app, configMapName(app, revision), { [label.revision]: revision })
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, annotations: { [annotation.firstConfigHash]: firstHash ?? shortHash(text) } },
    data: { [configFile]: text }
  }
}

/** What pods of the revision are to hold; `first` while nothing was edited since the revision began. */
export function configHashes ({ metadata, data }: ConfigMap): { now: string, first: string } {
  const now = shortHash(data[configFile] ?? '')
  return { now, first: metadata.annotations?.[annotation.firstConfigHash] ?? now }
}
