// Where what Next has made is kept, for all workers of a service: a file for those of one pod (sqlite-store.ts), or a server for
// those of all pods (redis-store.ts).
import type { Durations, TagState } from './tag-table.ts'

export interface Stored {
  /** When the making began, by the store's clock. */
  beganMs: number
  /** When it was kept, by this machine's clock: Next counts `revalidate` from then. */
  keptMs: number
  value: unknown
}

export interface Store {
  /** Milliseconds since the epoch, by the one clock that all who share the store go by. */
  nowMs: () => number
  read: (key: string) => Promise<Stored | undefined>
  /** `forMs`: after that nobody wants it any more. */
  write: (key: string, stored: Stored, forMs: number | undefined) => Promise<void>
  /** Resolves when everyone else's next `changedTags` will tell of it. */
  revalidate: (tags: readonly string[], durations: Durations | undefined) => Promise<void>
  /** Those that anyone has revalidated since the last call, each with its state. */
  changedTags: () => Promise<ReadonlyArray<readonly [string, TagState]>>
  close: () => void
}
