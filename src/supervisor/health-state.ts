// What is made of the answers of a health endpoint. Pure.
import type { HealthConfig } from '../api/app-config.ts'

export type Endpoint = NonNullable<HealthConfig['endpoint']>

/** What came of one question. */
export type Answer =
  | { status: number }
  /** The exchange failed. */
  | { error: string }
  /** Nothing came within endpoint.timeoutMs. */
  | 'timeout'

export interface Health {
  /** In a row, until now. */
  failures: number
  /** The latest, for people. */
  lastFailure: string
}

export const healthy: Health = { failures: 0, lastFailure: '' }

export function hear ({ failures }: Health, answer: Answer, endpoint: Endpoint): Health {
  const failure = failureOf(answer, endpoint)
  return failure === undefined ? healthy : { failures: failures + 1, lastFailure: failure }
}

/** For people: why the worker must be replaced; undefined while it need not. */
export function unfit ({ failures, lastFailure }: Health, { path, failureThreshold }: Endpoint): string | undefined {
  if (failures < failureThreshold) return undefined
  return `GET ${path} failed ${failures} ${failures === 1 ? 'time' : 'times in a row'}: ${lastFailure}`
}

function failureOf (answer: Answer, { timeoutMs }: Endpoint): string | undefined {
  if (answer === 'timeout') return `no answer within ${timeoutMs} ms`
  if ('error' in answer) return answer.error
  return answer.status >= 200 && answer.status < 400 ? undefined : `it answered ${answer.status}`
}
