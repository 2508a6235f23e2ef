// Next's cache of functions and components that say 'use cache', shared:
// https://nextjs.org/docs/app/api-reference/config/next-config-js/cacheHandlers
import { look, type SharedTags } from './shared-tags.ts'
import type { Store } from './store.ts'
import type { Durations } from './tag-table.ts'

/** Times as Next has them: `timestamp` in milliseconds, when the making began; the others in seconds. */
interface FunctionEntry { value: ReadableStream<Uint8Array>, tags: string[], stale: number, timestamp: number, expire: number, revalidate: number }

type Kept = Omit<FunctionEntry, 'value'> & { bytes: Uint8Array }

export interface FunctionHandler {
  get: (key: string, softTags: readonly string[]) => Promise<FunctionEntry | undefined>
  set: (key: string, pending: Promise<FunctionEntry>) => Promise<void>
  refreshTags: () => Promise<void>
  getExpiration: (...tags: ReadonlyArray<string | readonly string[]>) => Promise<number>
  updateTags: (tags: readonly string[], durations?: Durations) => Promise<void>
  /** What Next 15 has for `updateTags`. */
  expireTags: (...tags: readonly string[]) => Promise<void>
}

export function functionHandler (store: Store, tags: SharedTags): FunctionHandler {
  const pendingSets = new Map<string, Promise<void>>()

  async function keep (key: string, pending: Promise<FunctionEntry>): Promise<void> {
    const { value, ...entry } = await pending
    // Next makes such a value anew each time.
    if (entry.expire === 0) return
    const bytes = new Uint8Array(await new Response(value).arrayBuffer())
    const kept: Kept = { ...entry, bytes }
    await store.write(`function:${key}`, { beganMs: entry.timestamp, keptMs: Date.now(), value: kept }, entry.expire * 1000)
  }

  return {
    async get (key, softTags) {
      await pendingSets.get(key)
      const stored = await look(store, tags, `function:${key}`)
      if (stored === undefined || stored === 'unknown') return undefined
      const { bytes, ...entry } = stored.value as Kept
      if (tags.table.isExpired([...entry.tags, ...softTags], stored.beganMs, store.nowMs())) return undefined
      // -1: to be given once more, and made anew meanwhile.
      const revalidate = tags.table.isStale(entry.tags, stored.beganMs) ? -1 : entry.revalidate
      return { ...entry, revalidate, value: streamOf(bytes) }
    },
    async set (key, pending) {
      const done = keep(key, pending).catch((thrown: unknown) => console.error(thrown)).finally(() => pendingSets.delete(key))
      pendingSets.set(key, done)
      await done
    },
    // Should it fail, `get` finds nothing.
    refreshTags: () => tags.refresh().catch(() => {}),
    async getExpiration (...asked) {
      return Math.max(0, tags.table.expiredMs(asked.flat(), store.nowMs()))
    },
    updateTags: (updated, durations) => tags.revalidate(updated, durations),
    expireTags: (...updated) => tags.revalidate(updated, undefined)
  }
}

function streamOf (bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start (controller) {
      controller.enqueue(bytes)
      controller.close()
    }
  })
}
