// docs/metrics.md, printed from the catalogue.
import { catalogue, type MetricRow } from '../src/telemetry/catalogue.ts'

export function metricsReference (): string {
  const sections = Object.entries<MetricRow>(catalogue).map(([name, { type, unit, labels, meaning, buckets }]) => [
    `### ${name}`,
    '',
    meaning,
    '',
    `${type}, ${unit}${labels.length === 0 ? '' : `; labels ${labels.map((label) => `\`${label}\``).join(', ')}`}` +
      (buckets === undefined ? '' : `; buckets ${buckets.join(', ')}`),
    ''
  ].join('\n'))
  return [
    '<!-- Printed by tools/generate.ts from src/telemetry/catalogue.ts. -->',
    '# Metrics of a pod',
    '',
    '`GET /metrics` on the admin port (9464), Prometheus text. Sums over all workers and over their predecessors: there is no label for a worker,',
    'and no counter goes back while the pod lives. Label values that come from outside are bounded: unknown methods and statuses, and label sets past',
    'a metric\'s bound, read `other`. How to scrape: [observability.md](observability.md).',
    '',
    ...sections
  ].join('\n')
}
