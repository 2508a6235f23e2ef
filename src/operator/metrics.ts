// The operator's own metrics, under controller-runtime's names where the thing is the same: people's dashboards work.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from './controller.ts'
import type { Observed } from './client/kube.ts'

export interface MetricsOptions {
  version: string
  concurrency: number
  /** The API server, as the `host` label. */
  host: string
  /** Asked at each scrape, so that what is gone leaves no series behind. */
  read: () => { depth: number, unfinishedMs: number[], isLeader: boolean, ready: Record<string, number> }
}

export interface OperatorMetrics {
  registry: Registry
  request: (observed: Observed) => void
  added: () => void
  taken: (waitedMs: number) => void
  done: (outcome: Outcome, tookMs: number) => void
  watchFailed: (kind: string, during: 'list' | 'watch') => void
}

const controller = 'wattapp'
// controller-runtime's own buckets, thinned out.
const reconcileBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const queueBuckets = [0.000_01, 0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000]

export function createMetrics ({ version, concurrency, host, read }: MetricsOptions): OperatorMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // Gauges whose names end in `_total` (their labelled forms stay): promtool refuses them, and rightly.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  const gauge = (name: string, help: string, collect: (gauge: Gauge) => void, labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers, collect () { collect(this) } })
  const queue = { name: controller, controller }

  const reconciles = new Counter({ name: 'controller_runtime_reconcile_total', help: 'Reconciliations, by result.', labelNames: ['controller', 'result'], registers })
  const errors = new Counter({ name: 'controller_runtime_reconcile_errors_total', help: 'Reconciliations that failed.', labelNames: ['controller'], registers })
  const took = new Histogram({ name: 'controller_runtime_reconcile_time_seconds', help: 'Time a reconciliation took.', labelNames: ['controller'], buckets: reconcileBuckets, registers })
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Additions to the queue.', labelNames: ['name', 'controller'], registers })
  const retries = new Counter({ name: 'workqueue_retries_total', help: 'Additions to the queue because of a failure.', labelNames: ['name', 'controller'], registers })
  const waited = new Histogram({ name: 'workqueue_queue_duration_seconds', help: 'Time a key waited in the queue.', labelNames: ['name', 'controller'], buckets: queueBuckets, registers })
  const worked = new Histogram({ name: 'workqueue_work_duration_seconds', help: 'Time a key was worked on.', labelNames: ['name', 'controller'], buckets: queueBuckets, registers })
  const requests = new Counter({ name: 'rest_client_requests_total', help: 'Requests to the API server.', labelNames: ['code', 'method', 'host'], registers })
  const watchFailures = new Counter({ name: 'wattapp_operator_watch_failures_total', help: 'Lists and watches that failed and were tried again.', labelNames: ['kind', 'during'], registers })
  // From zero on, so that a first increase is one.
  for (const result of ['success', 'requeue_after', 'error']) reconciles.inc({ controller, result }, 0)
  errors.inc({ controller }, 0)

  gauge('controller_runtime_max_concurrent_reconciles', 'Reconciliations at once, at most.', (self) => self.set({ controller }, concurrency), ['controller'])
  gauge('controller_runtime_active_workers', 'Reconciliations under way.', (self) => self.set({ controller }, read().unfinishedMs.length), ['controller'])
  gauge('workqueue_depth', 'Keys that wait.', (self) => self.set(queue, read().depth), ['name', 'controller'])
  gauge('workqueue_unfinished_work_seconds', 'Sum of the time that the work under way has taken.', (self) => self.set(queue, read().unfinishedMs.reduce((sum, ms) => sum + ms, 0) / 1000), ['name', 'controller'])
  gauge('workqueue_longest_running_processor_seconds', 'The longest work under way.', (self) => self.set(queue, Math.max(0, ...read().unfinishedMs) / 1000), ['name', 'controller'])
  gauge('leader_election_master_status', 'Whether this operator leads.', (self) => self.set({ name: leaseName }, read().isLeader ? 1 : 0), ['name'])
  gauge('wattapp_operator_apps', 'WattApps, by their Ready condition.', (self) => {
    self.reset()
    for (const [ready, count] of Object.entries(read().ready)) self.set({ ready }, count)
  }, ['ready'])
  gauge('wattapp_operator_build_info', 'Version of the operator.', (self) => self.set({ version }, 1), ['version'])

  return {
    registry,
    request: ({ method, code }) => requests.inc({ code, method, host }),
    added: () => adds.inc(queue),
    taken: (waitedMs) => waited.observe(queue, waitedMs / 1000),
    done (outcome, tookMs) {
      reconciles.inc({ controller, result: outcome })
      took.observe({ controller }, tookMs / 1000)
      worked.observe(queue, tookMs / 1000)
      if (outcome !== 'error') return
      errors.inc({ controller })
      retries.inc(queue)
    },
    watchFailed: (kind, during) => watchFailures.inc({ kind, during })
  }
}

/** Of the Lease, too. */
export const leaseName = 'wattapp-operator'
