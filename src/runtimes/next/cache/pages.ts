// Next's cache of pages, route handlers, fetches and `unstable_cache`, shared: https://nextjs.org/docs/app/api-reference/config/next-config-js/incrementalCacheHandlerPath
// Next makes one such handler for each request.
import { look, type SharedTags } from './shared-tags.ts'
import type { Store } from './store.ts'
import type { Durations } from './tag-table.ts'

/** What Next's own handler gives: `value` is one of several kinds, and is only handed on. */
export interface Entry { lastModified?: number, value: Value | null, cacheControl?: CacheControl | undefined }
interface Value { kind: string, headers?: Readonly<Record<string, unknown>>, tags?: readonly string[], revalidate?: number | false }
interface CacheControl { revalidate?: number | false, expire?: number | undefined }
interface ReadContext { kind?: string, tags?: readonly string[], softTags?: readonly string[] }
interface WriteContext { fetchCache?: boolean, tags?: readonly string[], cacheControl?: CacheControl }

export interface PageHandler {
  get: (key: string, context: ReadContext) => Promise<Entry | null>
  set: (key: string, value: Value | null, context: WriteContext) => Promise<void>
  revalidateTag: (tags: string | readonly string[], durations?: Durations) => Promise<void>
  resetRequestCache: () => void
}

/** Next's own: it reads what the build has left on disk. */
export type PageHandlerClass = new (context: object) => Pick<PageHandler, 'get'>

interface Kept { value: Value | null, tags: readonly string[], cacheControl: CacheControl | undefined }

/** Of pages of the App Router; Next's NEXT_CACHE_TAGS_HEADER. */
const tagsHeader = 'x-next-cache-tags'

/** https://nextjs.org/docs/app/api-reference/config/next-config-js/expireTime: a year, unless said otherwise. */
const defaultForMs = 365 * 24 * 60 * 60 * 1000

export function pageHandlerClass (store: Store, tags: SharedTags, BuiltPages: PageHandlerClass): new (context: object) => PageHandler {
  return class implements PageHandler {
    readonly #built: Pick<PageHandler, 'get'>
    /** When the request came: whatever is made for it is at least as old. */
    readonly #beganMs = store.nowMs()

    constructor (context: object) {
      this.#built = new BuiltPages({ ...context, flushToDisk: false })
    }

    async get (key: string, context: ReadContext): Promise<Entry | null> {
      const found = await look(store, tags, keyOf(key, context.kind === 'FETCH'))
      if (found === 'unknown') return null
      if (found === undefined) return await this.#built.get(key, context)
      const { value, tags: own, cacheControl } = found.value as Kept
      const asked = [...own, ...(context.tags ?? []), ...(context.softTags ?? [])]
      if (tags.table.isExpired(asked, found.beganMs, store.nowMs())) return null
      const lastModified = tags.table.isStale(asked, found.beganMs) ? Math.min(found.keptMs, found.beganMs) : found.keptMs
      return { lastModified, value, ...(cacheControl !== undefined && { cacheControl }) }
    }

    async set (key: string, value: Value | null, context: WriteContext): Promise<void> {
      const own = context.fetchCache === true ? context.tags ?? value?.tags ?? [] : tagsOf(value)
      const kept: Kept = { value, tags: own, cacheControl: context.fetchCache === true ? undefined : context.cacheControl }
      const forSeconds = context.cacheControl?.expire
      await store.write(keyOf(key, context.fetchCache === true), { beganMs: this.#beganMs, keptMs: Date.now(), value: kept }, forSeconds === undefined ? defaultForMs : forSeconds * 1000)
    }

    async revalidateTag (revalidated: string | readonly string[], durations?: Durations): Promise<void> {
      await tags.revalidate(typeof revalidated === 'string' ? [revalidated] : revalidated, durations)
    }

    resetRequestCache (): void {}
  }
}

function keyOf (key: string, isFetch: boolean): string {
  return `${isFetch ? 'fetch' : 'page'}:${key}`
}

function tagsOf (value: Value | null): string[] {
  const header = value?.headers?.[tagsHeader]
  return typeof header === 'string' ? header.split(',') : []
}
