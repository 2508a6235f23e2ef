// The shop example as a user applies it, with the image of this run and the crash endpoint that only tests switch on.
import { readFileSync } from 'node:fs'
import { parseAllDocuments, stringify } from 'yaml'
import { images } from './images.ts'

interface Volume { name: string, persistentVolumeClaim?: unknown, emptyDir?: object }
interface Manifest {
  kind: string
  spec: {
    image?: string
    services?: Array<{ name: string, env?: Array<{ name: string, value: string }> }>
    observability?: { tracing?: object }
    podTemplate?: { volumes?: Volume[] }
  }
}

export interface ShopOptions {
  tracing?: { endpoint: string, samplingRatio: string }
  /** `claim`: as in the example; `memory`: an emptyDir in its place, where no volume can be had. */
  storage: 'claim' | 'memory'
}

export function shopManifest ({ storage, tracing }: ShopOptions): string {
  const documents = parseAllDocuments(readFileSync(new URL('../../examples/shop/wattapp.yaml', import.meta.url), 'utf8'))
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => storage === 'claim' || kind !== 'PersistentVolumeClaim')
  for (const { kind, spec } of documents) {
    if (kind !== 'WattApp') continue
    spec.image = images.shop
    if (tracing !== undefined) spec.observability = { ...spec.observability, tracing }
    for (const service of spec.services ?? []) {
      if (service.name === 'products') (service.env ??= []).push({ name: 'SHOP_CRASH_ENDPOINT', value: '1' })
    }
    if (storage === 'memory' && spec.podTemplate?.volumes !== undefined) {
      spec.podTemplate.volumes = spec.podTemplate.volumes.map(({ persistentVolumeClaim, ...volume }) =>
        persistentVolumeClaim === undefined ? volume : { ...volume, emptyDir: { sizeLimit: '64Mi' } })
    }
  }
  return documents.map((document) => stringify(document)).join('---\n')
}
