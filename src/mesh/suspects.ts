// Requests that were begun in a worker which ended: any of them may be what ended it. They are sent again one at a time, so that
// the one that ends the next worker too is lost alone, and the others are answered.
import { type Call } from './call.ts'

/** Those that take long must not keep the others waiting: a lone one this long, many all together a few seconds. */
const longestMs = 100
const allTogetherMs = 1_000

interface Line {
  /** Answered, or long enough on its way, before the next one goes. */
  sent: Call | undefined
  waiting: Call[]
  timer: NodeJS.Timeout | undefined
  isDeferred: boolean
  isSending: boolean
}

export class Suspects {
  readonly #send: (call: Call) => void
  readonly #lines = new Map<string, Line>()

  constructor (send: (call: Call) => void) {
    this.#send = send
  }

  add (call: Call): void {
    const line = this.#line(call.service)
    if (line.sent === call) {
      // It was sent while no worker was there, and comes again now that there is one.
      if (!line.isDeferred) return this.#send(call)
      line.sent = undefined
      line.waiting.unshift(call)
    } else line.waiting.push(call)
    this.#sendNext(call.service, line)
  }

  /** None is sent for a moment: others were, and are to be answered before. */
  defer (service: string): void {
    const line = this.#line(service)
    line.isDeferred = true
    clearTimeout(line.timer)
    line.timer = setTimeout(() => this.#past(service, line), longestMs)
  }

  /** It was answered, lost for good, or given up by whoever made it. */
  over (call: Call): void {
    const line = this.#lines.get(call.service)
    if (line === undefined) return
    if (line.sent === call && !line.isDeferred) return this.#past(call.service, line)
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

  #line (service: string): Line {
    const line = this.#lines.get(service) ?? { sent: undefined, timer: undefined, waiting: [], isDeferred: false, isSending: false }
    this.#lines.set(service, line)
    return line
  }

  #past (service: string, line: Line): void {
    clearTimeout(line.timer)
    line.isDeferred = false
    line.sent = undefined
    this.#sendNext(service, line)
  }

  #sendNext (service: string, line: Line): void {
    // One that fails at once is over inside of `send`: thousands of them must not nest.
    if (line.isSending || line.isDeferred) return
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
