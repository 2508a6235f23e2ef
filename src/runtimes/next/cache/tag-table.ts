// What is known of tags that were revalidated: whether a value made at some time may still be used. Pure.
// Times are milliseconds since the epoch, of the store's clock.

export interface TagState {
  /** What was made before is used once more, and made anew meanwhile. */
  stale?: number
  /** From then on what was made before is not used any more; it may lie in the future. */
  expired?: number
}

/** https://nextjs.org/docs/app/api-reference/functions/revalidateTag: a profile's own time, in seconds; absent: at once. */
export interface Durations { expire?: number | undefined }

export function revalidated (state: TagState | undefined, durations: Durations | undefined, nowMs: number): TagState {
  if (durations === undefined) return { ...state, expired: nowMs }
  return { ...state, stale: nowMs, ...(durations.expire !== undefined && { expired: nowMs + durations.expire * 1000 }) }
}

export class TagTable {
  readonly #states = new Map<string, TagState>()

  set (tag: string, state: TagState): void {
    this.#states.set(tag, state)
  }

  get (tag: string): TagState | undefined {
    return this.#states.get(tag)
  }

  /**
   * `sinceMs`: when the making began, so that what was read before a revalidation and stored after it is not taken for new. Of one
   * and the same millisecond nobody knows which came first: the value is made again.
   */
  isExpired (tags: readonly string[], sinceMs: number, nowMs: number): boolean {
    return this.expiredMs(tags, nowMs) >= sinceMs
  }

  isStale (tags: readonly string[], sinceMs: number): boolean {
    return tags.some((tag) => (this.#states.get(tag)?.stale ?? -Infinity) >= sinceMs)
  }

  /** The last time at which one of them expired; -Infinity: never. */
  expiredMs (tags: readonly string[], nowMs: number): number {
    return Math.max(-Infinity, ...tags.map((tag) => this.#states.get(tag)?.expired ?? -Infinity).filter((ms) => ms <= nowMs))
  }
}
