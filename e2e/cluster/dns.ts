import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubeconfigOf } from './certificates.ts'
import { run } from './command.ts'
import type { Paths } from './paths.ts'
import { logTail, startDaemon } from './processes.ts'
import { until } from './progress.ts'
import { settings } from './settings.ts'

/**
 * Starts CoreDNS on this machine and a Service `kube-dns` that leads to it, so that pods ask where they ask in any
 * cluster. As a process it needs no image of its own.
 */
export async function startDns (paths: Paths): Promise<void> {
  await run(join(paths.bin, 'kubectl'), ['--kubeconfig', paths.kubeconfig, 'apply', '-f', '-'], { input: JSON.stringify(objects) })
  const folder = join(paths.run, 'dns')
  mkdirSync(folder, { recursive: true })
  const configuration = join(folder, 'Corefile')
  writeFileSync(configuration, `.:${settings.dnsPort} {
  bind ${settings.nodeIP}
  errors
  ready 127.0.0.1:${settings.dnsReadyPort}
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfigOf(paths, 'dns')}
    pods insecure
    ttl 1
    fallthrough in-addr.arpa ip6.arpa
  }
  forward . /etc/resolv.conf
}
`)
  startDaemon(paths, 'coredns', ['-conf', configuration])
  await until('CoreDNS is ready', 30_000, async () => (await fetch(`http://127.0.0.1:${settings.dnsReadyPort}/ready`)).ok).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${logTail(paths, 'coredns')}`)
  })
}

const service = { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }
const ports = [{ name: 'dns', protocol: 'UDP' }, { name: 'dns-tcp', protocol: 'TCP' }]

const objects = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] }
      ]
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:coredns' }]
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { clusterIP: settings.dnsServiceIP, ports: ports.map((port) => ({ ...port, port: 53 })) }
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...service, labels: { ...service.labels, 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [settings.nodeIP], conditions: { ready: true } }],
      ports: ports.map((port) => ({ ...port, port: settings.dnsPort }))
    }
  ]
}
