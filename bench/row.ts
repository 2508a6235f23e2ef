// What a row of the table is: two figures of one run and the bar that their ratio must reach.
import type { Bench } from './bench.ts'

/** In the order of the table. A check outside reads them: they stay. */
export const rowIds = [
  'gateway-raw', 'gateway-wattpm', 'gateway-nginx', 'gateway-logs', 'gateway-download', 'gateway-upload', 'gateway-p99',
  'mesh-request', 'mesh-fetch', 'mesh-wattpm', 'mesh-fetch-wattpm', 'mesh-50-wattpm', 'mesh-fetch-50-wattpm', 'mesh-shared',
  'websocket', 'memory-wattpm', 'memory-processes', 'memory-shared', 'memory-load', 'boot-wattpm', 'growth'
] as const

export type RowId = typeof rowIds[number]

/** What one measurement gave, by name: a boot gives a time and two sizes. */
export type Figures = Readonly<Record<string, number>>

/** One measurement of one side. Rows that name the same probe share it: it runs once a round. */
export interface Probe {
  name: string
  /** @throws what makes all rows that need it fail, and no others */
  measure: (bench: Bench) => Promise<Figures>
}

export interface Side {
  /** For people: what stands on this side. */
  name: string
  probe: Probe
  /** Which of the probe's figures. */
  figure: string
}

export interface Row {
  /** As `--only` and the JSON name it. */
  id: string
  title: string
  unit: string
  ours: Side
  peer: Side
  /** Which way the ratio ours ÷ peer is good. */
  better: 'higher' | 'lower'
  /** The worst ratio that is accepted. */
  bar: number
  /** The ratio that we want to be known for. */
  aim: number
}

/** Rows that are measured together: their sides are started once, and their probes take turns. */
export interface Family {
  name: string
  rows: readonly Row[]
  /** Rounds that count, unless --runs says otherwise; one more comes first and only warms. */
  rounds: { quick: number, full: number }
}
