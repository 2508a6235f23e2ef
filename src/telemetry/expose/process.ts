// Figures of the whole process, under the names that every Prometheus client library uses.
import { readdirSync } from 'node:fs'
import { metricRow, type MetricName } from '../catalogue.ts'
import type { MetricSamples } from './collect.ts'

/** `process_open_fds` is left out where the platform has no /proc. */
export function processSamples (): MetricSamples[] {
  const { user, system } = process.cpuUsage()
  const openFiles = countOpenFiles()
  return [
    ...one('process_cpu_seconds_total', (user + system) / 1e6),
    ...one('process_resident_memory_bytes', process.memoryUsage.rss()),
    ...one('process_start_time_seconds', Math.round(performance.timeOrigin) / 1000),
    ...(openFiles === undefined ? [] : one('process_open_fds', openFiles))
  ]
}

function one (name: MetricName, value: number): MetricSamples[] {
  const row = metricRow(name)
  return row === undefined ? [] : [{ name, row, samples: [{ labels: {}, values: [value] }] }]
}

function countOpenFiles (): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
