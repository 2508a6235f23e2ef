// The peer that also runs services in threads: wattpm, pinned by bench/peers/wattpm/package-lock.json, installed at the first use.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { freePort } from '../process/port.ts'
import { start, type Started } from './started.ts'

const peer = join(import.meta.dirname, '../peers/wattpm')
const cli = join(peer, 'node_modules/wattpm/bin/cli.js')

/** Once, before anything is measured. @throws when it cannot be installed */
export function installWattpm (tell: (text: string) => void): void {
  if (existsSync(cli)) return
  tell('installing the peer wattpm (bench/peers/wattpm, pinned by its lockfile)')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: peer, stdio: ['ignore', 2, 2] })
}

/** `metricsUrl`: where its metrics and probes are. */
export interface StartedWattpm extends Started { metricsUrl: string }

/** The app in that folder of the peer, answering on these paths. */
export async function startWattpm ({ children, tell }: Pick<Bench, 'children' | 'tell'>, app: string, paths: readonly string[], node = process.execPath): Promise<StartedWattpm> {
  installWattpm(tell)
  const [port, metricsPort] = [await freePort(), await freePort()]
  // Not PORT: its services would see it too, and listen beside the gateway.
  const env = { BENCH_PORT: `${port}`, BENCH_METRICS_PORT: `${metricsPort}` }
  const started = await start(children, { name: 'wattpm start', file: node, args: [cli, 'start'], cwd: join(peer, app), env }, `http://127.0.0.1:${port}`, paths)
  return { ...started, metricsUrl: `http://127.0.0.1:${metricsPort}` }
}
