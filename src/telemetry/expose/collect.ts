// Sums what all threads recorded. A thread that ends leaves its counts here, so that no counter ever goes back.
// What threads announce is checked against the catalogue: service code shares the thread, and must not break a scrape.
import { catalogue, metricRow, slotsOf, type CounterName, type GaugeName, type LabelsOf, type MetricName, type MetricRow } from '../catalogue.ts'
import { labelKey, otherLabels } from '../record/labels.ts'
import { createRecorder, pageBytes, type Recorder } from '../record/recorder.ts'
import type { SeriesAnnouncement } from '../record/record.ts'

/** One series at the time of a scrape. A histogram's values: one a bucket (not cumulative), +Inf, the sum. */
export interface Sample { labels: Record<string, string>, values: ArrayLike<number> }
export interface MetricSamples { name: string, row: MetricRow, samples: Sample[] }

/** Values of a gauge that is asked for at the scrape. */
export type GaugeSource<Name extends GaugeName> = () => Array<{ labels: LabelsOf<Name>, value: number }>

interface Thread { slots: Float64Array, series: Array<SeriesAnnouncement & { row: MetricRow, key: string }> }
interface Total { labels: Record<string, string>, values: Float64Array }

/** Series of one metric over all threads ever; as many as a gateway's page may hold. */
const maxSeriesAMetric = 8000

export class Collector {
  /** For what the main thread itself counts (restarts). */
  readonly recorder: Recorder
  readonly #threads = new Map<number, Thread>()
  readonly #ended = new Map<string, Map<string, Total>>()
  readonly #sources = new Map<MetricName, () => Array<{ labels: Record<string, string>, value: number }>>()

  constructor () {
    const page = new SharedArrayBuffer(pageBytes.service)
    this.attach(0, page)
    this.recorder = createRecorder(page, (message) => { if (message.type === 'series') this.announce(0, message.series) })
  }

  /** `worker`: unique over the life of the pod, above 0. */
  attach (worker: number, page: SharedArrayBuffer): void {
    this.#threads.set(worker, { slots: new Float64Array(page), series: [] })
  }

  /** What a thread says with {type: 'series'}. Ignored when it is not of the catalogue or lies outside of the page. */
  announce (worker: number, series: readonly SeriesAnnouncement[]): void {
    const thread = this.#threads.get(worker)
    if (thread === undefined) return
    for (const one of series) {
      const row = metricRow(one.metric)
      if (row === undefined || !Number.isInteger(one.offset) || one.offset < 0 || one.offset + slotsOf(row) > thread.slots.length) continue
      if (thread.series.length >= maxSeriesAMetric || !row.labels.every((name) => typeof one.labels[name] === 'string')) continue
      const labels = Object.fromEntries(row.labels.map((name) => [name, one.labels[name] ?? '']))
      thread.series.push({ metric: one.metric, labels, offset: one.offset, row, key: labelKey(row.labels, labels) })
    }
  }

  /** The thread has ended: its counters and histograms stay, its gauges go. */
  detach (worker: number): void {
    const thread = this.#threads.get(worker)
    if (thread === undefined) return
    this.#threads.delete(worker)
    for (const one of thread.series) if (one.row.type !== 'gauge') add(totalsOf(this.#ended, one.metric), one, thread.slots)
  }

  /** What that thread has counted of `metric`, over all labels; 0 once it has ended. */
  counted (worker: number, metric: CounterName): number {
    const { slots, series } = this.#threads.get(worker) ?? { slots: undefined, series: [] }
    return series.filter((one) => one.metric === metric).reduce((sum, { offset }) => sum + (slots?.[offset] ?? 0), 0)
  }

  /** Asks `source` at every scrape; one source a metric, the latest. */
  gauge<Name extends GaugeName> (metric: Name, source: GaugeSource<Name>): void {
    this.#sources.set(metric, source)
  }

  /** Everything now, in the catalogue's order; metrics that nobody has recorded yet are there without samples. */
  collect (): MetricSamples[] {
    const totals = new Map<string, Map<string, Total>>()
    for (const [metric, series] of this.#ended) {
      totals.set(metric, new Map([...series].map(([key, { labels, values }]) => [key, { labels, values: values.slice() }])))
    }
    for (const { slots, series } of this.#threads.values()) {
      for (const one of series) add(totalsOf(totals, one.metric), one, slots)
    }
    return Object.entries(catalogue).map(([name, row]) => {
      const asked = this.#sources.get(name as MetricName)?.() ?? []
      const samples: Sample[] = [...totals.get(name)?.values() ?? []]
      for (const { labels, value } of asked) samples.push({ labels, values: [value] })
      return { name, row, samples }
    })
  }
}

function totalsOf (all: Map<string, Map<string, Total>>, metric: string): Map<string, Total> {
  let totals = all.get(metric)
  if (totals === undefined) all.set(metric, totals = new Map())
  return totals
}

function add (totals: Map<string, Total>, { row, key, labels, offset }: Thread['series'][number], slots: Float64Array): void {
  const isFull = totals.size >= maxSeriesAMetric && !totals.has(key)
  const named = isFull ? otherLabels(row.labels) : labels
  const place = isFull ? labelKey(row.labels, named) : key
  let total = totals.get(place)
  if (total === undefined) totals.set(place, total = { labels: named, values: new Float64Array(slotsOf(row)) })
  for (let index = 0; index < total.values.length; index++) total.values[index] = (total.values[index] ?? 0) + (slots[offset + index] ?? 0)
}
