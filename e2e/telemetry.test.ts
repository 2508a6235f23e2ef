// The promise made visible: a pod's metrics in a real Prometheus, every query of the dashboard, one trace of an order.
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { dashboardQueries } from '../tools/dashboards/queries.ts'
import { inClient, startClient, startLoad } from './support/client.ts'
import { images } from './support/images.ts'
import { apply, kubectl, kubectlBackground } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { shopManifest } from './support/shop.ts'
import { until } from './support/wait.ts'
import { admin, podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-telemetry'
const folder = mkdtempSync(join(tmpdir(), 'wattapp-e2e-prometheus-'))
const started: ChildProcess[] = []
let proxy = ''

const collector = (): string => JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'collector', namespace }, spec: { selector: { app: 'collector' }, ports: [{ port: 4318 }] } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'collector', namespace, labels: { app: 'collector' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [{
          name: 'collector',
          image: images.collector,
          imagePullPolicy: 'IfNotPresent',
          ports: [{ containerPort: 4318 }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
        }]
      }
    }
  ]
})

before(async () => {
  await createNamespace(namespace)
  await startClient(namespace)
  await apply(collector(), namespace)
  await kubectl(['wait', '-n', namespace, 'pod/collector', '--for=condition=Ready', '--timeout=60s'])
  await apply(shopManifest({ storage: 'memory', tracing: { endpoint: `http://collector.${namespace}.svc:4318`, samplingRatio: '1' } }), namespace)
  await untilCondition('shop', namespace, 'Ready', 'True')
})
after(async () => {
  for (const child of started) child.kill()
  rmSync(folder, { recursive: true, force: true })
  await kubectl(['delete', 'namespace', namespace, '--wait=false'])
})

test('the metrics of a pod pass promtool check metrics', async () => {
  const [pod] = await podsOf('shop', namespace)
  assert.ok(pod !== undefined)
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: await admin(pod, '/metrics'), encoding: 'utf8' })
  assert.equal(checked.status, 0, checked.stdout + checked.stderr)
})

test('a real Prometheus scrapes the pod, and every query of the dashboard returns data under traffic', async () => {
  const [pod] = await podsOf('shop', namespace)
  assert.ok(pod !== undefined)
  const kubectlProxy = kubectlBackground(['proxy', '--port=0'])
  started.push(kubectlProxy)
  const [chunk] = await new Promise<[Buffer]>((resolve) => kubectlProxy.stdout?.once('data', (data: Buffer) => resolve([data])))
  proxy = /127\.0\.0\.1:\d+/.exec(chunk.toString())?.[0] ?? ''
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({
    global: { scrape_interval: '1s' },
    scrape_configs: [{
      job_name: 'wattapp',
      metrics_path: `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}:9464/proxy/metrics`,
      static_configs: [{ targets: [proxy], labels: { namespace, pod: pod.metadata.name, app: 'shop' } }]
    }]
  }))
  const port = 19_090
  started.push(spawn('prometheus', [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: ['ignore', 'inherit', 'inherit'] }))
  const query = async (expr: string): Promise<unknown[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`)
    const { status, error, data } = await answer.json() as { status: string, error?: string, data?: { result: unknown[] } }
    if (status !== 'success') throw new Error(`${expr}: ${String(error)}`)
    return data?.result ?? []
  }
  const load = await startLoad(namespace, 'http://shop/api/products', 20)
  await inClient(namespace, `
    const post = () => fetch('http://shop/api/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ customer: '1', items: [] }) })
    for (let i = 0; i < 10; i++) await post()
    await fetch('http://shop/api/products/crash', { method: 'POST' }).catch(() => {})
    const products = await (await fetch('http://shop/api/products')).json()
    for (let i = 0; i < 40; i++) {
      await fetch('http://shop/api/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ customer: '1', items: [{ sku: products[i % products.length].sku, quantity: 1 }] }) })
      await new Promise((resolve) => setTimeout(resolve, 250))
    }`)
  for (const { name, expr } of dashboardQueries({ namespace, app: 'shop', service: '.*', interval: '10s' })) {
    await until(`data for "${name}": ${expr}`, async () => (await query(expr)).length > 0, 30_000)
  }
  await load.stop()
})

interface OtlpSpan { traceId: string, spanId: string, parentSpanId?: string, name: string, kind: number, service: string }

/** Spans that the collector has written, one OTLP/JSON document a line. */
async function spans (): Promise<OtlpSpan[]> {
  const text = await kubectl(['exec', '-n', namespace, 'collector', '--', 'node', '-e', 'process.stdout.write(fs.readFileSync("/tmp/spans.jsonl"))'])
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => (JSON.parse(line).resourceSpans as Array<{
    resource: { attributes: Array<{ key: string, value: { stringValue?: string } }> }
    scopeSpans: Array<{ spans: OtlpSpan[] }>
  }>).flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })))
  }))
}

test('one order is one trace: gateway, orders, products and payments rightly parented', async () => {
  const traceId = 'feedc0de00000000000000000000cafe'
  const status = await inClient(namespace, `
    const products = await (await fetch('http://shop/api/products')).json()
    const answer = await fetch('http://shop/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: '00-${traceId}-00000000000000aa-01' },
      body: JSON.stringify({ customer: '1', items: [{ sku: products[1].sku, quantity: 1 }] })
    })
    console.log(answer.status)`)
  assert.equal(status.trim(), '201')
  const trace = await until('the spans of the order', async () => {
    const mine = (await spans()).filter((span) => span.traceId === traceId)
    return ['gateway', 'orders', 'products', 'payments'].every((service) => mine.some((span) => span.service === service)) && mine
  }, 60_000)
  const of = (service: string): OtlpSpan[] => trace.filter((span) => span.service === service)
  const [gateway] = of('gateway')
  const [orders] = of('orders')
  assert.equal(gateway?.parentSpanId, '00000000000000aa')
  assert.equal(orders?.parentSpanId, gateway?.spanId)
  for (const span of [...of('products'), ...of('payments')]) assert.equal(span.parentSpanId, orders?.spanId, `${span.service} ${span.name}`)
  assert.equal(new Set(trace.map(({ spanId }) => spanId)).size, trace.length)
})

test('logs are one JSON object a line with service, worker and the trace of the request', async () => {
  const [pod] = await podsOf('shop', namespace)
  assert.ok(pod !== undefined)
  const lines = (await kubectl(['logs', '-n', namespace, pod.metadata.name])).trim().split('\n').map((line) => JSON.parse(line))
  for (const line of lines) for (const key of ['time', 'level', 'msg', 'app']) assert.ok(key in line, `${key} is missing in ${JSON.stringify(line)}`)
  const ordered = lines.find((line) => line.service === 'orders' && line.trace_id === 'feedc0de00000000000000000000cafe')
  assert.ok(ordered !== undefined, 'orders logged nothing within the trace')
  assert.equal(typeof ordered.worker, 'number')
})

test('the dashboard is shipped as a ConfigMap that a Grafana sidecar finds', async () => {
  const maps = JSON.parse(await kubectl(['get', 'configmaps', '-A', '-l', 'grafana_dashboard=1', '-o', 'json'])).items
  const app = maps.flatMap((map: { data: Record<string, string> }) => Object.entries(map.data)).find(([key]: [string]) => key.endsWith('app.json'))
  assert.ok(app !== undefined)
  assert.deepEqual(JSON.parse(app[1]), JSON.parse(readFileSync(new URL('../charts/wattapp-operator/dashboards/app.json', import.meta.url), 'utf8')))
})
