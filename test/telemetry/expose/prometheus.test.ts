import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Collector } from '../../../src/telemetry/expose/collect.ts'
import { scrape } from '../../../src/telemetry/expose/expose.ts'

/** A collector with every metric in use. */
function busyCollector (): Collector {
  const collector = new Collector()
  const { recorder } = collector
  recorder.histogram('http_server_request_duration_seconds', { service: 'orders', method: 'GET', route: '/api/"q"\\x\n', status: '200' }).observe(0.003)
  recorder.histogram('wattapp_mesh_request_duration_seconds', { from: 'gateway', to: 'orders' }).observe(20)
  recorder.counter('wattapp_mesh_requests_total', { from: 'gateway', to: 'orders', status: '200' }).add()
  recorder.counter('wattapp_worker_restarts_total', { service: 'orders', reason: 'exit' }).add()
  recorder.gauge('wattapp_requests_held', { service: 'orders' }).set(0)
  collector.gauge('wattapp_build_info', () => [{ labels: { version: '1.2.3' }, value: 1 }])
  collector.gauge('wattapp_service_ready', () => [{ labels: { service: 'orders' }, value: 1 }])
  collector.gauge('wattapp_service_workers', () => [{ labels: { service: 'orders', state: 'ready' }, value: 2 }])
  collector.gauge('wattapp_worker_event_loop_utilization', () => [{ labels: { service: 'orders' }, value: 0.25 }])
  for (const metric of ['wattapp_worker_heap_used_bytes', 'wattapp_worker_external_memory_bytes', 'wattapp_worker_memory_limit_bytes'] as const) {
    collector.gauge(metric, () => [{ labels: { service: 'orders' }, value: 2 ** 28 }])
  }
  return collector
}

test('a scrape is Prometheus text: help, type, escaped labels, cumulative buckets', () => {
  const { contentType, body } = scrape(busyCollector())
  assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8')
  const lines = body.split('\n')
  const labels = 'service="orders",method="GET",route="/api/\\"q\\"\\\\x\\n",status="200"'
  for (const line of [
    '# TYPE http_server_request_duration_seconds histogram',
    `http_server_request_duration_seconds_bucket{${labels},le="0.0025"} 0`,
    `http_server_request_duration_seconds_bucket{${labels},le="0.005"} 1`,
    `http_server_request_duration_seconds_bucket{${labels},le="10"} 1`,
    `http_server_request_duration_seconds_bucket{${labels},le="+Inf"} 1`,
    `http_server_request_duration_seconds_count{${labels}} 1`,
    `http_server_request_duration_seconds_sum{${labels}} 0.003`,
    'wattapp_build_info{version="1.2.3"} 1',
    'wattapp_worker_heap_used_bytes{service="orders"} 268435456'
  ]) assert.ok(lines.includes(line), line)
  assert.doesNotMatch(body, /worker(?:Id|_id)?="/)
})

test('the process speaks for itself', () => {
  const { body } = scrape(new Collector())
  const value = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1])
  assert.ok(value('process_cpu_seconds_total') > 0)
  assert.ok(value('process_resident_memory_bytes') > 2 ** 20)
  assert.ok(Math.abs(value('process_start_time_seconds') - (Date.now() / 1000 - process.uptime())) < 5)
})

test('a scrape changes nothing', () => {
  const collector = busyCollector()
  const own = (body: string): string => body.replaceAll(/^process_.*$/gm, '')
  assert.equal(own(scrape(collector).body), own(scrape(collector).body))
})
