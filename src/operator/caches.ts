// What the operator watches: the apps, what it made for them, their pods; and whose turn it is when one of these changes.
import type { WattApp } from '../api/wattapp.ts'
import type { Kube } from './client/kube.ts'
import { collectionPath, keyOf, keyOfObject, resources, type KubeObject } from './client/object.ts'
import { keepWatching } from './client/watch.ts'
import { startInformer, type Informer } from './informer.ts'
import type { Priority } from './queue-state.ts'
import { label, managedBy } from './render/metadata.ts'
import { slimApp, slimObject, slimPod, type LiveConfigMap, type LiveDeployment, type LivePod } from './slim.ts'

export interface Caches {
  apps: Informer<WattApp & KubeObject>
  deployments: Informer<LiveDeployment>
  services: Informer<KubeObject>
  configMaps: Informer<LiveConfigMap>
  serviceAccounts: Informer<KubeObject>
  pods: Informer<LivePod>
  synced: Promise<void>
  readonly isSynced: boolean
  close: () => Promise<void>
}

export interface CachesOptions {
  kube: Kube
  /** Undefined: all. */
  namespaces: readonly string[] | undefined
  random: () => number
  /** An app, or something of it, changed. */
  onApp: (key: string, priority: Priority) => void
  /** A ConfigMap that somebody's code may be in changed. */
  onSource: (namespace: string, name: string) => void
  onFailed: (kind: string, during: 'list' | 'watch', why: string) => void
}

export function startCaches ({ kube, namespaces, random, onApp, onSource, onFailed }: CachesOptions): Caches {
  const common = { kube, namespaces, random }
  const priority = (fresh: boolean): Priority => fresh ? 'edit' : 'background'
  const appOf = ({ metadata }: KubeObject): string => keyOf(metadata.namespace ?? '', metadata.labels?.[label.app] ?? '')
  const failed = (kind: string) => (during: 'list' | 'watch', why: string): void => onFailed(kind, during, why)

  // Only what bears our mark: other people's Deployments, ConfigMaps and pods never reach our memory.
  const children = <Kept extends KubeObject>(resource: (typeof resources)[keyof typeof resources], slim: (object: KubeObject) => Kept): Informer<Kept> => startInformer<Kept>({
    ...common,
    resource,
    labelSelector: `${label.app},${label.managedBy}=${managedBy}`,
    slim,
    groupOf: appOf,
    onChange: (object, fresh) => { if (fresh) onApp(appOf(object), 'edit') },
    onFailed: failed(resource.kind)
  })

  const apps = startInformer({
    ...common,
    resource: resources.wattApp,
    slim: slimApp,
    groupOf: ({ metadata, spec }) => spec.source === undefined ? undefined : keyOf(metadata.namespace ?? '', spec.source.configMap.name),
    onChange: (app, fresh) => onApp(keyOfObject(app), priority(fresh)),
    onFailed: failed(resources.wattApp.kind)
  })
  const all = {
    apps,
    deployments: children<LiveDeployment>(resources.deployment, slimObject),
    services: children<KubeObject>(resources.service, slimObject),
    configMaps: children<LiveConfigMap>(resources.configMap, slimObject),
    serviceAccounts: children<KubeObject>(resources.serviceAccount, slimObject),
    pods: children<LivePod>(resources.pod, slimPod)
  }

  // Sources are the users' own ConfigMaps, without a label to find them by: all are watched, by metadata, and none is kept.
  const stop = new AbortController()
  const sources = (namespaces ?? [undefined]).map(async (namespace) => {
    await keepWatching({
      kube,
      path: collectionPath(resources.configMap, namespace),
      changesOnly: true,
      metadataOnly: true,
      random,
      signal: stop.signal,
      on: {
        // After a gap we do not know what changed in it.
        listed: () => { for (const { metadata, spec } of apps.list()) if (spec.source !== undefined) changed(metadata.namespace ?? '', spec.source.configMap.name) },
        changed: (_, { metadata }) => changed(metadata.namespace ?? '', metadata.name),
        failed: failed('ConfigMap metadata')
      }
    })
  })
  function changed (namespace: string, name: string): void {
    const users = apps.group(keyOf(namespace, name))
    if (users.length === 0) return
    onSource(namespace, name)
    for (const app of users) onApp(keyOfObject(app), 'edit')
  }

  const informers = Object.values(all)
  return {
    ...all,
    synced: Promise.all(informers.map(async ({ synced }) => await synced)).then(() => {}),
    get isSynced () { return informers.every(({ isSynced }) => isSynced) },
    async close () {
      stop.abort()
      await Promise.all([...sources, ...informers.map(async (informer) => await informer.close())])
    }
  }
}
