// Requests that wait for an answer's head: one coarse timer for all, since most are over long before the first look.

export interface Awaited { failed: (error: Error) => void, controller: { abort: (reason?: unknown) => void } }

/** undici's own headersTimeout. */
export const headersTimeoutMs = 300_000

export class Deadlines {
  readonly #timeoutMs: number
  /** Since when, oldest first. */
  readonly #waiting = new Map<Awaited, number>()
  #timer: NodeJS.Timeout | undefined

  constructor (timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  add (request: Awaited): void {
    this.#waiting.set(request, performance.now())
    this.#timer ??= setInterval(() => this.#look(), Math.min(1000, this.#timeoutMs)).unref()
  }

  remove (request: Awaited): void {
    this.#waiting.delete(request)
  }

  close (): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look (): void {
    const oldestMs = performance.now() - this.#timeoutMs
    for (const [request, sinceMs] of this.#waiting) {
      if (sinceMs > oldestMs) break
      this.#waiting.delete(request)
      request.controller.abort(Object.assign(new Error('Headers Timeout Error'), { name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' }))
    }
    if (this.#waiting.size === 0) this.close()
  }
}
