// What an open load has to tell: how each target fared in each phase. Pure.

/** What one request came to: 'ok', or the kind of failure: `status 503`, `closed`, `timeout`, `garbled`. */
export type Result = 'ok' | (string & {})

export interface TargetReport {
  sent: number
  failed: number
  /** Kind of failure → how often. */
  failures: Record<string, number>
  p50Ms: number
  p99Ms: number
  /** The longest that an answered request took, from when it was due. */
  stallMs: number
}

/** Phase → target → report. */
export type LoadReport = Record<string, Record<string, TargetReport>>

export class Tally {
  #sent = 0
  readonly #failures = new Map<string, number>()
  readonly #latencies: number[] = []

  sent (): void {
    this.#sent++
  }

  over (result: Result, latencyMs: number): void {
    if (result === 'ok') this.#latencies.push(latencyMs)
    else this.#failures.set(result, (this.#failures.get(result) ?? 0) + 1)
  }

  report (): TargetReport {
    const sorted = this.#latencies.toSorted((a, b) => a - b)
    const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    return {
      sent: this.#sent,
      failed: this.#failures.values().reduce((sum, count) => sum + count, 0),
      failures: Object.fromEntries(this.#failures),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      stallMs: round(sorted.at(-1) ?? 0)
    }
  }
}

/** All phases of one target as one. */
export function sumOf (report: LoadReport, target: string): Omit<TargetReport, 'p50Ms' | 'p99Ms'> {
  const parts = Object.values(report).flatMap((targets) => targets[target] ?? [])
  const failures: Record<string, number> = {}
  for (const part of parts) for (const [kind, count] of Object.entries(part.failures)) failures[kind] = (failures[kind] ?? 0) + count
  return {
    sent: parts.reduce((sum, { sent }) => sum + sent, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    failures,
    stallMs: Math.max(0, ...parts.map(({ stallMs }) => stallMs))
  }
}

function round (ms: number): number {
  return Math.round(ms * 100) / 100
}
