// When the machine, or whoever makes the load, was away: the times in which a bare server beside the pod did not answer either. Pure.

export interface Span { fromMs: number, toMs: number }

/** Less than that is how answers are; a stall is hundreds of it. */
const noticedMs = 15

/** Of the bare server's answers; in order, none overlaps another. */
export function awayIn (answers: readonly Span[]): Span[] {
  const away: Span[] = []
  for (const { fromMs, toMs } of answers.filter(({ fromMs, toMs }) => toMs - fromMs > noticedMs).toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = away.at(-1)
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else away.push({ fromMs, toMs })
  }
  return away
}

/** Milliseconds of `span` in which the machine was there. */
export function withoutAway ({ fromMs, toMs }: Span, away: readonly Span[]): number {
  const lostMs = away.reduce((sum, span) => sum + Math.max(0, Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs)), 0)
  return toMs - fromMs - lostMs
}
