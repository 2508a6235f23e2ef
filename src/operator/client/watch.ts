// List and watch that does not go deaf: bookmarks, server-side timeouts, resume after a cut, relist after 410, waits
// that grow and spread (client-go's reflector; client-node's informer stops at the first ECONNRESET).
import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs, type Backoff } from '../../base/backoff.ts'
import { messageOf } from '../../base/error.ts'
import { isGone, KubeError } from './errors.ts'
import type { Kube, Query } from './kube.ts'
import { lines } from './lines.ts'
import type { KubeObject } from './object.ts'

export interface WatchOptions {
  kube: Kube
  /** The collection, e.g. /apis/apps/v1/deployments */
  path: string
  labelSelector?: string
  /** Only metadata, whatever the kind: for kinds whose content is nobody's business. */
  metadataOnly?: boolean
  /** Only what happens from now on: the collection itself is neither fetched nor handed over (`listed` gets nothing). */
  changesOnly?: boolean
  random: () => number
  signal: AbortSignal
  backoff?: Backoff
  on: WatchHandlers
}

export interface WatchHandlers {
  /** The whole collection as it is now: what is missing in it is gone. */
  listed: (objects: KubeObject[]) => void
  changed: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => void
  /** For counters and logs; the loop goes on by itself. */
  failed?: (during: 'list' | 'watch', why: string) => void
}

interface List { metadata: { resourceVersion: string, continue?: string }, items: KubeObject[] | null }
interface Line { type: string, object: KubeObject & { code?: number, reason?: string, message?: string } }

// client-go's numbers: a page of 500, server-side timeout of 5 to 10 minutes, 0.8 s to 30 s between tries.
const pageSize = '500'
const serverTimeoutS = { min: 300, spread: 300 }
const defaultBackoff = { initialMs: 800, maxMs: 30_000 }
// A watch that ends sooner than this without a word is a failure, else a broken proxy would be asked without pause.
const shortestWatchMs = 1_000

/** Runs until `signal` aborts. Never throws: whatever fails is reported and tried again. */
export async function keepWatching (options: WatchOptions): Promise<void> {
  const { kube, path, labelSelector, metadataOnly = false, changesOnly = false, random, signal, backoff = defaultBackoff, on } = options
  const accept = metadataOnly
    ? { list: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', watch: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }
    : { list: 'application/json', watch: 'application/json' }
  let failures = 0
  let version: string | undefined

  while (!signal.aborted) {
    const during = version === undefined ? 'list' : 'watch'
    try {
      if (version === undefined) version = await list()
      else await watch(version)
      failures = during === 'watch' ? 0 : failures
    } catch (thrown) {
      if (signal.aborted) return
      if (isGone(thrown)) version = undefined
      failures++
      on.failed?.(during, messageOf(thrown))
      const asked = thrown instanceof KubeError ? thrown.retryAfterMs ?? 0 : 0
      // The first 410 of a watch is everyday life: nothing to wait for.
      const waitMs = isGone(thrown) && failures === 1 ? 0 : backoffMs(Math.min(failures, 20), backoff, random())
      await sleep(Math.max(waitMs, Math.min(asked, backoff.maxMs)), undefined, { signal }).catch(() => {})
    }
  }

  async function list (): Promise<string> {
    const objects: KubeObject[] = []
    let page: string | undefined
    for (;;) {
      const query: Query = { labelSelector, limit: changesOnly ? '1' : pageSize, continue: page }
      const { metadata, items } = await kube.request('GET', path, { query, accept: accept.list, signal }) as List
      for (const item of changesOnly ? [] : items ?? []) objects.push(item)
      if (changesOnly || metadata.continue === undefined || metadata.continue === '') {
        on.listed(objects)
        return metadata.resourceVersion
      }
      page = metadata.continue
    }
  }

  async function watch (from: string): Promise<void> {
    const query: Query = {
      labelSelector,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: String(Math.round(serverTimeoutS.min + serverTimeoutS.spread * random()))
    }
    const startedMs = performance.now()
    let heard = 0
    for await (const line of lines(await kube.stream(path, { query, accept: accept.watch, signal }))) {
      const { type, object } = JSON.parse(line) as Line
      if (type === 'ERROR') throw new KubeError(object.code ?? 500, object.reason ?? '', object.message ?? 'the watch ended with an error')
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') on.changed(type, object)
      version = object.metadata.resourceVersion ?? version
      failures = 0
      heard++
    }
    if (heard === 0 && performance.now() - startedMs < shortestWatchMs) throw new Error('the watch ended at once, without a word')
  }
}
