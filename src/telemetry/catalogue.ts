// Every metric that a pod exposes: the one place where a name, a label or a bucket is decided.
// docs/metrics.md is printed from it; dashboards, the recorder and the exposition are held to it.

export interface MetricRow {
  type: 'counter' | 'gauge' | 'histogram'
  unit: 'seconds' | 'bytes' | 'ratio' | 'requests' | 'workers' | 'restarts' | 'files' | 'flag' | 'info'
  labels: readonly string[]
  /** What it says, one sentence: the HELP line and the reference. */
  meaning: string
  /** Upper bounds of a histogram, ascending, without +Inf. */
  buckets?: readonly number[]
  /** Label sets a thread may keep of it; more fold into one whose labels all say `other`. */
  maxSeries?: number
}

// OpenTelemetry's advised bounds of http.server.request.duration, and three finer ones: a service here is a thread away.
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const
const meshBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

export const catalogue = {
  http_server_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['service', 'method', 'route', 'status'],
    buckets: requestBuckets,
    maxSeries: 3000,
    meaning: 'Requests answered by the gateway, from the head received to the last byte sent; route is the path prefix that matched.'
  },
  wattapp_mesh_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['from', 'to'],
    buckets: meshBuckets,
    maxSeries: 100,
    meaning: 'Calls between services (and from the gateway), as the caller saw them, holding and retrying included.'
  },
  wattapp_mesh_requests_total: {
    type: 'counter',
    unit: 'requests',
    labels: ['from', 'to', 'status'],
    maxSeries: 1000,
    meaning: 'Calls between services by the status that the caller got; aborted when the caller gave up.'
  },
  wattapp_service_requests_total: {
    type: 'counter',
    unit: 'requests',
    labels: ['service'],
    maxSeries: 100,
    meaning: 'Requests that the service has answered or given up, those of other services among them; of the gateway those from outside.'
  },
  wattapp_requests_held: {
    type: 'gauge',
    unit: 'requests',
    labels: ['service'],
    maxSeries: 100,
    meaning: 'Requests that wait now for a worker of the service to come back.'
  },
  wattapp_service_workers: {
    type: 'gauge',
    unit: 'workers',
    labels: ['service', 'state'],
    meaning: 'Workers of the service by state.'
  },
  wattapp_service_workers_desired: {
    type: 'gauge',
    unit: 'workers',
    labels: ['service'],
    meaning: 'Workers that the service is to have now, between workers.min and workers.max.'
  },
  wattapp_service_ready: {
    type: 'gauge',
    unit: 'flag',
    labels: ['service'],
    meaning: '1 while the service has a ready worker, else 0.'
  },
  wattapp_worker_restarts_total: {
    type: 'counter',
    unit: 'restarts',
    labels: ['service', 'reason'],
    maxSeries: 1000,
    meaning: 'Workers that ended and were started again, by the reason of their end.'
  },
  wattapp_worker_event_loop_utilization: {
    type: 'gauge',
    unit: 'ratio',
    labels: ['service'],
    meaning: 'Share of time that the event loop was busy, 0 to 1, mean over the workers of the service.'
  },
  wattapp_worker_event_loop_delay_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['service'],
    meaning: 'Longest time within the last second that the event loop kept an event waiting, or has until now, of the worker of the service where it is longest.'
  },
  wattapp_worker_heap_used_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['service'],
    meaning: 'JavaScript heap in use, of the worker of the service that uses most.'
  },
  wattapp_worker_external_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['service'],
    meaning: 'Memory outside the JavaScript heap (Buffers), of the worker of the service that uses most.'
  },
  wattapp_worker_memory_limit_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['service'],
    meaning: 'What one worker of the service may hold, heap and external memory together, before it is replaced.'
  },
  wattapp_build_info: {
    type: 'gauge',
    unit: 'info',
    labels: ['version'],
    meaning: 'Always 1; the label says which version of WattApp runs.'
  },
  process_cpu_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    meaning: 'User and system CPU time spent by the whole pod.'
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    meaning: 'Resident memory of the process, all services together.'
  },
  process_start_time_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    meaning: 'Start of the process, in seconds since the epoch.'
  },
  process_open_fds: {
    type: 'gauge',
    unit: 'files',
    labels: [],
    meaning: 'Open file descriptors of the process.'
  }
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof catalogue
type Named<Type> = { [Name in MetricName]: (typeof catalogue)[Name]['type'] extends Type ? Name : never }[MetricName]
export type CounterName = Named<'counter'>
export type GaugeName = Named<'gauge'>
export type HistogramName = Named<'histogram'>
/** A value for each label of the metric. */
export type LabelsOf<Name extends MetricName> = Record<(typeof catalogue)[Name]['labels'][number], string>

/** The row of `name`, or undefined: names may come from other threads. */
export function metricRow (name: string): MetricRow | undefined {
  return Object.hasOwn(catalogue, name) ? catalogue[name as MetricName] : undefined
}

/** Float64 slots of one series: a histogram has one a bucket, +Inf, and the sum. */
export function slotsOf (row: MetricRow): number {
  return row.type === 'histogram' ? (row.buckets?.length ?? 0) + 2 : 1
}
