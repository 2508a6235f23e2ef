// What Next has made, in one SQLite file for all workers of a service in the pod, be they threads or processes. Reads are mostly from
// this worker's memory, as long as SQLite says that nobody else has written.
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { Store, Stored } from './store.ts'
import { revalidated, type Durations, type TagState } from './tag-table.ts'

export interface SqliteStoreOptions {
  file: string
  /** What the file may hold; the oldest entries go first. */
  limitBytes: number
  /** What this worker keeps in its own memory. */
  memoryBytes: number
  nowMs: () => number
}

/** As long as another worker may take to write. */
const busyMs = 5_000

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, beganMs REAL NOT NULL, keptMs REAL NOT NULL, untilMs REAL, version INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entriesByVersion ON entries (version);
  CREATE TABLE IF NOT EXISTS tags (tag TEXT PRIMARY KEY, stale REAL, expired REAL, version INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tagsByVersion ON tags (version);
`

interface EntryRow { value: Uint8Array, beganMs: number, keptMs: number, untilMs: number | null, version: number }
interface TagRow { tag: string, stale: number | null, expired: number | null, version: number }
interface Remembered { stored: Stored, untilMs: number, bytes: number, version: number, /** The file's state when it was last compared. */ seen: number }

export class SqliteStore implements Store {
  readonly nowMs: () => number
  readonly #options: SqliteStoreOptions
  readonly #database: DatabaseSync
  readonly #statements: Readonly<Record<'state' | 'entry' | 'version' | 'write' | 'pages' | 'oldest' | 'evict' | 'tag' | 'setTag' | 'tagsSince', StatementSync>>
  readonly #remembered = new Map<string, Remembered>()
  #rememberedBytes = 0
  #tagsSeen: number | undefined
  #tagsVersion = 0

  constructor (options: SqliteStoreOptions) {
    this.#options = options
    this.nowMs = options.nowMs
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 })
    const database = this.#database = new DatabaseSync(options.file, { timeout: busyMs })
    chmodSync(options.file, 0o600)
    database.exec(schema)
    this.#statements = {
      state: database.prepare('PRAGMA data_version'),
      entry: database.prepare('SELECT value, beganMs, keptMs, untilMs, version FROM entries WHERE key = ?'),
      version: database.prepare('SELECT version FROM entries WHERE key = ?'),
      write: database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM entries)) RETURNING version'),
      pages: database.prepare('SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size'),
      oldest: database.prepare('SELECT version FROM entries ORDER BY version LIMIT 1 OFFSET (SELECT count(*) / 10 FROM entries)'),
      evict: database.prepare('DELETE FROM entries WHERE version <= ? OR untilMs < ?'),
      tag: database.prepare('SELECT stale, expired FROM tags WHERE tag = ?'),
      setTag: database.prepare('INSERT OR REPLACE INTO tags VALUES (?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM tags))'),
      tagsSince: database.prepare('SELECT tag, stale, expired, version FROM tags WHERE version > ? ORDER BY version')
    }
  }

  async read (key: string): Promise<Stored | undefined> {
    const seen = this.#state()
    const known = this.#remembered.get(key)
    if (known !== undefined && (known.seen === seen || this.#versionOf(key) === known.version)) {
      known.seen = seen
      // The last in the map is the last used.
      this.#remembered.delete(key)
      this.#remembered.set(key, known)
      return known.untilMs < this.nowMs() ? undefined : known.stored
    }
    this.#forget(key)
    const row = this.#statements.entry.get(key) as unknown as EntryRow | undefined
    if (row === undefined || (row.untilMs ?? Infinity) < this.nowMs()) return undefined
    const { beganMs, keptMs, value, version } = row
    const stored = { beganMs, keptMs, value: deserialize(value) as unknown }
    this.#remember(key, { stored, untilMs: row.untilMs ?? Infinity, bytes: value.byteLength + key.length, version, seen })
    return stored
  }

  async write (key: string, stored: Stored, forMs: number | undefined): Promise<void> {
    const bytes = serialize(stored.value)
    const untilMs = forMs === undefined ? undefined : this.nowMs() + forMs
    const { version } = this.#statements.write.get(key, bytes, stored.beganMs, stored.keptMs, untilMs ?? null) as unknown as { version: number }
    this.#forget(key)
    this.#remember(key, { stored, untilMs: untilMs ?? Infinity, bytes: bytes.byteLength + key.length, version, seen: this.#state() })
    const { bytes: used } = this.#statements.pages.get() as unknown as { bytes: number }
    if (used <= this.#options.limitBytes) return
    const oldest = this.#statements.oldest.get() as unknown as { version: number } | undefined
    if (oldest !== undefined) this.#statements.evict.run(oldest.version, this.nowMs())
  }

  async revalidate (tags: readonly string[], durations: Durations | undefined): Promise<void> {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const tag of tags) {
        const { stale, expired } = revalidated(stateOf(this.#statements.tag.get(tag) as unknown as TagRow | undefined), durations, this.nowMs())
        this.#statements.setTag.run(tag, stale ?? null, expired ?? null)
      }
      this.#database.exec('COMMIT')
    } catch (thrown) {
      this.#database.exec('ROLLBACK')
      throw thrown
    }
    // SQLite tells only of what others have written.
    this.#tagsSeen = undefined
  }

  async changedTags (): Promise<ReadonlyArray<readonly [string, TagState]>> {
    const seen = this.#state()
    if (seen === this.#tagsSeen) return []
    this.#tagsSeen = seen
    const rows = this.#statements.tagsSince.all(this.#tagsVersion) as unknown as TagRow[]
    this.#tagsVersion = rows.at(-1)?.version ?? this.#tagsVersion
    return rows.map((row) => [row.tag, stateOf(row) ?? {}] as const)
  }

  close (): void {
    if (this.#database.isOpen) this.#database.close()
  }

  /** Another number when anyone else has written since: https://sqlite.org/pragma.html#pragma_data_version */
  #state (): number {
    return (this.#statements.state.get() as unknown as { data_version: number }).data_version
  }

  #versionOf (key: string): number | undefined {
    return (this.#statements.version.get(key) as unknown as { version: number } | undefined)?.version
  }

  #remember (key: string, entry: Remembered): void {
    if (entry.bytes > this.#options.memoryBytes / 4) return
    this.#remembered.set(key, entry)
    this.#rememberedBytes += entry.bytes
    for (const oldest of this.#remembered.keys()) {
      if (this.#rememberedBytes <= this.#options.memoryBytes) return
      this.#forget(oldest)
    }
  }

  #forget (key: string): void {
    this.#rememberedBytes -= this.#remembered.get(key)?.bytes ?? 0
    this.#remembered.delete(key)
  }
}

function stateOf (row: Pick<TagRow, 'stale' | 'expired'> | undefined): TagState | undefined {
  if (row === undefined) return undefined
  return { ...(row.stale !== null && { stale: row.stale }), ...(row.expired !== null && { expired: row.expired }) }
}
