// In development only: what a browser is shown when a service cannot answer, and whether it should look again. Never loaded in production.
import { http } from '../base/http.ts'
import type { WattError } from '../base/error.ts'
import { answerOf, type OwnAnswer } from './answer.ts'
import type { Arrival } from './arrival.ts'
import { errorPage, statePath } from './error-page.ts'
import type { DevelopmentState } from './thread.ts'

/** A worker's end is seen by its callers first; why it ended is known to the main thread, which says so within a few turns. */
const wordMs = 100

export interface Development {
  /** From now on. */
  set: (states: readonly DevelopmentState[]) => void
  /** What is asked of the gateway itself; undefined: it is for a service. */
  answerTo: (arrival: Arrival) => OwnAnswer | undefined
  /** Calls `answer` once, in a later turn. */
  explain: (arrival: Arrival, error: WattError, answer: (answer: OwnAnswer) => void) => void
}

export function createDevelopment (first: readonly DevelopmentState[]): Development {
  let states = new Map<string, DevelopmentState>()
  set(first)

  function set (next: readonly DevelopmentState[]): void {
    states = new Map(next.map((state) => [state.service, state]))
  }

  return {
    set,

    answerTo ({ path, head: { method, path: target } }) {
      if (path !== statePath || (method !== 'GET' && method !== 'HEAD')) return undefined
      const service = new URLSearchParams(target.slice(target.indexOf('?') + 1)).get('service') ?? ''
      const { revision = 0 } = states.get(service) ?? {}
      return own(200, 'application/json', `${JSON.stringify({ service, revision })}\n`)
    },

    explain ({ head, route }, error, answer) {
      // A worker that was lost may have ended just now, for another reason than the one before.
      setTimeout(() => {
        // It may itself have failed for a service that it called: that has told its own callers.
        const service = route?.service ?? ''
        const { trouble, revision = 0 } = states.get(service) ?? {}
        if (wantsPage(head.headers)) return answer(own(error.status, 'text/html', errorPage({ service, error, trouble, revision })))
        if (trouble === undefined) return answer(answerOf(error))
        const { status, code, message, hint } = error
        const body = { statusCode: status, code, error: http.STATUS_CODES[status] ?? 'Error', message: `${message}: ${trouble.message}`, hint: trouble.hint === '' ? hint : trouble.hint, development: trouble }
        answer(own(status, 'application/json', `${JSON.stringify(body)}\n`))
      }, error.code === 'WATT_SERVICE_CRASH_LOOP' ? 0 : wordMs)
    }
  }
}

/** As a browser asks for a page, and neither a script nor an image. */
function wantsPage (headers: readonly string[]): boolean {
  return headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'accept' && headers[index + 1]?.includes('text/html') === true)
}

function own (status: number, type: string, text: string): OwnAnswer {
  const body = Buffer.from(text).toString('latin1')
  return {
    head: {
      status,
      statusMessage: http.STATUS_CODES[status] ?? '',
      headers: [
        'content-type', `${type}; charset=utf-8`, 'content-length', String(body.length), 'cache-control', 'no-store', 'x-content-type-options', 'nosniff',
        // Source code is for the one who sits here: no other page may read or frame it.
        'x-frame-options', 'SAMEORIGIN', 'cross-origin-resource-policy', 'same-origin',
        ...status === 503 ? ['retry-after', '1'] : []
      ]
    },
    body
  }
}
