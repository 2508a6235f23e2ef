import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeeds } from './command.ts'
import { kubeconfigOf } from './certificates.ts'
import { kubectlAnswers } from './control-plane.ts'
import type { Paths } from './paths.ts'
import { logTail, startDaemon } from './processes.ts'
import { until } from './progress.ts'
import { settings } from './settings.ts'

/** Starts containerd alone: images are brought in before the kubelet asks for one. */
export async function startContainerd (paths: Paths): Promise<void> {
  const configuration = join(paths.run, 'containerd', 'config.toml')
  const networks = join(paths.run, 'cni')
  for (const folder of [join(paths.run, 'containerd'), networks]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(networks, '10-bridge.conflist'), JSON.stringify(networkList(paths), null, 2))
  writeFileSync(configuration, containerdConfiguration(paths, networks))
  startDaemon(paths, 'containerd', ['--config', configuration])
  const ctr = join(paths.bin, 'ctr')
  await until('containerd answers', 30_000, () => succeeds(ctr, ['--address', paths.containerdSocket, 'version'])).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${logTail(paths, 'containerd')}`)
  })
}

/** Starts the kubelet and kube-proxy; ready when the node is. */
export async function startNode (paths: Paths): Promise<void> {
  const root = join(paths.run, 'kubelet')
  mkdirSync(root, { recursive: true })
  const resolver = join(root, 'resolv.conf')
  writeFileSync(resolver, `nameserver ${settings.dnsServiceIP}\n`)
  const configuration = join(root, 'config.json')
  writeFileSync(configuration, JSON.stringify(kubeletConfiguration(paths, root, resolver), null, 2))
  startDaemon(paths, 'kubelet', [
    '--config', configuration, '--kubeconfig', kubeconfigOf(paths, 'kubelet'), '--root-dir', join(root, 'root'),
    '--cert-dir', join(root, 'pki'), '--hostname-override', settings.nodeName, '--node-ip', settings.nodeIP
  ])
  startDaemon(paths, 'kube-proxy', [
    '--kubeconfig', kubeconfigOf(paths, 'proxy'), '--hostname-override', settings.nodeName,
    '--proxy-mode', 'iptables', '--cluster-cidr', settings.podRange,
    '--nodeport-addresses', settings.podRange, '--iptables-localhost-nodeports=false',
    '--metrics-bind-address', '127.0.0.1:10249', '--healthz-bind-address', '127.0.0.1:10256',
    // Zero leaves the machine's connection tracking as it is.
    '--conntrack-max-per-core', '0', '--conntrack-tcp-timeout-established', '0s', '--conntrack-tcp-timeout-close-wait', '0s'
  ])
  const ready = ['wait', '--for=condition=Ready', `node/${settings.nodeName}`, '--timeout=2s']
  await until('the node is ready', 60_000, () => kubectlAnswers(paths, ready)).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${logTail(paths, 'kubelet')}`)
  })
}

function networkList (paths: Paths): object {
  return {
    cniVersion: '1.0.0',
    name: settings.network,
    plugins: [
      {
        type: 'bridge',
        bridge: settings.bridge,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true, // a pod that reaches itself through its Service
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: settings.podRange, rangeStart: '10.244.0.10' }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: join(paths.run, 'cni', 'addresses')
        }
      },
      { type: 'portmap', capabilities: { portMappings: true } }
    ]
  }
}

function containerdConfiguration (paths: Paths, networks: string): string {
  const text = JSON.stringify
  return `version = 3
root = ${text(join(paths.run, 'containerd', 'root'))}
state = ${text(join(paths.run, 'containerd', 'state'))}
# Both keep folders outside ours, and nothing here uses them.
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.opt"]
[grpc]
  address = ${text(paths.containerdSocket)}
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = ${text(settings.pauseImage)}
[plugins.'io.containerd.cri.v1.runtime']
  # In a sandbox whose root may not lower a process' oom_score_adj no container starts without it.
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["/usr/lib/cni", "/opt/cni/bin"]
    conf_dir = ${text(networks)}
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      Root = ${text(join(paths.run, 'containerd', 'runc'))}
      SystemdCgroup = false
`
}

function kubeletConfiguration (paths: Paths, root: string, resolver: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: settings.nodeIP,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(paths.pki, 'ca.crt') }
    },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [settings.dnsServiceIP],
    clusterDomain: 'cluster.local',
    resolvConf: resolver,
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    podLogsDir: join(paths.run, 'pod-logs'),
    volumePluginDir: join(root, 'volume-plugins'),
    staticPodPath: '',
    // A developer's disk is often nearly full; a test's pods are not to be evicted for that.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    featureGates: settings.featureGates
  }
}
