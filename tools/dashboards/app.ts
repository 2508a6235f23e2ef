// The dashboard "App": one WattApp, its services side by side as if each were a pod of its own.
import type { Dashboard } from './panel.ts'

const app = 'namespace="$namespace",app="$app"'
const service = `${app},service=~"$service"`
const mesh = `${app},to=~"$service"`

const requests = (by: string, more = ''): string => `sum by (${by}) (rate(http_server_request_duration_seconds_count{${service}${more}}[$__rate_interval]))`
const calls = (by: string, more = ''): string => `sum by (${by}) (rate(wattapp_mesh_requests_total{${mesh}${more}}[$__rate_interval]))`
const quantile = (share: number, by: string, metric: string, matchers: string): string =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${metric}_bucket{${matchers}}[$__rate_interval])))`
const requestQuantile = (share: number, by = 'service'): string => quantile(share, by, 'http_server_request_duration_seconds', service)
/** A series that is not there until something happens must read as none, not as nothing. */
const orZero = (expr: string, like: string): string => `(${expr} or ${like} * 0)`

export const appDashboard: Dashboard = {
  uid: 'wattapp-app',
  title: 'WattApp / App',
  description: 'One WattApp: requests, calls between its services, workers and memory.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Services ready',
          description: 'Services with a ready worker in every pod, and services in all.',
          show: 'stat',
          unit: 'short',
          width: 6,
          queries: [
            { expr: `sum(min by (service) (wattapp_service_ready{${service}}))`, legend: 'ready' },
            { expr: `count(count by (service) (wattapp_service_ready{${service}}))`, legend: 'of' }
          ]
        },
        {
          title: 'Requests',
          description: 'Requests a second that the gateway answered.',
          show: 'stat',
          unit: 'reqps',
          width: 6,
          queries: [{ expr: `sum(${requests('service')})`, legend: 'requests' }]
        },
        {
          title: 'Errors',
          description: 'Share of the requests that were answered with 5xx.',
          show: 'stat',
          unit: 'percentunit',
          width: 6,
          queries: [{ expr: `sum(${orZero(requests('service', ',status=~"5.."'), requests('service'))}) / sum(${requests('service')})`, legend: 'errors' }]
        },
        {
          title: 'Pods',
          description: 'Pods that are scraped, by version of WattApp.',
          show: 'stat',
          unit: 'short',
          width: 6,
          queries: [{ expr: `count by (version) (wattapp_build_info{${app}})`, legend: '{{version}}' }]
        }
      ]
    },
    {
      title: 'Requests from outside',
      panels: [
        {
          title: 'Request rate',
          description: 'Requests a second through the gateway, by the service that answered.',
          show: 'stack',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: requests('service'), legend: '{{service}}' }]
        },
        {
          title: 'Error share',
          description: 'Share of each service\'s requests that were answered with 5xx.',
          show: 'graph',
          unit: 'percentunit',
          width: 8,
          queries: [{ expr: `${orZero(requests('service', ',status=~"5.."'), requests('service'))} / ${requests('service')}`, legend: '{{service}}' }]
        },
        {
          title: 'Requests by status',
          description: 'Requests a second by status code.',
          show: 'stack',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: requests('status'), legend: '{{status}}' }]
        },
        {
          title: 'Duration',
          description: 'Half, 95 % and 99 % of each service\'s requests were answered within this time.',
          show: 'graph',
          unit: 's',
          width: 12,
          queries: [
            { expr: requestQuantile(0.5), legend: '{{service}} p50' },
            { expr: requestQuantile(0.95), legend: '{{service}} p95' },
            { expr: requestQuantile(0.99), legend: '{{service}} p99' }
          ]
        },
        {
          title: 'Duration by route, p95',
          description: '95 % of the requests of a route were answered within this time; a route is the path prefix of the manifest.',
          show: 'graph',
          unit: 's',
          width: 12,
          queries: [{ expr: requestQuantile(0.95, 'service, route'), legend: '{{service}} {{route}}' }]
        }
      ]
    },
    {
      title: 'Calls between services',
      panels: [
        {
          title: 'Calls',
          description: 'Calls a second over the mesh, from caller to service.',
          show: 'stack',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: calls('from, to'), legend: '{{from}} → {{to}}' }]
        },
        {
          title: 'Calls without success',
          description: 'Calls a second that ended with 5xx, or that the caller gave up.',
          show: 'stack',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: orZero(calls('from, to', ',status=~"5..|aborted"'), calls('from, to')), legend: '{{from}} → {{to}}' }]
        },
        {
          title: 'Call duration, p95',
          description: '95 % of the calls took no longer than this, as the caller saw them.',
          show: 'graph',
          unit: 's',
          width: 8,
          queries: [{ expr: quantile(0.95, 'from, to', 'wattapp_mesh_request_duration_seconds', mesh), legend: '{{from}} → {{to}}' }]
        }
      ]
    },
    {
      title: 'Workers',
      panels: [
        {
          title: 'Workers by state',
          description: 'Workers over all pods; only `ready` ones are given requests.',
          show: 'stack',
          unit: 'short',
          width: 8,
          queries: [{ expr: `sum by (service, state) (wattapp_service_workers{${service}}) > 0`, legend: '{{service}} {{state}}' }]
        },
        {
          title: 'Restarts',
          description: 'Workers started again in the last interval, by the reason their predecessor ended.',
          show: 'stack',
          unit: 'short',
          width: 8,
          queries: [{
            expr: orZero(`sum by (service, reason) (increase(wattapp_worker_restarts_total{${service}}[$__rate_interval]))`, `sum by (service) (wattapp_service_ready{${service}})`),
            legend: '{{service}} {{reason}}'
          }]
        },
        {
          title: 'Requests held',
          description: 'Requests that wait for a worker to come back.',
          show: 'graph',
          unit: 'short',
          width: 8,
          queries: [{ expr: orZero(`sum by (service) (wattapp_requests_held{${service}})`, `sum by (service) (wattapp_service_ready{${service}})`), legend: '{{service}}' }]
        },
        {
          title: 'Event loop utilization',
          description: 'Share of time that the event loops of a service\'s workers were busy. Near 1, more workers help.',
          show: 'graph',
          unit: 'percentunit',
          width: 12,
          max: 1,
          queries: [{ expr: `avg by (service) (wattapp_worker_event_loop_utilization{${service}})`, legend: '{{service}}' }]
        },
        {
          title: 'Memory against the ceiling',
          description: 'Heap and external memory of the largest worker, as a share of the service\'s `memory`. At 1 the worker is replaced.',
          show: 'graph',
          unit: 'percentunit',
          width: 12,
          max: 1,
          queries: [{
            expr: `max by (service) ((wattapp_worker_heap_used_bytes{${service}} + wattapp_worker_external_memory_bytes{${service}}) / wattapp_worker_memory_limit_bytes{${service}})`,
            legend: '{{service}}'
          }]
        },
        {
          title: 'Heap',
          description: 'JavaScript heap of the largest worker of each service.',
          show: 'graph',
          unit: 'bytes',
          width: 12,
          queries: [{ expr: `max by (service) (wattapp_worker_heap_used_bytes{${service}})`, legend: '{{service}}' }]
        },
        {
          title: 'External memory',
          description: 'Memory outside the heap (Buffers) of the largest worker of each service.',
          show: 'graph',
          unit: 'bytes',
          width: 12,
          queries: [{ expr: `max by (service) (wattapp_worker_external_memory_bytes{${service}})`, legend: '{{service}}' }]
        }
      ]
    },
    {
      title: 'Pods',
      panels: [
        {
          title: 'CPU',
          description: 'CPU of each pod, all its services together.',
          show: 'stack',
          unit: 'cores',
          width: 8,
          queries: [{ expr: `sum by (pod) (rate(process_cpu_seconds_total{${app}}[$__rate_interval]))`, legend: '{{pod}}' }]
        },
        {
          title: 'Resident memory',
          description: 'Memory of each pod, all its services together.',
          show: 'stack',
          unit: 'bytes',
          width: 8,
          queries: [{ expr: `sum by (pod) (process_resident_memory_bytes{${app}})`, legend: '{{pod}}' }]
        },
        {
          title: 'Open files',
          description: 'Open file descriptors of each pod.',
          show: 'graph',
          unit: 'short',
          width: 8,
          queries: [{ expr: `sum by (pod) (process_open_fds{${app}})`, legend: '{{pod}}' }]
        }
      ]
    }
  ]
}
