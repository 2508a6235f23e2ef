import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find, run } from './command.ts'
import type { Paths } from './paths.ts'
import { phase } from './progress.ts'

interface Tool {
  /** A folder beside this file: go.mod and go.sum pin the version, the stamp below repeats it for the command's own use. */
  module: string
  packages: string[]
  commands: string[]
  /** Values the linker sets: most of these commands otherwise report version 0.0.0 and refuse each other. */
  stamps: Record<string, string>
}

const kubernetes = { version: 'v1.34.4', major: '1', minor: '34' }
const kubernetesCommands = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl', 'kubelet']
const containerdCommands = ['containerd', 'containerd-shim-runc-v2', 'ctr']

/** Longest build first: it also warms Go's build cache for the others. Times are cold, on two cores. */
const tools: Tool[] = [
  {
    module: 'kubernetes', // 280 s
    packages: kubernetesCommands.map((command) => `k8s.io/kubernetes/cmd/${command}`),
    commands: kubernetesCommands,
    stamps: {
      'k8s.io/component-base/version.gitVersion': kubernetes.version,
      'k8s.io/component-base/version.gitMajor': kubernetes.major,
      'k8s.io/component-base/version.gitMinor': kubernetes.minor
    }
  },
  {
    module: 'containerd', // 60 s
    packages: containerdCommands.map((command) => `github.com/containerd/containerd/v2/cmd/${command}`),
    commands: containerdCommands,
    stamps: { 'github.com/containerd/containerd/v2/version.Version': 'v2.4.2' }
  },
  { module: 'etcd', packages: ['go.etcd.io/etcd/server/v3'], commands: ['etcd'], stamps: {} }, // 25 s
  { module: 'coredns', packages: ['.'], commands: ['coredns'], stamps: {} }, // 50 s
  {
    module: 'helm', // 60 s
    packages: ['helm.sh/helm/v3/cmd/helm'],
    commands: ['helm'],
    // The last four are the cluster that `helm template` and `helm lint` assume: 1.20 unless told.
    stamps: {
      'helm.sh/helm/v3/internal/version.version': 'v3.21.4',
      'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor': kubernetes.major,
      'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor': kubernetes.minor,
      'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor': kubernetes.major,
      'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor': kubernetes.minor
    }
  },
  { module: 'collector', packages: ['.'], commands: ['collector'], stamps: { 'main.version': 'v0.165.0' } } // 50 s
]

/** What a tool is built from: another hash builds it again, the same one never. */
function hashOf (tool: Tool, folder: string): string {
  const hash = createHash('sha256').update(JSON.stringify(tool))
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex')
}

/**
 * Builds the commands that are missing or whose module changed, into `paths.bin`.
 * @param modules only these; all of them by default
 * @returns a hash over all of them, a part of the running cluster's fingerprint
 */
export async function ensureBinaries (paths: Paths, modules = tools.map((tool) => tool.module)): Promise<string> {
  for (const folder of [paths.bin, paths.stamps]) mkdirSync(folder, { recursive: true })
  const all = createHash('sha256')
  for (const tool of tools.filter(({ module }) => modules.includes(module))) {
    const folder = join(paths.tools, tool.module)
    const wanted = hashOf(tool, folder)
    all.update(wanted)
    const stamp = join(paths.stamps, tool.module)
    const isThere = tool.commands.every((command) => existsSync(join(paths.bin, command)))
    if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue
    await phase(`building ${tool.commands.join(', ')}`, () => build(tool, folder, paths.bin))
    writeFileSync(stamp, wanted)
  }
  return all.digest('hex')
}

async function build (tool: Tool, folder: string, bin: string): Promise<void> {
  const go = find('go')
  if (go === undefined) throw new Error('Go is missing. Install Go 1.26 or newer (https://go.dev/dl); the distribution\'s is too old.')
  const fresh = join(bin, `.${tool.module}`)
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh)
  const flags = ['-s', '-w', ...Object.entries(tool.stamps).map(([name, value]) => `-X ${name}=${value}`)].join(' ')
  const [only, ...more] = tool.commands
  const output = more.length === 0 && only !== undefined ? join(fresh, only) : `${fresh}/`
  // nice: on a laptop someone works beside it.
  await run('nice', [go, 'build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', output, ...tool.packages], {
    cwd: folder,
    environment: { CGO_ENABLED: '0' }
  })
  // Renamed, not written over: a running cluster may be executing the old file.
  for (const command of tool.commands) renameSync(join(fresh, command), join(bin, command))
  rmSync(fresh, { recursive: true })
}
