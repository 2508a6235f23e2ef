import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { find, run } from './command.ts'
import { phase } from './progress.ts'

export interface Package {
  name: string
  why: string
  isThere: () => boolean
}

export const command = (name: string) => (): boolean => find(name) !== undefined
const file = (...paths: string[]) => (): boolean => paths.some((path) => existsSync(path))

/** Debian's packages that the cluster, its images and the tests on it use. */
export const clusterPackages: readonly Package[] = [
  { name: 'runc', why: 'starts containers', isThere: command('runc') },
  { name: 'containernetworking-plugins', why: 'gives pods a network', isThere: file('/usr/lib/cni/bridge') },
  { name: 'iptables', why: 'carries Service addresses', isThere: command('iptables') },
  { name: 'conntrack', why: 'forgets connections to pods that went', isThere: command('conntrack') },
  { name: 'iproute2', why: 'makes the bridge', isThere: command('ip') },
  { name: 'openssl', why: 'makes certificates', isThere: command('openssl') },
  { name: 'buildah', why: 'builds images without a daemon', isThere: command('buildah') },
  { name: 'busybox-static', why: 'is the shell where apps are built', isThere: file('/bin/busybox') },
  { name: 'tini', why: 'is the init in the images', isThere: file('/usr/bin/tini-static') },
  { name: 'gcc', why: 'compiles the pause container', isThere: command('gcc') },
  { name: 'libc6-dev', why: 'links it statically', isThere: () => existsSync('/usr/include/stdlib.h') },
  { name: 'binutils', why: 'strips Node for its image', isThere: command('strip') },
  { name: 'ca-certificates', why: 'are the roots in the images', isThere: file('/etc/ssl/certs/ca-certificates.crt') },
  { name: 'prometheus', why: 'answers the dashboards\' queries; its promtool checks /metrics', isThere: command('promtool') },
  { name: 'wrk', why: 'is the load', isThere: command('wrk') }
]

/**
 * Sees to it that the machine has what is needed.
 * @param purpose what needs them, for people: "the test cluster"
 * @param otherwise how to do without them, for people
 * @param install as root on Debian: installs what is missing. Otherwise a missing package is an error that names all of
 * them and the command to type.
 */
export async function ensurePackages (packages: readonly Package[], { purpose, otherwise, install }: { purpose: string, otherwise: string, install: boolean }): Promise<void> {
  const missing = packages.filter((wanted) => !wanted.isThere())
  if (missing.length === 0) return
  const names = missing.map((wanted) => wanted.name)
  if (!install) {
    throw new Error([
      `This machine lacks what ${purpose} needs:`,
      ...missing.map((wanted) => `  ${wanted.name.padEnd(28)} ${wanted.why}`),
      'As root on Debian or Ubuntu, once:',
      `  apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`,
      `or let this command do it with --install; or ${otherwise}.`
    ].join('\n'))
  }
  if (process.getuid?.() !== 0 || find('apt-get') === undefined) {
    throw new Error(`--install needs root and apt-get. Missing: ${names.join(', ')}. Or ${otherwise}.`)
  }
  await phase(`installing ${names.join(', ')}`, async () => {
    await run('apt-get', ['update'])
    await withoutStartingServices(() => run('apt-get', ['install', '-y', '--no-install-recommends', ...names], {
      environment: { DEBIAN_FRONTEND: 'noninteractive' }
    }))
  })
  const still = missing.filter((wanted) => !wanted.isThere()).map((wanted) => wanted.name)
  if (still.length > 0) throw new Error(`apt-get installed them, and these are still missing: ${still.join(', ')}`)
}

const policyFile = '/usr/sbin/policy-rc.d'
const policy = '#!/bin/sh\n# Put here by the WattApp test cluster while it installs packages; safe to delete.\nexit 101\n'

/** Debian starts a service when its package is installed, prometheus among them; this file is its way to say no. */
async function withoutStartingServices (work: () => Promise<unknown>): Promise<void> {
  const isOurs = !existsSync(policyFile)
  if (isOurs) writeFileSync(policyFile, policy, { mode: 0o755 })
  try {
    await work()
  } finally {
    if (isOurs && readFileSync(policyFile, 'utf8') === policy) rmSync(policyFile)
  }
}
