// What an open load has to tell: how each target fared in each phase. Pure.
import { withoutAway, type Span } from './away.ts'

/** What one request came to: 'ok', or the kind of failure: `status 503`, `closed`, `timeout`, `garbled`. */
export type Result = 'ok' | (string & {})

/** The bare server's name among the targets of a report. */
export const control = 'control'

export interface TargetReport {
  sent: number
  failed: number
  /** Kind of failure → how often. */
  failures: Record<string, number>
  p50Ms: number
  p99Ms: number
  /** The longest that an answered request took, from when it was due, less the time in which a bare server did not answer either. */
  stallMs: number
  /** The same, as the clock has it. */
  clockStallMs: number
  /** The longest time between two answers, without that in which the machine was away: nobody served it. */
  silentMs: number
}

/** Phase → target → report. */
export type LoadReport = Record<string, Record<string, TargetReport>>

export class Tally {
  #sent = 0
  readonly #failures = new Map<string, number>()
  readonly #answered: Span[] = []

  get answered (): readonly Span[] {
    return this.#answered
  }

  sent (): void {
    this.#sent++
  }

  over (result: Result, span: Span): void {
    if (result === 'ok') this.#answered.push(span)
    else this.#failures.set(result, (this.#failures.get(result) ?? 0) + 1)
  }

  report (away: readonly Span[]): TargetReport {
    const longestFirst = this.#answered.toSorted((a, b) => tookMs(b) - tookMs(a))
    const at = (share: number): number => round(tookMs(longestFirst[Math.floor(longestFirst.length * (1 - share))]))
    let stallMs = 0
    for (const span of longestFirst) {
      if (tookMs(span) <= stallMs) break
      stallMs = Math.max(stallMs, withoutAway(span, away))
    }
    return {
      sent: this.#sent,
      failed: this.#failures.values().reduce((sum, count) => sum + count, 0),
      failures: Object.fromEntries(this.#failures),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      stallMs: round(stallMs),
      clockStallMs: round(tookMs(longestFirst[0])),
      silentMs: round(this.#silentMs(away))
    }
  }

  #silentMs (away: readonly Span[]): number {
    const answeredMs = this.#answered.map(({ toMs }) => toMs).toSorted((a, b) => a - b)
    let longestMs = 0
    for (const [index, toMs] of answeredMs.entries()) {
      const fromMs = answeredMs[index - 1] ?? toMs
      if (toMs - fromMs > longestMs) longestMs = Math.max(longestMs, withoutAway({ fromMs, toMs }, away))
    }
    return longestMs
  }
}

/** Before the first phase that a row names: code is cold, and what stalls is not the fault's. */
export const start = 'start'

/** All phases of one target as one; stalls since the start. */
export function sumOf (report: LoadReport, target: string): Omit<TargetReport, 'p50Ms' | 'p99Ms'> {
  const parts = Object.values(report).flatMap((targets) => targets[target] ?? [])
  const later = Object.entries(report).flatMap(([phase, targets]) => phase === start ? [] : targets[target] ?? [])
  return {
    sent: parts.reduce((sum, { sent }) => sum + sent, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    failures: addFailures(parts.map(({ failures }) => failures)),
    stallMs: Math.max(0, ...later.map(({ stallMs }) => stallMs)),
    clockStallMs: Math.max(0, ...later.map(({ clockStallMs }) => clockStallMs)),
    silentMs: Math.max(0, ...later.map(({ silentMs }) => silentMs))
  }
}

export function addFailures (parts: ReadonlyArray<Record<string, number>>): Record<string, number> {
  const failures: Record<string, number> = {}
  for (const part of parts) for (const [kind, count] of Object.entries(part)) failures[kind] = (failures[kind] ?? 0) + count
  return failures
}

function tookMs (span: Span | undefined): number {
  return span === undefined ? 0 : span.toMs - span.fromMs
}

function round (ms: number): number {
  return Math.round(ms * 100) / 100
}
