// The load of most rows: idempotent requests to the service at fault and to its neighbour.
import { setTimeout as wait } from 'node:timers/promises'
import { startLoad, type OpenLoad } from '../load/open-load.ts'
import { addFailures, control, sumOf, type LoadReport, type TargetReport } from '../load/report.ts'
import { check, type Chaos, type Check, type PeerOutcome } from '../fault.ts'

export const victimAndBystander = [{ name: 'victim', path: '/victim/' }, { name: 'bystander', path: '/bystander/' }]

/** Code gets warm first; then a second counts as before. The caller stops it. */
export async function loadBoth (url: string, { rate }: Pick<Chaos, 'rate'>): Promise<OpenLoad> {
  const load = startLoad(url, rate, victimAndBystander)
  await wait(1_500)
  load.phase('before')
  await wait(1_000)
  load.phase('during')
  return load
}

export type Figures = Omit<TargetReport, 'p50Ms' | 'p99Ms'> & {
  /** The longest that the bare server beside the pod took to answer: what the machine did by itself. */
  controlStallMs: number
}

export function figures (report: LoadReport, ...targets: string[]): Figures {
  const sums = targets.map((target) => sumOf(report, target))
  return {
    sent: sums.reduce((sum, { sent }) => sum + sent, 0),
    failed: sums.reduce((sum, { failed }) => sum + failed, 0),
    stallMs: Math.max(...sums.map(({ stallMs }) => stallMs)),
    clockStallMs: Math.max(...sums.map(({ clockStallMs }) => clockStallMs)),
    silentMs: Math.max(...sums.map(({ silentMs }) => silentMs)),
    failures: addFailures(sums.map(({ failures }) => failures)),
    controlStallMs: sumOf(report, control).clockStallMs
  }
}

/** What an outcome tells of its load. */
export function told ({ sent, failed, stallMs, clockStallMs, controlStallMs }: Figures): Pick<Figures, 'sent' | 'failed' | 'stallMs' | 'clockStallMs' | 'controlStallMs'> {
  return { sent, failed, stallMs, clockStallMs, controlStallMs }
}

/** Time in which the machine was away is nobody's. */
export function stallUnder (what: string, limitMs: number, { stallMs, clockStallMs, controlStallMs }: Figures): Check {
  return check(what, stallMs < limitMs, `${ms(stallMs)}; ${ms(clockStallMs)} by the clock, a bare server beside it: ${ms(controlStallMs)}`)
}

/** Less than that is the load's own tick, and a turn of the scheduler. */
const noticedMs = 5

/** p99 within twice what it was before the fault; where a bare server's grew too (a spinning thread takes a core), by as much more. */
export function p99WithinTwice (what: string, report: LoadReport, target: string): Check {
  const [before, during, controlBefore, controlDuring] = [target, control].flatMap((name) => ['before', 'during'].map((phase) => p99Of(report, phase, name))) as [number, number, number, number]
  const machine = Math.max(1, controlDuring / Math.max(controlBefore, noticedMs))
  return check(what, during <= 2 * machine * Math.max(before, noticedMs), `${ms(before)} → ${ms(during)}; a bare server's ${ms(controlBefore)} → ${ms(controlDuring)}`)
}

function ms (value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`
}

export function failuresText (failures: Record<string, number>): string {
  const entries = Object.entries(failures)
  return entries.length === 0 ? 'none' : entries.map(([kind, count]) => `${count} × ${kind}`).join(', ')
}

export function p99Of (report: LoadReport, phase: string, target: string): number {
  return report[phase]?.[target]?.p99Ms ?? 0
}

/** The same fault in the peer: what its callers saw. */
export async function peerUnderFault (url: string, { rate }: Pick<Chaos, 'rate'>, trigger: () => Promise<unknown>, forMs: number): Promise<PeerOutcome> {
  await using load = await loadBoth(url, { rate })
  const triggered = trigger()
  triggered.catch(() => {})
  await wait(forMs)
  const { sent, failed, stallMs, failures } = figures(await load.stop(), 'victim', 'bystander')
  return { sent, failed, stallMs, notes: failuresText(failures) }
}
