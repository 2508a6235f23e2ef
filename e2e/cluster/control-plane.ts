import { join } from 'node:path'
import { succeeds } from './command.ts'
import { kubeconfigOf } from './certificates.ts'
import type { Paths } from './paths.ts'
import { daemonPid, logTail, startDaemon } from './processes.ts'
import { until } from './progress.ts'
import { featureGateFlag, settings } from './settings.ts'

const etcdUrl = `http://127.0.0.1:${settings.etcdPort}`

/** Starts etcd, the API server, the controllers and the scheduler; ready when the API server says so. */
export async function startControlPlane (paths: Paths): Promise<void> {
  startDaemon(paths, 'etcd', [
    '--data-dir', join(paths.run, 'etcd'),
    '--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl,
    '--listen-peer-urls', `http://127.0.0.1:${settings.etcdPeerPort}`,
    '--unsafe-no-fsync', // a cluster that is thrown away waits for no disk
    '--log-level', 'warn'
  ])
  const pki = (file: string): string => join(paths.pki, file)
  startDaemon(paths, 'kube-apiserver', [
    '--etcd-servers', etcdUrl,
    '--bind-address', settings.nodeIP, '--advertise-address', settings.nodeIP, '--secure-port', `${settings.apiPort}`,
    '--service-cluster-ip-range', settings.serviceRange,
    '--tls-cert-file', pki('apiserver.crt'), '--tls-private-key-file', pki('apiserver.key'), '--client-ca-file', pki('ca.crt'),
    '--kubelet-client-certificate', pki('apiserver-client.crt'), '--kubelet-client-key', pki('apiserver-client.key'),
    '--kubelet-preferred-address-types', 'InternalIP',
    '--service-account-key-file', pki('service-account.pub'), '--service-account-signing-key-file', pki('service-account.key'),
    '--service-account-issuer', 'https://kubernetes.default.svc',
    '--authorization-mode', 'Node,RBAC', '--enable-admission-plugins', 'NodeRestriction', '--anonymous-auth=false',
    '--allow-privileged', '--feature-gates', featureGateFlag
  ])
  await until('the API server is ready', 60_000, () => isReady(paths)).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${logTail(paths, 'kube-apiserver')}`)
  })
  startDaemon(paths, 'kube-controller-manager', [
    '--kubeconfig', kubeconfigOf(paths, 'controller-manager'), '--bind-address', '127.0.0.1', '--leader-elect=false',
    '--service-account-private-key-file', pki('service-account.key'), '--root-ca-file', pki('ca.crt'),
    '--flex-volume-plugin-dir', join(paths.run, 'volume-plugins'), // else it makes one in /usr/libexec
    '--use-service-account-credentials', '--kube-api-qps', '200', '--kube-api-burst', '400'
  ])
  startDaemon(paths, 'kube-scheduler', [
    '--kubeconfig', kubeconfigOf(paths, 'scheduler'), '--bind-address', '127.0.0.1', '--leader-elect=false'
  ])
}

/** Whether the API server answers that it is ready; an error when its process is gone, so that nobody waits for it. */
async function isReady (paths: Paths): Promise<boolean> {
  return daemonPid(paths, 'kube-apiserver') !== undefined && kubectlAnswers(paths, ['get', '--raw', '/readyz'])
}

/** Whether kubectl, as the cluster's admin, succeeds within five seconds. */
export async function kubectlAnswers (paths: Paths, parameters: string[]): Promise<boolean> {
  return succeeds(join(paths.bin, 'kubectl'), ['--kubeconfig', paths.kubeconfig, ...parameters], { timeoutMs: 5000 })
}
