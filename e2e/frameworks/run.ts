// `npm run e2e:frameworks`: real frameworks as services, in real browsers. What the machine lacks is a visible skip, or installed with --install.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { command, ensurePackages, type Package } from '../cluster/packages.ts'

const packages: readonly Package[] = [
  { name: 'chromium', why: 'shows the pages', isThere: () => existsSync('/usr/bin/chromium') },
  { name: 'redis-server', why: 'is the cache that pods of a Next app share', isThere: command('redis-server') },
  { name: 'buildah', why: 'builds images without a daemon', isThere: command('buildah') }
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { install: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } }
})

if (values.help) {
  console.log(`Usage: npm run e2e:frameworks -- [--install] [FILE…]

Runs each framework as its users have it. Their packages are installed, and their apps built, at the first use.

  --install  as root on Debian: install what the machine lacks (${packages.map(({ name }) => name).join(', ')})
  FILE       only these tests, e.g. e2e/frameworks/next/serve.test.ts`)
  process.exit(0)
}

if (values.install) await ensurePackages(packages, { purpose: 'the tests of frameworks', otherwise: 'leave the tests that need them out: without --install they are skipped', install: true })
const root = join(import.meta.dirname, '../..')
const files = positionals.length > 0 ? positionals : globSync('e2e/frameworks/*/*.test.ts', { cwd: root }).sort()
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=900000', ...files], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
