// The two that are compared: how each is made ready, and how each is started. Both run the same two services on the same Node.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const peer = join(root, 'bench/peers/wattpm')
const app = join(peer, 'hello')

export interface Side {
  name: string
  /** Once, before anything is measured. */
  prepare: () => void
  /** Arguments after `node`. */
  args: (port: number) => string[]
  cwd: string
}

export const ours: Side = {
  name: 'wattapp run',
  prepare () { execFileSync(process.execPath, [join(root, 'tools/build.ts')], { stdio: 'inherit' }) },
  args: (port) => [join(root, 'dist/cli/main.js'), 'run', 'wattapp.yaml', '--port', String(port), '--admin-port', '0'],
  cwd: app
}

export const wattpm: Side = {
  name: 'wattpm start',
  prepare () {
    if (existsSync(join(peer, 'node_modules/wattpm/bin/cli.js'))) return
    console.log('installing the peer (bench/peers/wattpm, pinned by its lockfile)')
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: peer, stdio: 'inherit' })
  },
  args: () => [join(peer, 'node_modules/wattpm/bin/cli.js'), 'start'],
  cwd: app
}
