// What the supervisor itself knows, as metrics: workers by state, their figures, restarts. The names are telemetry/catalogue.ts's.
import type { ExitReason, ServiceStatus, WorkerState, WorkerStatus } from '../api/app-status.ts'
import type { Collector } from '../telemetry/expose/collect.ts'

const states: readonly WorkerState[] = ['starting', 'ready', 'unhealthy', 'draining', 'backoff', 'crashLoop', 'stopped']
const restartReasons: readonly ExitReason[] = ['error', 'exit', 'signal', 'memory', 'blocked', 'health', 'startTimeout', 'startFailed']

/**
 * Figures are per service, not per worker: their number stays the same however often workers are replaced. Services that share a
 * thread share its workers: their figures are there once, under the thread's name.
 */
export function publishMetrics (collector: Collector, services: () => ServiceStatus[], version: string): void {
  const threads = (): ServiceStatus[] => byThread(services())
  // From 0 on, so that `increase` sees the first restart too.
  for (const { name: service } of threads()) for (const reason of restartReasons) collector.recorder.counter('wattapp_worker_restarts_total', { service, reason })
  collector.gauge('wattapp_build_info', () => [{ labels: { version }, value: 1 }])
  collector.gauge('wattapp_service_workers', () => threads().flatMap(({ name: service, workers }) =>
    states.map((state) => ({ labels: { service, state }, value: workers.filter((worker) => worker.state === state).length }))))
  collector.gauge('wattapp_service_workers_desired', () => threads().map(({ name: service, desired: value }) => ({ labels: { service }, value })))
  collector.gauge('wattapp_service_ready', () => services().map(({ name: service, ready }) => ({ labels: { service }, value: ready > 0 ? 1 : 0 })))
  collector.gauge('wattapp_worker_memory_limit_bytes', () => threads().map(({ name: service, memoryBytes: value }) => ({ labels: { service }, value })))
  collector.gauge('wattapp_worker_event_loop_utilization', () => threads().map(({ name: service, workers }) =>
    ({ labels: { service }, value: workers.reduce((sum, worker) => sum + worker.eventLoopUtilization, 0) / Math.max(1, workers.length) })))
  collector.gauge('wattapp_worker_event_loop_delay_seconds', () => most(threads(), ({ eventLoopDelayMs }) => eventLoopDelayMs / 1000))
  collector.gauge('wattapp_worker_heap_used_bytes', () => most(threads(), ({ heapUsedBytes }) => heapUsedBytes))
  collector.gauge('wattapp_worker_external_memory_bytes', () => most(threads(), ({ externalBytes }) => externalBytes))
}

/** One status a thread, under its name. */
function byThread (services: ServiceStatus[]): ServiceStatus[] {
  const threads = new Map<string, ServiceStatus>()
  for (const service of services) {
    const name = service.thread ?? service.name
    if (!threads.has(name)) threads.set(name, { ...service, name })
  }
  return [...threads.values()]
}

function most (services: ServiceStatus[], figure: (worker: WorkerStatus) => number): Array<{ labels: { service: string }, value: number }> {
  return services.map(({ name: service, workers }) => ({ labels: { service }, value: Math.max(0, ...workers.map(figure)) }))
}
