// One app, level-based: whatever happened, look at what is, and do what brings it to what should be.
// read → accept → render → diff → apply → refresh pods → prune → ask → status
import type { Clock } from '../base/clock.ts'
import type { WattApp, WattAppStatus } from '../api/wattapp.ts'
import type { AppStatus } from '../api/app-status.ts'
import { messageOf } from '../base/error.ts'
import { refuse, type Surroundings } from './accept.ts'
import type { Announce } from './announce.ts'
import { applyChildren, findForeign, liveChildren, type AppMemory } from './children.ts'
import type { Caches } from './caches.ts'
import { KubeError } from './client/errors.ts'
import { apply, remove, type Kube } from './client/kube.ts'
import { keyOf, objectPath, resources, type KubeObject } from './client/object.ts'
import { isOwnedBy, prune } from './prune.ts'
import { configHashes, configMapName } from './render/config-map.ts'
import { inOrder, render, type RenderedObjects } from './render/index.ts'
import { annotation, label, selectorLabels } from './render/metadata.ts'
import { canonicalJson } from './render/revision.ts'
import { serviceUrl } from './render/service.ts'
import type { LivePod } from './slim.ts'
import type { Sources } from './sources.ts'
import { conditions, firstConditions, isRolledOut, type Verdict } from './status/conditions.ts'
import { news } from './status/news.ts'
import { isAlive, isReady, notReady, trouble } from './status/pods.ts'
import type { Poller } from './status/poll.ts'
import { summarise, type Report } from './status/services.ts'
import { stuckPods } from './status/stuck.ts'

export interface ReconcileOptions {
  /** Fenced: it writes only while we lead. */
  kube: Kube
  caches: Caches
  sources: Sources
  poller: Poller
  announce: Announce
  runtimeImage: string
  clock: Clock
  random: () => number
  /** How often an app at rest is looked at, milliseconds. */
  settledMs: number
}

// How often an app is looked at while something is wrong or moving; the longer nothing changes, the less often.
const movingMs = 2_000
const refusedMs = 30_000
// Of an app with more pods these are asked: a summary needs no more.
const askedPods = 64

export function createReconcile ({ kube, caches, sources, poller, announce, runtimeImage, clock, random, settledMs }: ReconcileOptions): (key: string) => Promise<number | undefined> {
  const memories = new Map<string, AppMemory>()

  return async (key) => {
    const [namespace = '', name = ''] = key.split('/')
    const app = caches.apps.get(namespace, name)
    if (app === undefined || app.metadata.deletionTimestamp !== undefined) {
      memories.delete(key)
      return undefined
    }
    const memory = memories.get(key) ?? { settled: new Map(), sameLooks: 0 }
    memories.set(key, memory)
    try {
      return await reconcile(app, memory)
    } catch (thrown) {
      // Whoever deletes a namespace takes all of it; there is nothing left to do, and nothing wrong.
      if (thrown instanceof KubeError && /is being terminated/.test(thrown.message)) return undefined
      throw thrown
    }
  }

  async function reconcile (seen: WattApp & KubeObject, memory: AppMemory): Promise<number | undefined> {
    const app = seen.status?.conditions === undefined ? await writeStatus(seen, { conditions: firstConditions(seen.metadata.generation ?? 0, now()) }) : seen
    const isPaused = app.metadata.annotations?.[annotation.paused] === 'true'
    const live = liveChildren(caches, app)
    const source = app.spec.source === undefined ? undefined : await sources.read(app.metadata.namespace ?? '', app.spec.source.configMap.name) ?? 'absent'
    const around: Omit<Surroundings, 'foreign'> = { sourceFiles: source === undefined || source === 'absent' ? source : source.files }

    let refused = refuse(app, { ...around, foreign: [] })
    let rendered: RenderedObjects | undefined
    let failure: unknown
    let didApply = false
    if (refused === undefined) {
      rendered = render(app, { runtimeImage, sourceHash: source === undefined || source === 'absent' ? '' : source.hash, live: live.revision })
      refused = refuse(app, { ...around, foreign: await findForeign({ kube, caches }, app, inOrder(rendered)) })
    }
    if (refused === undefined && rendered !== undefined && !isPaused) {
      try {
        didApply = await applyChildren({ kube, caches, announce }, app, rendered, live, memory)
        await refreshPods(app, rendered)
        await pruneChildren(app, rendered)
      } catch (thrown) {
        // What the API server refuses is for people to read; what fails otherwise is tried again in silence.
        if (!(thrown instanceof KubeError) || thrown.status === 409 || thrown.status >= 500) throw thrown
        failure = thrown
      }
    }

    const status = await observe(app, { refused, isPaused, rendered, applyFailed: failure === undefined ? undefined : messageOf(failure) })
    for (const item of news(app.status?.conditions ?? [], status.conditions ?? [])) announce(app, item)
    const isSame = await writeStatus(app, status) === app
    memory.sameLooks = isSame ? memory.sameLooks + 1 : 0
    if (failure !== undefined) throw failure
    if (isPaused) return undefined
    // What was just changed shows in the pods' answers in a moment.
    return didApply ? Math.min(movingMs, settledMs) : afterMs(status, memory.sameLooks)
  }

  /** Tells pods of this revision that their config file changed: without it the kubelet takes up to a minute and a half. */
  async function refreshPods (app: WattApp, { configMap, revision }: RenderedObjects): Promise<void> {
    const { now, first } = configHashes(configMap)
    // A pod that was never told holds what its revision began with.
    const stale = podsOf(app).filter((pod) => isAlive(pod) && pod.metadata.labels?.[label.revision] === revision &&
      (pod.metadata.annotations?.[annotation.configHash] ?? first) !== now)
    for (const { metadata } of stale) {
      const { namespace = '', name, uid } = metadata
      const body = { metadata: { uid, annotations: { [annotation.configHash]: now } } }
      try {
        caches.pods.note(await kube.request('PATCH', objectPath(resources.pod, namespace, name), { body, contentType: 'application/merge-patch+json' }) as KubeObject)
      } catch (thrown) {
        // Gone meanwhile, or another pod by now.
        if (!(thrown instanceof KubeError && (thrown.status === 404 || thrown.status === 409))) throw thrown
      }
    }
  }

  async function pruneChildren (app: WattApp, rendered: RenderedObjects): Promise<void> {
    const group = keyOf(app.metadata.namespace ?? '', app.metadata.name)
    const deployment = caches.deployments.get(app.metadata.namespace ?? '', app.metadata.name)
    const kinds = [
      { resource: resources.deployment, cache: caches.deployments },
      { resource: resources.service, cache: caches.services },
      { resource: resources.configMap, cache: caches.configMaps },
      { resource: resources.serviceAccount, cache: caches.serviceAccounts }
    ]
    const unwanted = kinds.flatMap(({ resource, cache }) => prune<KubeObject>({
      owned: cache.group(group).filter((object) => isOwnedBy(object, app.metadata.uid)),
      wanted: inOrder(rendered),
      podRevisions: new Set(podsOf(app).flatMap(({ metadata }) => metadata.labels?.[label.revision] ?? [])),
      isRolledOut: deployment !== undefined && isRolledOut(deployment)
    }).map((object) => ({ resource, object })))
    for (const { resource, object } of unwanted) await remove(kube, resource, object)
  }

  async function observe (app: WattApp, { refused, isPaused, rendered, applyFailed }: {
    refused: Verdict | undefined, isPaused: boolean, rendered: RenderedObjects | undefined, applyFailed: string | undefined
  }): Promise<WattAppStatus> {
    const { metadata, spec } = app
    const found = caches.deployments.get(metadata.namespace ?? '', metadata.name)
    const deployment = found !== undefined && isOwnedBy(found, metadata.uid) ? found : undefined
    const pods = podsOf(app).filter(isAlive)
    const answers = await ask(pods)
    const reports = answers.flatMap(({ pod, status }): Report[] => status === undefined ? [] : [{ pod: pod.metadata.name, status }])
    const { services, servicesReady, crashLoops } = summarise(spec.services.map(({ name, workers }) => ({ name, workers: workers.min })), reports)
    const revision = refused === undefined && rendered !== undefined ? configMapName(app, rendered.revision) : app.status?.revision
    return {
      observedGeneration: metadata.generation ?? 0,
      replicas: deployment?.status.replicas ?? 0,
      readyReplicas: deployment?.status.readyReplicas ?? 0,
      selector: Object.entries(selectorLabels(app)).map(([key, value]) => `${key}=${value}`).join(','),
      servicesReady,
      ...(revision !== undefined && { revision }),
      url: serviceUrl(app),
      conditions: conditions({
        generation: metadata.generation ?? 0,
        refused,
        isPaused,
        revision,
        deployment,
        applyFailed,
        troubles: [...pods.flatMap((pod) => trouble(pod) ?? []), ...await stuckPods(kube, pods, clock)].toSorted(),
        notReady: answers.filter(({ pod }) => !isReady(pod)).flatMap(({ pod, ...answer }) => notReady(pod, answer, clock.now()) ?? []).toSorted(),
        asked: reports.length,
        // A pod that is not ready yet may well not listen yet.
        unreachable: answers.filter(({ pod, failed }) => failed !== undefined && isReady(pod)).map(({ pod, failed }) => `pod ${pod.metadata.name}: ${failed}`).toSorted(),
        crashLoops,
        configErrors: reports.flatMap(({ pod, status }) => status.configError === undefined ? [] : [`pod ${pod}: ${status.configError.message}`]).toSorted()
      }, app.status?.conditions ?? [], now()),
      services
    }
  }

  async function ask (pods: LivePod[]): Promise<Array<{ pod: LivePod, status?: AppStatus, failed?: string }>> {
    const running = pods.filter(({ status }) => status.phase === 'Running' && status.podIP !== undefined).slice(0, askedPods)
    return await Promise.all(running.map(async (pod) => {
      try {
        return { pod, status: await poller.ask(pod.status.podIP ?? '') }
      } catch (thrown) {
        return { pod, failed: messageOf(thrown) }
      }
    }))
  }

  /** Only when it changed, field by field; others' conditions stay theirs. */
  async function writeStatus (app: WattApp & KubeObject, status: Partial<WattAppStatus>): Promise<WattApp & KubeObject> {
    if (canonicalJson(app.status ?? {}) === canonicalJson(status)) return app
    const { apiVersion, kind, metadata: { name, namespace, uid } } = app
    const body = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) }, status }
    try {
      caches.apps.note(await apply(kube, resources.wattApp, body, { force: true, subresource: '/status' }))
    } catch (thrown) {
      // Deleted, or made anew, meanwhile: then it will be looked at for that.
      if (!(thrown instanceof KubeError && (thrown.status === 404 || thrown.status === 409))) throw thrown
    }
    return { ...app, status: { ...app.status, ...status } }
  }

  function podsOf ({ metadata }: WattApp): LivePod[] {
    return caches.pods.group(keyOf(metadata.namespace ?? '', metadata.name))
  }

  function afterMs (status: WattAppStatus, sameLooks: number): number {
    const is = (type: string): string | undefined => status.conditions?.find((condition) => condition.type === type)?.status
    const calm = is('Ready') === 'True' && is('Progressing') === 'False'
    const ms = is('Accepted') === 'False' ? refusedMs : calm ? settledMs : Math.min(settledMs, movingMs * (1 + sameLooks / 10))
    // Spread, so that a thousand apps seen at one start are not asked in one second for ever.
    return Math.round(ms * (0.9 + 0.2 * random()))
  }

  function now (): string {
    return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
  }
}
