// One kind's cache: filled by list and watch, slimmed before it is kept, indexed, and told of our own writes.
import type { Backoff } from '../base/backoff.ts'
import { collectionPath, keyOf, keyOfObject, type KubeObject, type Resource } from './client/object.ts'
import type { Kube } from './client/kube.ts'
import { keepWatching } from './client/watch.ts'

export interface InformerOptions<Kept extends KubeObject> {
  kube: Kube
  resource: Resource
  /** Undefined: all of the cluster. */
  namespaces: readonly string[] | undefined
  labelSelector?: string
  /** What of an object is worth its memory; managedFields (40 % of an object) are gone already. */
  slim: (object: KubeObject) => Kept
  /** The group that an object belongs to, for `group()`. */
  groupOf?: (object: Kept) => string | undefined
  /** `fresh` is false for what was there at the start, or is just the same after a relist. */
  onChange: (object: Kept, fresh: boolean) => void
  onFailed?: (during: 'list' | 'watch', why: string) => void
  random: () => number
  backoff?: Backoff
}

export interface Informer<Kept> {
  get: (namespace: string, name: string) => Kept | undefined
  list: () => Kept[]
  /** Objects whose `groupOf` is this. */
  group: (name: string) => Kept[]
  /** The answer to a write of ours: read it back at once, and never go back behind it. */
  note: (object: KubeObject) => void
  /** Resolves once the first list of every namespace is in. */
  synced: Promise<void>
  readonly isSynced: boolean
  close: () => Promise<void>
}

export function startInformer<Kept extends KubeObject> (options: InformerOptions<Kept>): Informer<Kept> {
  const { kube, resource, namespaces, labelSelector, slim, groupOf = () => undefined, onChange, onFailed, random, backoff } = options
  const stop = new AbortController()
  const kept = new Map<string, Kept>()
  const groups = new Map<string, Map<string, Kept>>()
  const firstLists: Array<PromiseWithResolvers<void>> = []
  let isSynced = false

  function put (key: string, object: Kept): void {
    drop(key)
    kept.set(key, object)
    const group = groupOf(object)
    if (group === undefined) return
    const members = groups.get(group) ?? new Map<string, Kept>()
    groups.set(group, members.set(key, object))
  }

  function drop (key: string): void {
    const before = kept.get(key)
    if (before === undefined) return
    kept.delete(key)
    const group = groupOf(before)
    if (group === undefined) return
    groups.get(group)?.delete(key)
    if (groups.get(group)?.size === 0) groups.delete(group)
  }

  function take (raw: KubeObject): { key: string, object: Kept, news: boolean } | undefined {
    delete raw.metadata.managedFields
    // Items of a list carry no kind of their own.
    const object = slim({ ...raw, apiVersion: resource.apiVersion, kind: resource.kind })
    const key = keyOfObject(object)
    const before = kept.get(key)
    if (before !== undefined && isOlder(object, before)) return undefined
    put(key, object)
    return { key, object, news: before?.metadata.resourceVersion !== object.metadata.resourceVersion }
  }

  const loops = (namespaces ?? [undefined]).map(async (namespace) => {
    const first = Promise.withResolvers<void>()
    firstLists.push(first)
    await keepWatching({
      kube,
      path: collectionPath(resource, namespace),
      ...(labelSelector !== undefined && { labelSelector }),
      random,
      ...(backoff !== undefined && { backoff }),
      signal: stop.signal,
      on: {
        listed (objects) {
          const gone = new Map(kept.entries().filter(([, { metadata }]) => namespace === undefined || metadata.namespace === namespace))
          for (const raw of objects) {
            const taken = take(raw)
            gone.delete(keyOf(raw.metadata.namespace ?? '', raw.metadata.name))
            if (taken !== undefined) onChange(taken.object, isSynced && taken.news)
          }
          for (const [key, object] of gone) {
            drop(key)
            onChange(object, true)
          }
          first.resolve()
        },
        changed (type, raw) {
          if (type === 'DELETED') {
            const key = keyOfObject(raw)
            const before = kept.get(key)
            // Made anew under its name, and noted, before this word came: then it is not this one that went.
            if (before === undefined || before.metadata.uid !== raw.metadata.uid) return
            drop(key)
            onChange(before, true)
            return
          }
          const taken = take(raw)
          if (taken?.news === true) onChange(taken.object, true)
        },
        ...(onFailed !== undefined && { failed: onFailed })
      }
    })
  })
  const synced = Promise.all(firstLists.map(async ({ promise }) => await promise)).then(() => { isSynced = true })

  return {
    get: (namespace, name) => kept.get(keyOf(namespace, name)),
    list: () => [...kept.values()],
    group: (name) => [...groups.get(name)?.values() ?? []],
    note: (object) => { take(structuredClone(object)) },
    synced,
    get isSynced () { return isSynced },
    async close () {
      stop.abort()
      await Promise.all(loops)
    }
  }
}

/** Resource versions are 64-bit integers of one counter a cluster, comparable within one kind (KEP-5504, stable since 1.35). */
function isOlder ({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  if (a.uid !== b.uid || a.resourceVersion === undefined || b.resourceVersion === undefined) return false
  return a.resourceVersion.length < b.resourceVersion.length ||
    (a.resourceVersion.length === b.resourceVersion.length && a.resourceVersion < b.resourceVersion)
}
