import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { find, run, succeeds } from './command.ts'
import type { Paths } from './paths.ts'
import { settings } from './settings.ts'

/** Kernel settings that we, the kubelet or kube-proxy write; what they were before is put back by `restoreNetwork`. */
const kernelSettings = [
  'net/ipv4/ip_forward', 'net/ipv4/conf/all/route_localnet', 'net/bridge/bridge-nf-call-iptables',
  'vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'
]

const kernelFile = (name: string): string => join('/proc/sys', name)
const beforeFile = (paths: Paths): string => join(paths.run, 'kernel-before.json')

/** Which run folder the bridge on this machine was made for; undefined when there is no bridge. */
function bridgeOwner (): string | undefined {
  const file = `/sys/class/net/${settings.bridge}/ifalias`
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

/**
 * Makes the bridge with the node's address, before the API server binds to it. Twice is the same as once.
 * Throws when a cluster of another cache folder is up: both would use the same addresses and rules.
 */
export async function makeNetwork (paths: Paths): Promise<void> {
  const owner = bridgeOwner()
  if (owner !== undefined && owner !== paths.run && existsSync(owner)) {
    throw new Error(`Another cluster is up on this machine, in ${owner}. First: WATTAPP_E2E_CACHE=${dirname(owner)} node e2e/cluster/main.ts down`)
  }
  if (!existsSync(kernelFile('net/bridge')) && find('modprobe') !== undefined) {
    await succeeds('modprobe', ['br_netfilter'])
  }
  mkdirSync(paths.run, { recursive: true })
  if (!existsSync(beforeFile(paths))) {
    const before = kernelSettings.filter((name) => existsSync(kernelFile(name)))
      .map((name) => [name, readFileSync(kernelFile(name), 'utf8').trim()])
    writeFileSync(beforeFile(paths), JSON.stringify(Object.fromEntries(before)))
  }
  if (owner === undefined) {
    await run('ip', ['link', 'add', settings.bridge, 'type', 'bridge'])
    await run('ip', ['address', 'add', `${settings.nodeIP}/24`, 'dev', settings.bridge])
  }
  await run('ip', ['link', 'set', settings.bridge, 'up', 'alias', paths.run])
  writeFileSync(kernelFile('net/ipv4/ip_forward'), '1')
  // Without it the answer of a pod on the same bridge goes past iptables, and its caller sees the pod's address where it
  // asked the Service's.
  if (existsSync(kernelFile('net/bridge/bridge-nf-call-iptables'))) writeFileSync(kernelFile('net/bridge/bridge-nf-call-iptables'), '1')
}

/** Removes the bridge and every rule of ours, and puts the kernel settings back; leaves another cluster's alone. */
export async function restoreNetwork (paths: Paths): Promise<void> {
  const owner = bridgeOwner()
  if (owner !== undefined && owner !== '' && owner !== paths.run) return
  await succeeds('ip', ['link', 'delete', settings.bridge])
  for (const family of ['iptables', 'ip6tables']) {
    if (find(`${family}-save`) === undefined) continue
    const removal = rulesRemoval(await run(`${family}-save`, []).catch(() => ''))
    if (removal !== '') await run(`${family}-restore`, ['--noflush'], { input: removal })
  }
  if (!existsSync(beforeFile(paths))) return
  const before = JSON.parse(readFileSync(beforeFile(paths), 'utf8')) as Record<string, string>
  for (const [name, value] of Object.entries(before)) {
    if (readFileSync(kernelFile(name), 'utf8').trim() !== value) writeFileSync(kernelFile(name), value)
  }
}

const chainOfOurs = /^(KUBE|CNI)-/

/**
 * What iptables-save printed → what iptables-restore must read to take out the chains that kube-proxy, the kubelet and
 * the CNI plugins made, and the jumps to them, and to leave every other rule and its counters alone.
 */
export function rulesRemoval (saved: string): string {
  const tables: string[] = []
  for (const [, table, body] of saved.matchAll(/^\*(\w+)\n(.*?)^COMMIT$/gms)) {
    const lines = (body ?? '').split('\n')
    const chains = lines.flatMap((line) => /^:(\S+)/.exec(line)?.[1] ?? []).filter((chain) => chainOfOurs.test(chain))
    if (chains.length === 0) continue
    const jumps = lines.filter((line) => /^-A (?!KUBE-|CNI-).* -[jg] (KUBE|CNI)-/.test(line)).map((line) => line.replace('-A', '-D'))
    const chainLines = (verb: string): string[] => chains.map((chain) => `${verb} ${chain}`)
    tables.push([`*${table}`, ...jumps, ...chainLines('-F'), ...chainLines('-X'), 'COMMIT'].join('\n'))
  }
  return tables.length === 0 ? '' : `${tables.join('\n')}\n`
}
