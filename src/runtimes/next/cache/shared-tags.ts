// This worker's knowledge of tags, as new as the store's whenever it is asked.
import type { Store, Stored } from './store.ts'
import { TagTable, type Durations, type TagState } from './tag-table.ts'

export interface SharedTags {
  table: TagTable
  /** To be awaited before the table is looked at: what anyone has revalidated until now is in it then. */
  refresh: () => Promise<void>
  revalidate: (tags: readonly string[], durations: Durations | undefined) => Promise<void>
}

/** `told`: hears of each tag that was revalidated, by whomever. */
export function shareTags (store: Store, told: (tag: string, state: TagState) => void): SharedTags {
  const table = new TagTable()
  async function refresh (): Promise<void> {
    for (const [tag, state] of await store.changedTags()) {
      table.set(tag, state)
      told(tag, state)
    }
  }
  return {
    table,
    refresh,
    async revalidate (tags, durations) {
      await store.revalidate(tags, durations)
      await refresh()
    }
  }
}

/** What is kept, with the table as new as it; 'unknown' when the store cannot be asked: then everything is made anew, for nothing wrong is given. */
export async function look (store: Store, tags: SharedTags, key: string): Promise<Stored | undefined | 'unknown'> {
  try {
    const [stored] = await Promise.all([store.read(key), tags.refresh()])
    return stored
  } catch {
    return 'unknown'
  }
}
