// The images of a run: our two, the shop on top of ours, and a collector to send traces to.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { images } from './images.ts'

/** Builds all from this checkout and brings them onto the node. */
export async function buildImages (cluster: Cluster, root: string): Promise<void> {
  console.log('==> images of this checkout')
  await cluster.buildProjectImages()

  console.log('==> image of the shop')
  const shop = join(root, 'examples/shop')
  const installed = spawnSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: shop, encoding: 'utf8' })
  if (installed.status !== 0) throw new Error(`npm ci in examples/shop: ${installed.stderr}`)
  await cluster.buildImage({ tag: images.shop, context: shop, dockerfile: join(shop, 'Dockerfile'), buildArgs: { RUNTIME_IMAGE: images.runtime } })

  const collector = join(cluster.bin, 'collector')
  if (!existsSync(collector)) throw new Error(`no collector in ${cluster.bin}: the tests need an OTLP receiver that runs in a pod`)
  console.log('==> image of the collector')
  const context = mkdtempSync(join(tmpdir(), 'wattapp-e2e-collector-'))
  try {
    copyFileSync(collector, join(context, 'collector'))
    copyFileSync(join(root, 'e2e/images/collector.yaml'), join(context, 'collector.yaml'))
    await cluster.buildImage({ tag: images.collector, context, dockerfile: join(root, 'e2e/images/collector.Dockerfile'), buildArgs: { RUNTIME_IMAGE: images.runtime } })
  } finally {
    rmSync(context, { recursive: true })
  }
}
