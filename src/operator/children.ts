// The objects of one app in the cluster: what is there, what is not ours, and bringing them to what they should be.
import type { AppConfig } from '../api/app-config.ts'
import type { WattApp } from '../api/wattapp.ts'
import type { Announce } from './announce.ts'
import type { Caches } from './caches.ts'
import { change, type Change } from './change.ts'
import { KubeError } from './client/errors.ts'
import { apply, get, replaceSpec, type Kube } from './client/kube.ts'
import { resources, type KubeObject, type Resource } from './client/object.ts'
import { drift, marked, project } from './drift.ts'
import type { Informer } from './informer.ts'
import { isOwnedBy } from './prune.ts'
import { configFile, configMapName } from './render/config-map.ts'
import { inOrder, type LiveRevision, type RenderedObjects } from './render/index.ts'
import { annotation, label } from './render/metadata.ts'
import type { PodTemplateSpec } from './render/objects.ts'
import type { Resources } from './render/resources.ts'
import type { LiveConfigMap, LiveDeployment } from './slim.ts'

/** What is remembered of one app between two looks at it; all of it can be lost. */
export interface AppMemory {
  /** Object's uid → what the API server made of our last apply, and the mark it was applied with. */
  settled: Map<string, { mark: string | undefined, as: unknown }>
  /** Looks in a row that found nothing new. */
  sameLooks: number
}

export interface LiveChildren {
  deployment: LiveDeployment | undefined
  /** Of the Deployment's revision. */
  configMap: LiveConfigMap | undefined
  /** What rendering carries over. */
  revision: LiveRevision | undefined
}

type Kind = 'Deployment' | 'Service' | 'ConfigMap' | 'ServiceAccount'

function homeOf (caches: Caches, kind: Kind): { resource: Resource, cache: Pick<Informer<KubeObject>, 'get' | 'note'> } {
  switch (kind) {
    case 'Deployment': return { resource: resources.deployment, cache: caches.deployments }
    case 'Service': return { resource: resources.service, cache: caches.services }
    case 'ConfigMap': return { resource: resources.configMap, cache: caches.configMaps }
    case 'ServiceAccount': return { resource: resources.serviceAccount, cache: caches.serviceAccounts }
  }
}

export function liveChildren (caches: Caches, app: WattApp): LiveChildren {
  const { name, namespace = '', uid } = app.metadata
  const found = caches.deployments.get(namespace, name)
  const deployment = found !== undefined && isOwnedBy(found, uid) ? found : undefined
  const revision = deployment?.metadata.labels?.[label.revision]
  if (revision === undefined) return { deployment, configMap: undefined, revision: undefined }
  const configMap = caches.configMaps.get(namespace, configMapName(app, revision))
  return {
    deployment,
    configMap,
    revision: {
      revision,
      resources: resourcesOf(deployment?.spec.template),
      runtimeImage: deployment?.metadata.annotations?.[annotation.runtimeImage],
      firstConfigHash: configMap?.metadata.annotations?.[annotation.firstConfigHash]
    }
  }
}

function resourcesOf (template: unknown): Resources | undefined {
  const { spec } = (template ?? {}) as Partial<PodTemplateSpec>
  return spec?.containers?.[0]?.resources
}

/** Objects that bear a name of ours and are another's. What our caches do not hold is asked for: they hold only what bears our labels. */
export async function findForeign ({ kube, caches }: { kube: Kube, caches: Caches }, { metadata }: WattApp, wanted: ReturnType<typeof inOrder>): Promise<Array<{ kind: string, name: string }>> {
  const foreign: Array<{ kind: string, name: string }> = []
  for (const { kind, metadata: { name } } of wanted) {
    const { resource, cache } = homeOf(caches, kind)
    const known = cache.get(metadata.namespace ?? '', name)
    if (known !== undefined && isOwnedBy(known, metadata.uid)) continue
    // Not in the cache, or not ours there: the cache may be behind.
    const found = await get(kube, resource, metadata.namespace ?? '', name)
    if (found === undefined) continue
    if (isOwnedBy(found, metadata.uid)) cache.note(found)
    else foreign.push({ kind, name })
  }
  return foreign
}

/** Applies what differs, nothing else, and tells what it did. True when it did something. */
export async function applyChildren (
  { kube, caches, announce }: { kube: Kube, caches: Caches, announce: Announce },
  app: WattApp, rendered: RenderedObjects, live: LiveChildren, memory: AppMemory
): Promise<boolean> {
  let didApply = false
  for (const object of inOrder(rendered)) {
    const { resource, cache } = homeOf(caches, object.kind)
    const wanted: KubeObject = marked(object)
    const mark = wanted.metadata.annotations?.[annotation.applied]
    const now = cache.get(app.metadata.namespace ?? '', object.metadata.name)
    if (now !== undefined) {
      const settled = memory.settled.get(now.metadata.uid ?? '')
      const paths = drift(now, wanted, settled?.mark === mark ? settled?.as : undefined)
      if (paths.length === 0) continue
      if (now.metadata.annotations?.[annotation.applied] === mark) {
        announce(app, { type: 'Normal', reason: 'PutBack', action: 'Apply', note: `${object.kind} ${object.metadata.name} was changed by another (${some(paths)}) and is put back` })
      }
    }
    // With its uid: an object that was made anew by another meanwhile is not taken over.
    const body = now?.metadata.uid === undefined ? wanted : { ...wanted, metadata: { ...wanted.metadata, uid: now.metadata.uid } }
    const applied = await applyOver(kube, resource, body, now !== undefined)
    cache.note(applied)
    didApply = true
    memory.settled.set(applied.metadata.uid ?? '', { mark, as: project(applied, wanted) })
  }
  const uids = new Set(inOrder(rendered).map(({ kind, metadata }) => homeOf(caches, kind).cache.get(app.metadata.namespace ?? '', metadata.name)?.metadata.uid))
  for (const uid of memory.settled.keys()) if (!uids.has(uid)) memory.settled.delete(uid)
  tell(announce, app, rendered, live)
  return didApply
}

/**
 * A hand edit may have left beside ours what cannot be together with ours: a Service's port 80 changed to 81 is a second
 * port of one name to server-side apply, since lists are merged by key. Then the lists become ours alone.
 */
async function applyOver (kube: Kube, resource: Resource, object: KubeObject, exists: boolean): Promise<KubeObject> {
  try {
    return await apply(kube, resource, object, { force: exists })
  } catch (thrown) {
    if (!exists || !(thrown instanceof KubeError) || thrown.status !== 422) throw thrown
    const hasSpec = await replaceSpec(kube, resource, object)
    if (!hasSpec) throw thrown
    return await apply(kube, resource, object, { force: true })
  }
}

function tell (announce: Announce, app: WattApp, rendered: RenderedObjects, { deployment, configMap, revision }: LiveChildren): void {
  const name = configMapName(app, rendered.revision)
  if (deployment === undefined || revision === undefined) {
    announce(app, { type: 'Normal', reason: 'Created', action: 'Apply', note: `made revision ${name}` })
    return
  }
  const { how, fields }: Change = change(
    { revision: revision.revision, config: readConfig(configMap), template: deployment.spec.template },
    { revision: rendered.revision, config: rendered.config, template: rendered.deployment.spec.template })
  if (how === 'roll') announce(app, { type: 'Normal', reason: 'RollingOut', action: 'Apply', note: `rolling out revision ${name}: ${some(fields)} changed` })
  if (how === 'live') announce(app, { type: 'Normal', reason: 'ChangedLive', action: 'Apply', note: `running pods take up ${some(fields)}; no pod is replaced` })
}

function readConfig (configMap: LiveConfigMap | undefined): AppConfig | undefined {
  try {
    return JSON.parse(configMap?.data?.[configFile] ?? '') as AppConfig
  } catch {
    // Absent, or broken by hand; it has been put back by now.
    return undefined
  }
}

function some (fields: readonly string[]): string {
  return fields.slice(0, 5).join(', ') + (fields.length > 5 ? ` and ${fields.length - 5} more` : '')
}
