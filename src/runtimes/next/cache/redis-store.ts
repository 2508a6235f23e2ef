// What Next has made, in Redis or Valkey for all pods. Which tags were revalidated is a stream: one command adds to it with the server's
// time and in one order for all, and everyone reads what is new of it together with each entry.
// Nobody knows what was revalidated while the server could not be reached, or what it has forgotten meanwhile: what was made before is
// made anew then, and what was not told is told.
import { deserialize, serialize } from 'node:v8'
import { messageOf } from '../../../base/error.ts'
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

/** How often a server that does not answer is asked again. */
const retryMs = 1_000

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
  /** Another one after each start of the server; undefined: it does not say. */
  #run: string | undefined
  #isLost = true
  #recovery: Promise<void> | undefined
  /** Until then nobody waits for a server that was not there just now. */
  #retryMs = 0
  /** What was made until then is not used: it may have been revalidated while the server was away. */
  #trustedMs = -Infinity
  /** By tag, what the server has not been told. */
  readonly #untold = new Map<string, Durations | undefined>()

  constructor ({ client, service, build }: RedisStoreOptions) {
    this.#client = client
    // Braces: in a cluster all of a service's keys are on one node.
    this.#prefix = `wattapp:next:{${service}}:${build}:`
    this.#stream = `wattapp:next:{${service}}:tags`
  }

  /** Resolves whether the server is there or not. */
  async open (): Promise<void> {
    await this.#meet().then(() => { this.#isLost = false }, () => {})
    this.#client.on('lost', () => { this.#isLost = true })
    // So that others hear soon of what they were not told.
    this.#client.on('ready', () => {
      this.#retryMs = 0
      this.#comeBack().catch(() => {})
    })
  }

  /** After the connection was lost, before anything else. @throws while the server is away */
  async #comeBack (): Promise<void> {
    if (!this.#isLost && this.#recovery === undefined) return
    if (this.#recovery === undefined && Date.now() < this.#retryMs) throw new Error('the server was not there just now')
    this.#recovery ??= this.#recover().finally(() => { this.#recovery = undefined })
    await this.#recovery
  }

  async #recover (): Promise<void> {
    this.#isLost = false
    try {
      const run = this.#run
      await this.#meet()
      if (run !== this.#run) {
        // It may be another one, with an older copy and another clock.
        this.#last = '-'
        for (const tag of this.#states.keys()) this.#untold.set(tag, undefined)
      }
      for (const [tag, durations] of this.#untold) {
        await this.#order([tag], durations)
        this.#untold.delete(tag)
      }
      this.#trustedMs = this.nowMs()
    } catch (thrown) {
      this.#isLost = true
      this.#retryMs = Date.now() + retryMs
      throw thrown
    }
  }

  /** Learns the server's time: what pods compare is theirs, and their clocks differ. And whether it is the one that it was. */
  async #meet (): Promise<void> {
    const beforeMs = Date.now()
    const [seconds, microseconds] = await this.#client.send('TIME') as [unknown, unknown]
    this.#aheadMs = Number(String(seconds)) * 1000 + Math.floor(Number(String(microseconds)) / 1000) - (beforeMs + Date.now()) / 2
    // Not everyone may ask for that.
    const told = await this.#client.send('INFO', 'server').catch(() => '')
    this.#run = /run_id:(\w+)/.exec(String(told))?.[1]
  }

  /** Rounded down, so that what is doubtful is made again. */
  nowMs (): number {
    return Math.floor(Date.now() + this.#aheadMs)
  }

  /** @throws when there is an entry, and nobody knows whether it still holds */
  async read (key: string): Promise<Stored | undefined> {
    await this.#comeBack()
    const bytes = await this.#send('GET', this.#prefix + key)
    if (!(bytes instanceof Uint8Array)) return undefined
    const stored = storedIn(bytes)
    if (stored !== undefined && stored.beganMs <= this.#trustedMs) throw new Error(`${key} was made before the connection was lost`)
    return stored
  }

  async write (key: string, stored: Stored, forMs: number | undefined): Promise<void> {
    await this.#comeBack()
    await this.#send('SET', this.#prefix + key, serialize(stored), 'PX', String(Math.ceil(Math.min(forMs ?? longestMs, longestMs))))
  }

  /** While the server is away it is kept, and told as soon as it is back: whatever the caller has changed is changed already. */
  async revalidate (tags: readonly string[], durations: Durations | undefined): Promise<void> {
    try {
      await this.#comeBack()
      await this.#order(tags, durations)
    } catch (thrown) {
      this.#isLost = true
      // What expires at once says more than what may be used once more.
      for (const tag of tags) if (!this.#untold.has(tag) || durations === undefined) this.#untold.set(tag, durations)
      console.error(`NEXT_CACHE_URL: ${messageOf(thrown)}; the server will be told what was revalidated: ${tags.join(', ')}`)
    }
  }

  async #order (tags: readonly string[], durations: Durations | undefined): Promise<void> {
    const order = JSON.stringify({ tags, ...(durations !== undefined && { durations }) })
    await this.#send('XADD', this.#stream, 'MINID', '~', String(this.nowMs() - longestMs), '*', 'order', order)
  }

  /** What fails but for an answer of the server leaves open what it has done. */
  async #send (...command: ReadonlyArray<string | Buffer>): Promise<unknown> {
    try {
      return await this.#client.send(...command)
    } catch (thrown) {
      if (!/Reply|SimpleError|BlobError/.test(thrown instanceof Error ? `${thrown.name} ${thrown.constructor.name}` : '')) this.#isLost = true
      throw thrown
    }
  }

  async changedTags (): Promise<ReadonlyArray<readonly [string, TagState]>> {
    await this.#comeBack()
    const changed = new Map<string, TagState>()
    for (;;) {
      const rows = await this.#send('XRANGE', this.#stream, this.#last, '+', 'COUNT', String(batch)) as Array<[unknown, [unknown, unknown]]>
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

function storedIn (bytes: Uint8Array): Stored | undefined {
  try {
    return deserialize(bytes) as Stored
  } catch {
    // Of another version of Node.js.
    return undefined
  }
}
