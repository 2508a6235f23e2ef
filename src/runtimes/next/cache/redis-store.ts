// What Next has made, in Redis or Valkey for all pods. Which tags were revalidated is a stream: one command adds to it with the server's
// time and in one order for all, and everyone reads what is new of it together with each entry.
import { deserialize, serialize } from 'node:v8'
import type { RedisClient } from './redis-client.ts'
import type { Store, Stored } from './store.ts'
import { revalidated, type Durations, type TagState } from './tag-table.ts'

export interface RedisStoreOptions {
  client: RedisClient
  /** Of the service: a revalidation is for whatever build of it runs. */
  service: string
  /** Pages name the scripts of their own build. */
  build: string
}

/** Entries are kept no longer than it is known which of their tags were revalidated. */
const longestMs = 30 * 24 * 60 * 60 * 1000

/** Of the stream, at a time. */
const batch = 1_000

export class RedisStore implements Store {
  readonly #client: RedisClient
  readonly #prefix: string
  readonly #stream: string
  readonly #states = new Map<string, TagState>()
  #last = '-'
  /** Of the server's clock from this machine's. */
  #aheadMs = 0

  constructor ({ client, service, build }: RedisStoreOptions) {
    this.#client = client
    // Braces: in a cluster all of a service's keys are on one node.
    this.#prefix = `wattapp:next:{${service}}:${build}:`
    this.#stream = `wattapp:next:{${service}}:tags`
  }

  /** Learns the server's time: what pods compare is theirs, and their clocks differ. */
  async synchronise (): Promise<void> {
    const beforeMs = Date.now()
    const [seconds, microseconds] = await this.#client.send('TIME') as [unknown, unknown]
    this.#aheadMs = Number(String(seconds)) * 1000 + Math.floor(Number(String(microseconds)) / 1000) - (beforeMs + Date.now()) / 2
  }

  /** Rounded down, so that what is doubtful is made again. */
  nowMs (): number {
    return Math.floor(Date.now() + this.#aheadMs)
  }

  async read (key: string): Promise<Stored | undefined> {
    const bytes = await this.#client.send('GET', this.#prefix + key)
    if (!(bytes instanceof Uint8Array)) return undefined
    try {
      return deserialize(bytes) as Stored
    } catch {
      // Of another version of Node.js.
      return undefined
    }
  }

  async write (key: string, stored: Stored, forMs: number | undefined): Promise<void> {
    await this.#client.send('SET', this.#prefix + key, serialize(stored), 'PX', String(Math.ceil(Math.min(forMs ?? longestMs, longestMs))))
  }

  async revalidate (tags: readonly string[], durations: Durations | undefined): Promise<void> {
    const order = JSON.stringify({ tags, ...(durations !== undefined && { durations }) })
    await this.#client.send('XADD', this.#stream, 'MINID', '~', String(this.nowMs() - longestMs), '*', 'order', order)
  }

  async changedTags (): Promise<ReadonlyArray<readonly [string, TagState]>> {
    const changed = new Map<string, TagState>()
    for (;;) {
      const rows = await this.#client.send('XRANGE', this.#stream, this.#last, '+', 'COUNT', String(batch)) as Array<[unknown, [unknown, unknown]]>
      for (const [id, [, order]] of rows) {
        const text = String(id)
        this.#last = `(${text}`
        const { tags, durations } = JSON.parse(String(order)) as { tags: string[], durations?: Durations }
        for (const tag of tags) {
          const state = revalidated(this.#states.get(tag), durations, Number(text.split('-', 1)[0]))
          this.#states.set(tag, state)
          changed.set(tag, state)
        }
      }
      if (rows.length < batch) return [...changed]
    }
  }

  close (): void {
    this.#client.close()
  }
}
