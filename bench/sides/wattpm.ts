// The peer that also runs services in threads: wattpm, pinned by bench/peers/wattpm/package-lock.json, installed at the first use.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { firstAnswer } from '../process/answer.ts'
import { freePort } from '../process/port.ts'
import type { Started } from './started.ts'

const peer = join(import.meta.dirname, '../peers/wattpm')
const cli = join(peer, 'node_modules/wattpm/bin/cli.js')

/** Once, before anything is measured. @throws when it cannot be installed */
export function installWattpm (tell: (text: string) => void): void {
  if (existsSync(cli)) return
  tell('installing the peer wattpm (bench/peers/wattpm, pinned by its lockfile)')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: peer, stdio: ['ignore', 2, 2] })
}

/** The app in that folder of the peer, answering on these paths. */
export async function startWattpm ({ children, tell }: Pick<Bench, 'children' | 'tell'>, app: string, paths: readonly string[], node = process.execPath): Promise<Started> {
  installWattpm(tell)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = await children.start({ name: 'wattpm start', file: node, args: [cli, 'start'], cwd: join(peer, app), env: { PORT: `${port}`, METRICS_PORT: `${await freePort()}` } })
  try {
    await firstAnswer(program, ...paths.map((path) => url + path))
  } catch (thrown) {
    await program.stop()
    throw thrown
  }
  return { url, program }
}
