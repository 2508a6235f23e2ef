// `npm run e2e`: a cluster (the one KUBECONFIG names, or one built and started here), images, the chart, then the tests.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ensureCluster } from './cluster/cluster.ts'
import { buildImages } from './support/build-images.ts'
import { installChart } from './support/install-chart.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { install: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } }
})

if (values.help) {
  console.log(`Usage: npm run e2e -- [--install] [--keep] [FILE…]

Runs the end-to-end tests on the cluster that KUBECONFIG names, or builds and starts one on this machine.

  --install  as root on Debian: install what the machine lacks from the distribution
  --keep     leave the cluster running afterwards
  FILE       only these tests, e.g. e2e/hello.test.ts`)
  process.exit(0)
}

const root = new URL('..', import.meta.url).pathname
const cluster = await ensureCluster({ install: values.install })
process.env['KUBECONFIG'] = cluster.kubeconfig
process.env['PATH'] = `${cluster.bin}:${process.env['PATH'] ?? ''}`

let code = 1
try {
  await buildImages(cluster, root)
  await installChart(root)
  if (cluster.owned) {
    process.env['WATTAPP_E2E_VOLUME'] = `${cluster.volumes}/shop-${Date.now()}`
    mkdirSync(process.env['WATTAPP_E2E_VOLUME'], { recursive: true, mode: 0o777 })
  }
  const files = positionals.length > 0 ? positionals : globSync('e2e/*.test.ts', { cwd: root }).sort()
  const tests = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=600000', ...files], { cwd: root, stdio: 'inherit' })
  code = tests.status ?? 1
} finally {
  if (cluster.owned && !values.keep) await cluster.down()
}
process.exit(code)
