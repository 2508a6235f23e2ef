import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import type { Paths } from './paths.ts'
import { settings } from './settings.ts'

const days = '365'
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Who talks to the API server: Kubernetes reads the name from CN and the groups from O. */
const clients: Record<string, string> = {
  admin: '/O=system:masters/CN=admin',
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  proxy: '/CN=system:kube-proxy',
  dns: '/CN=system:coredns',
  kubelet: `/O=system:nodes/CN=system:node:${settings.nodeName}`,
  // The API server's own, shown to the kubelet for logs, exec and port-forward.
  'apiserver-client': '/O=system:masters/CN=kube-apiserver'
}

/** Makes one cluster's authority, certificates, service account keys and kubeconfigs, valid for a year. */
export async function makeCertificates (paths: Paths): Promise<void> {
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 })
  const at = (name: string): string => join(paths.pki, name)
  await run('openssl', ['req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-days', days, '-subj', '/CN=wattapp-e2e'])

  const sign = (name: string, subject: string, ...extensions: string[]): Promise<string> => run('openssl', [
    'req', '-x509', '-CA', at('ca.crt'), '-CAkey', at('ca.key'), ...newKey, '-keyout', at(`${name}.key`), '-out', at(`${name}.crt`),
    '-days', days, '-subj', subject, '-addext', 'basicConstraints=critical,CA:FALSE',
    ...extensions.flatMap((extension) => ['-addext', extension])
  ])
  const names = ['IP:127.0.0.1', `IP:${settings.nodeIP}`, `IP:${settings.apiServiceIP}`, 'DNS:localhost', 'DNS:kubernetes',
    'DNS:kubernetes.default', 'DNS:kubernetes.default.svc', 'DNS:kubernetes.default.svc.cluster.local']
  await sign('apiserver', '/CN=kube-apiserver', `subjectAltName=${names.join(',')}`, 'extendedKeyUsage=serverAuth')
  for (const [name, subject] of Object.entries(clients)) await sign(name, subject, 'extendedKeyUsage=clientAuth')

  await run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', at('service-account.key')])
  await run('openssl', ['pkey', '-in', at('service-account.key'), '-pubout', '-out', at('service-account.pub')])

  for (const name of Object.keys(clients)) writeFileSync(kubeconfigOf(paths, name), kubeconfig(paths, name), { mode: 0o600 })
  writeFileSync(paths.kubeconfig, kubeconfig(paths, 'admin'), { mode: 0o600 })
}

/** The kubeconfig of one of the cluster's own parts. */
export function kubeconfigOf (paths: Paths, name: string): string {
  return join(paths.pki, `${name}.kubeconfig`)
}

export function hasCertificates (paths: Paths): boolean {
  return existsSync(paths.kubeconfig)
}

/** Keys and certificates inside, so that the file still works when someone copies it elsewhere on this machine. */
function kubeconfig (paths: Paths, name: string): string {
  const inline = (file: string): string => readFileSync(join(paths.pki, file)).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{
      name: 'wattapp-e2e',
      cluster: { server: `https://${settings.nodeIP}:${settings.apiPort}`, 'certificate-authority-data': inline('ca.crt') }
    }],
    users: [{ name, user: { 'client-certificate-data': inline(`${name}.crt`), 'client-key-data': inline(`${name}.key`) } }],
    contexts: [{ name: 'wattapp-e2e', context: { cluster: 'wattapp-e2e', user: name } }],
    'current-context': 'wattapp-e2e'
  }, null, 2)
}
