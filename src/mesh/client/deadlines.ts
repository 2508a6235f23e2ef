// Requests that wait for an answer's head: one coarse timer for all, since most are over long before the first look.
// A list of its own links and a clock of looks: a Map and the time of day cost a short request more than all else here.

/** A request that can wait. Its links are Deadlines' own. */
export interface Awaited {
  controller: { abort: (reason?: unknown) => void }
  earlier: Awaited | undefined
  later: Awaited | undefined
  /** Looks that there had been when it began to wait. */
  sinceLook: number
}

/** undici's own headersTimeout. */
export const headersTimeoutMs = 300_000
export const notWaiting = -1

export class Deadlines {
  readonly #lookMs: number
  /** A request may wait for so many looks: what it waited before the first of them comes on top. */
  readonly #looksAllowed: number
  #looks = 0
  #oldest: Awaited | undefined
  #youngest: Awaited | undefined
  #timer: NodeJS.Timeout | undefined

  constructor (timeoutMs: number) {
    this.#lookMs = Math.min(1000, timeoutMs)
    this.#looksAllowed = Math.ceil(timeoutMs / this.#lookMs)
  }

  add (request: Awaited): void {
    request.sinceLook = this.#looks
    request.earlier = this.#youngest
    if (this.#youngest === undefined) this.#oldest = request
    else this.#youngest.later = request
    this.#youngest = request
    this.#timer ??= setInterval(() => this.#look(), this.#lookMs).unref()
  }

  remove (request: Awaited): void {
    if (request.sinceLook === notWaiting) return
    request.sinceLook = notWaiting
    const { earlier, later } = request
    if (earlier === undefined) this.#oldest = later
    else earlier.later = later
    if (later === undefined) this.#youngest = earlier
    else later.earlier = earlier
    request.earlier = undefined
    request.later = undefined
  }

  close (): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look (): void {
    const last = ++this.#looks - this.#looksAllowed
    for (let request = this.#oldest; request !== undefined && request.sinceLook < last; request = this.#oldest) {
      this.remove(request)
      request.controller.abort(Object.assign(new Error('Headers Timeout Error'), { name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' }))
    }
    if (this.#oldest === undefined) this.close()
  }
}
