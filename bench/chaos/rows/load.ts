// The load of most rows: idempotent requests to the service at fault and to its neighbour.
import { setTimeout as wait } from 'node:timers/promises'
import { startLoad, type OpenLoad } from '../load/open-load.ts'
import { sumOf, type LoadReport, type TargetReport } from '../load/report.ts'
import type { Chaos, PeerOutcome } from '../fault.ts'

export const victimAndBystander = [{ name: 'victim', path: '/victim/' }, { name: 'bystander', path: '/bystander/' }]

/** Half a second that counts as before; the caller stops it. */
export async function loadBoth (url: string, { rate }: Pick<Chaos, 'rate'>): Promise<OpenLoad> {
  const load = startLoad(url, rate, victimAndBystander)
  load.phase('before')
  await wait(1_000)
  load.phase('during')
  return load
}

export function figures (report: LoadReport, ...targets: string[]): Pick<TargetReport, 'sent' | 'failed' | 'stallMs' | 'failures'> {
  const sums = targets.map((target) => sumOf(report, target))
  return {
    sent: sums.reduce((sum, { sent }) => sum + sent, 0),
    failed: sums.reduce((sum, { failed }) => sum + failed, 0),
    stallMs: Math.max(...sums.map(({ stallMs }) => stallMs)),
    failures: Object.assign({}, ...sums.map(({ failures }) => failures)) as Record<string, number>
  }
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
