// Samples as Prometheus text (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4). Pure.
// Written here rather than by a package: the numbers are already summed, and a scrape stays some string joins.
import type { MetricSamples, Sample } from './collect.ts'

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** Buckets come out cumulative, as the format wants them, and `_count` is always the +Inf bucket. */
export function prometheusText (metrics: readonly MetricSamples[]): string {
  let text = ''
  for (const { name, row, samples } of metrics) {
    if (samples.length === 0) continue
    text += `# HELP ${name} ${row.meaning.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${row.type}\n`
    for (const sample of samples) text += row.type === 'histogram' ? histogramLines(name, row.buckets ?? [], sample) : line(name, sample.labels, sample.values[0] ?? 0)
  }
  return text
}

function histogramLines (name: string, bounds: readonly number[], { labels, values }: Sample): string {
  let text = ''
  let count = 0
  bounds.forEach((bound, index) => {
    count += values[index] ?? 0
    text += line(`${name}_bucket`, { ...labels, le: String(bound) }, count)
  })
  count += values[bounds.length] ?? 0
  return text +
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count) +
    line(`${name}_sum`, labels, values[bounds.length + 1] ?? 0) +
    line(`${name}_count`, labels, count)
}

function line (name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}\n`
}

function escaped (text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText (value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
