// What the admin server answers at /metrics.
import type { Collector } from './collect.ts'
import { processSamples } from './process.ts'
import { contentType, prometheusText } from './prometheus.ts'

/** Never waits for a thread: everything is in shared memory or in this thread. */
export function scrape (collector: Collector): { contentType: string, body: string } {
  return { contentType, body: prometheusText([...collector.collect(), ...processSamples()]) }
}
