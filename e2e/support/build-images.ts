// The images of a run: our two, two examples on top of ours, and a collector to send traces to.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { cli, install, run } from '../../tools/example.ts'
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

  console.log('==> image of the festival, nine frameworks')
  const festival = join(root, 'examples/frameworks')
  if (await install(festival, 'examples/frameworks') !== 0) throw new Error('npm ci in examples/frameworks failed')
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-e2e-festival-'))
  try {
    const code = await run(process.execPath, [cli, 'build', join(festival, 'wattapp.yaml'), '--out', join(folder, 'app')])
    if (code !== 0) throw new Error(`wattapp build of examples/frameworks ended with ${code}`)
    await cluster.buildImage({ tag: images.festival, context: join(folder, 'app'), dockerfile: join(root, 'e2e/images/app.Dockerfile'), buildArgs: { RUNTIME_IMAGE: images.runtime } })
  } finally {
    rmSync(folder, { recursive: true })
  }

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
