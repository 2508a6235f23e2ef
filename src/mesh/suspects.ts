// Requests that were begun in a worker which ended: any of them may be what ended it. They are sent again one at a time, so that
// the one that ends the next worker too is lost alone, and the others are answered.
import { type Call } from './call.ts'

/** Those that take long must not keep the others waiting: a lone one this long, many all together a few seconds. */
const longestMs = 100
const allTogetherMs = 1_000

interface Line { sent: Call | undefined, timer: NodeJS.Timeout | undefined, waiting: Call[], isSending: boolean }

export class Suspects {
  readonly #send: (call: Call) => void
  readonly #lines = new Map<string, Line>()

  constructor (send: (call: Call) => void) {
    this.#send = send
  }

  add (call: Call): void {
    const line = this.#lines.get(call.service) ?? { sent: undefined, timer: undefined, waiting: [], isSending: false }
    this.#lines.set(call.service, line)
    // One that was sent while no worker was there comes again when there is one.
    if (line.sent === call) return this.#send(call)
    line.waiting.push(call)
    this.#sendNext(call.service, line)
  }

  /** It was answered, lost for good, or given up by whoever made it. */
  over (call: Call): void {
    const line = this.#lines.get(call.service)
    if (line === undefined) return
    if (line.sent === call) return this.#past(call.service, line)
    const at = line.waiting.indexOf(call)
    if (at !== -1) line.waiting.splice(at, 1)
  }

  /** Whoever waits is sent, to fail: there is no mesh any more. */
  close (): void {
    for (const { timer, waiting } of this.#lines.values()) {
      clearTimeout(timer)
      waiting.splice(0).forEach(this.#send)
    }
    this.#lines.clear()
  }

  /** The one that was sent is answered, or takes long. */
  #past (service: string, line: Line): void {
    clearTimeout(line.timer)
    line.sent = undefined
    this.#sendNext(service, line)
  }

  #sendNext (service: string, line: Line): void {
    // One that fails at once is over inside of `send`: thousands of them must not nest.
    if (line.isSending) return
    line.isSending = true
    for (let call = line.waiting[0]; line.sent === undefined && call !== undefined; call = line.waiting[0]) {
      line.waiting.shift()
      line.sent = call
      line.timer = setTimeout(() => this.#past(service, line), Math.min(longestMs, allTogetherMs / (line.waiting.length + 1)))
      this.#send(call)
    }
    line.isSending = false
    if (line.sent === undefined) this.#lines.delete(service)
  }
}
