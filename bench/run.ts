// Measures the wanted rows of a family: every probe once a round, the sides taking turns.
import { openBench, type Surroundings } from './bench.ts'
import { watchDisturbance, type Disturbance } from './process/disturbance.ts'
import type { Family, Figures, Probe, Row } from './row.ts'
import type { Pair } from './statistics.ts'

/** Of the machine's time, of one core. */
const worthSaying = 0.05

export type Outcomes = Map<Row, readonly Pair[] | Error>

/**
 * The first round only warms. Every other round goes backwards, so that what drifts over a round (heat, a clock, a neighbour)
 * is on both sides of the pairs. A probe that fails is left out from then on, with the rows that need it.
 */
export async function runFamily ({ name, rows }: Family, rounds: number, surroundings: Surroundings): Promise<Outcomes> {
  const { life, round: benchOf } = openBench(surroundings)
  const { tell } = surroundings
  const probes = [...new Set(rows.flatMap(({ ours, peer }) => [ours.probe, peer.probe]))]
  const failures = new Map<Probe, Error>()
  const pairs = new Map<Row, Pair[]>(rows.map((row) => [row, []]))
  try {
    for (let round = 0; round <= rounds; round++) {
      const figures = new Map<Probe, Figures>()
      const bench = benchOf(round === 0)
      for (const probe of round % 2 === 0 ? probes : probes.toReversed()) {
        if (failures.has(probe) || !isNeeded(probe)) continue
        try {
          const disturbance = watchDisturbance(process.pid)
          const got = await probe.measure(bench)
          figures.set(probe, got)
          tell(`${name} ${round === 0 ? 'warming' : `${round}/${rounds}`}  ${probe.name}: ${textOf(got)}${disturbanceText(disturbance())}`)
        } catch (thrown) {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown))
          failures.set(probe, error)
          tell(`${name}  ${probe.name}: ${error.message}`)
        }
      }
      if (round > 0) for (const row of rows) pairs.get(row)?.push({ ours: valueOf(row.ours, figures), peer: valueOf(row.peer, figures) })
    }
  } finally {
    await life.close()
  }
  return new Map(rows.map((row) => [row, failureOf(row) ?? pairs.get(row) ?? []]))

  function failureOf ({ ours, peer }: Row): Error | undefined {
    return failures.get(ours.probe) ?? failures.get(peer.probe)
  }

  /** By a row that can still be judged. */
  function isNeeded (probe: Probe): boolean {
    return rows.some((row) => (row.ours.probe === probe || row.peer.probe === probe) && failureOf(row) === undefined)
  }
}

function textOf (figures: Figures): string {
  return Object.entries(figures).map(([figure, value]) => `${figure} ${value.toFixed(2)}`).join(', ')
}

function disturbanceText ({ host, others }: Disturbance): string {
  const words = [
    ...host > worthSaying ? [`the host took ${Math.round(host * 100)} % of the time`] : [],
    ...others > worthSaying ? [`other processes kept ${others.toFixed(2)} cores busy`] : []
  ]
  return words.length === 0 ? '' : `  (${words.join(', ')})`
}

function valueOf ({ probe, figure }: Row['ours'], figures: ReadonlyMap<Probe, Figures>): number {
  return figures.get(probe)?.[figure] ?? NaN
}
