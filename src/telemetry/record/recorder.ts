// Hands out counters, gauges and histograms in a thread's shared page, and tells the main thread where each lies.
// Bounded: past a metric's bound, or when the page is full, a new label set folds into the one that says `other`.
import { catalogue, slotsOf, type CounterName, type GaugeName, type HistogramName, type LabelsOf, type MetricName, type MetricRow } from '../catalogue.ts'
import { counterAt, gaugeAt, type Counter, type Gauge } from './counter.ts'
import { histogramAt, type Histogram } from './histogram.ts'
import { labelKey, otherLabels } from './labels.ts'
import type { RecordMessage } from './record.ts'

/** Bytes of a page: room for some 450 histogram series in a service's thread, 7000 in the gateway's. Untouched pages cost nothing. */
export const pageBytes = { service: 64 * 1024, gateway: 1024 * 1024 } as const

/** Handles are cached by label set, so asking again is a map look-up; hot paths keep the handle. */
export interface Recorder {
  counter: <Name extends CounterName>(metric: Name, labels: LabelsOf<Name>) => Counter
  gauge: <Name extends GaugeName>(metric: Name, labels: LabelsOf<Name>) => Gauge
  histogram: <Name extends HistogramName>(metric: Name, labels: LabelsOf<Name>) => Histogram
}

type Make<Handle> = (slots: Float64Array, at: number, row: MetricRow) => Handle

interface Family<Handle> {
  row: MetricRow
  handles: Map<string, Handle>
  /** Slots kept back for the `other` series; announced when it is first used. */
  otherAt: number
  other: Handle | undefined
}

/** `announce` gets one message a new series; it is called at once, since a thread may end at any time. */
export function createRecorder (page: SharedArrayBuffer, announce: (message: RecordMessage) => void): Recorder {
  const slots = new Float64Array(page)
  let used = 0

  function allocate (row: MetricRow): number | undefined {
    const size = slotsOf(row)
    if (used + size > slots.length) return undefined
    used += size
    return used - size
  }

  function place<Handle> (metric: string, labels: Record<string, string>, row: MetricRow, offset: number, make: Make<Handle>): Handle {
    announce({ type: 'series', series: [{ metric, labels, offset }] })
    return make(slots, offset, row)
  }

  function families<Handle> (make: Make<Handle>): (metric: MetricName, labels: Record<string, string>) => Handle {
    const byMetric = new Map<MetricName, Family<Handle>>()
    return (metric, labels) => {
      let family = byMetric.get(metric)
      if (family === undefined) {
        const row: MetricRow = catalogue[metric]
        family = { row, handles: new Map(), otherAt: allocate(row) ?? -1, other: undefined }
        byMetric.set(metric, family)
      }
      const { row, handles } = family
      const key = labelKey(row.labels, labels)
      const known = handles.get(key)
      if (known !== undefined) return known

      const offset = handles.size < (row.maxSeries ?? 100) ? allocate(row) : undefined
      if (offset === undefined) {
        family.other ??= family.otherAt < 0
          ? make(new Float64Array(slotsOf(row)), 0, row)
          : place(metric, otherLabels(row.labels), row, family.otherAt, make)
        return family.other
      }
      const named = Object.fromEntries(row.labels.map((name) => [name, labels[name] ?? '']))
      const handle = place(metric, named, row, offset, make)
      handles.set(key, handle)
      return handle
    }
  }

  return {
    counter: families(counterAt),
    gauge: families(gaugeAt),
    histogram: families((slots, at, row) => histogramAt(slots, at, row.buckets ?? []))
  }
}
