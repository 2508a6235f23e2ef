// The work queue's rules, with time as an argument: each key once, one worker a key, waits that double, edits before
// resyncs. (client-go's workqueue and controller-runtime's priority queue.)

/** `background`: what was there at the start. A live edit does not wait behind ten thousand of them. */
export type Priority = 'edit' | 'background'

export interface RetryPolicy { initialMs: number, maxMs: number }

// client-go's ItemExponentialFailureRateLimiter: 5 ms to 1000 s.
export const defaultRetry: RetryPolicy = { initialMs: 5, maxMs: 1_000_000 }

interface Wait { key: string, dueMs: number }

export class QueueState {
  readonly #retry: RetryPolicy
  /** Keys to be worked on, in order of arrival, with the time of it. */
  readonly #ready: Record<Priority, Map<string, number>> = { edit: new Map(), background: new Map() }
  /** Keys in work, since when. */
  readonly #active = new Map<string, number>()
  /** Added while in work: once more after it, however often. */
  readonly #again = new Map<string, Priority>()
  /** One wait a key; the heap may hold outdated ones, which are skipped. */
  readonly #dueMs = new Map<string, number>()
  readonly #heap: Wait[] = []
  readonly #failures = new Map<string, number>()

  constructor (retry: RetryPolicy = defaultRetry) {
    this.#retry = retry
  }

  get depth (): number { return this.#ready.edit.size + this.#ready.background.size }
  get active (): ReadonlyMap<string, number> { return this.#active }

  add (key: string, nowMs: number, priority: Priority = 'edit'): void {
    if (this.#active.has(key)) {
      if (this.#again.get(key) !== 'edit') this.#again.set(key, priority)
      return
    }
    const waitingSince = this.#ready.background.get(key)
    if (this.#ready.edit.has(key) || (waitingSince !== undefined && priority === 'background')) return
    this.#ready.background.delete(key)
    this.#ready[priority].set(key, waitingSince ?? nowMs)
  }

  /** The next key to work on and how long it waited; its pending delay is void, since the work decides anew. */
  take (nowMs: number): { key: string, waitedMs: number } | undefined {
    this.#wake(nowMs)
    for (const ready of [this.#ready.edit, this.#ready.background]) {
      const first = ready.entries().next().value
      if (first === undefined) continue
      const [key, sinceMs] = first
      ready.delete(key)
      this.#dueMs.delete(key)
      this.#active.set(key, nowMs)
      return { key, waitedMs: nowMs - sinceMs }
    }
    return undefined
  }

  /** The work on `key` is done: look again after `afterMs`, or not until something happens. */
  succeed (key: string, nowMs: number, afterMs?: number): void {
    this.#failures.delete(key)
    this.#finish(key, nowMs, afterMs)
  }

  /** The work failed: again after a delay that doubles. Returns that delay. `atLeastMs`: the server asked for it. */
  fail (key: string, nowMs: number, atLeastMs = 0): number {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    const delayMs = Math.max(atLeastMs, Math.min(this.#retry.maxMs, this.#retry.initialMs * 2 ** (failures - 1)))
    this.#finish(key, nowMs, delayMs)
    return delayMs
  }

  /** When the next wait ends; undefined when nothing waits. */
  get nextDueMs (): number | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#dueMs.get(first.key) === first.dueMs) return first.dueMs
      this.#pop()
    }
    return undefined
  }

  #finish (key: string, nowMs: number, afterMs: number | undefined): void {
    this.#active.delete(key)
    const again = this.#again.get(key)
    this.#again.delete(key)
    if (afterMs !== undefined) this.#wait({ key, dueMs: nowMs + afterMs })
    if (again !== undefined) this.add(key, nowMs, again)
  }

  #wake (nowMs: number): void {
    for (let dueMs = this.nextDueMs; dueMs !== undefined && dueMs <= nowMs; dueMs = this.nextDueMs) {
      const key = this.#heap[0]?.key ?? ''
      this.#pop()
      this.#dueMs.delete(key)
      this.add(key, nowMs)
    }
  }

  #wait (wait: Wait): void {
    this.#dueMs.set(wait.key, wait.dueMs)
    const heap = this.#heap
    let at = heap.push(wait) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (before(heap[above], wait)) break
      this.#swap(at, above)
      at = above
    }
  }

  #pop (): void {
    const heap = this.#heap
    this.#swap(0, heap.length - 1)
    heap.pop()
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const least = before(heap[right], heap[left]) ? right : left
      if (!before(heap[least], heap[at])) return
      this.#swap(at, least)
      at = least
    }
  }

  #swap (a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]]
    if (x === undefined || y === undefined) return
    this.#heap[a] = y
    this.#heap[b] = x
  }
}

function before (a: Wait | undefined, b: Wait | undefined): boolean {
  return a !== undefined && (b === undefined || a.dueMs <= b.dueMs)
}
