import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { run, succeeds } from './command.ts'
import { restoreNetwork } from './network.ts'
import type { Paths } from './paths.ts'
import { commandLineOf, recordedDaemons, signal, stopDaemon } from './processes.ts'
import { until } from './progress.ts'
import { settings } from './settings.ts'

/** Whoever starts containers goes first, whoever remembers them last. */
const stopOrder = ['kubelet', 'kube-proxy', 'coredns', 'kube-scheduler', 'kube-controller-manager']

/**
 * Ends a cluster and removes what it left on this machine, whatever state it is in: whole, half made by a driver that
 * was killed, or after a reboot. Touches only processes that carry our paths, mounts below `paths.run`, our bridge, and
 * the files that Kubernetes and CNI insist on keeping elsewhere, when they name us. Binaries and images stay.
 */
export async function tearDown (paths: Paths): Promise<void> {
  await Promise.all(stopOrder.map((name) => stopDaemon(paths, name)))
  await endContainers(paths)
  await Promise.all(recordedDaemons(paths).map((name) => stopDaemon(paths, name)))
  await removeMounts(paths)
  await removePodNetworks()
  await restoreNetwork(paths)
  removeDeadSockets()
  removeContainerLogLinks(paths)
  removeCgroups()
  rmSync(paths.run, { recursive: true, force: true })
}

/**
 * Ends every container without asking containerd, which may be gone: its state folder names each one's first process.
 * That is ours if its control group carries the container's 64-digit id.
 */
async function endContainers (paths: Paths): Promise<void> {
  const tasks = join(paths.run, 'containerd', 'state', 'io.containerd.runtime.v2.task', 'k8s.io')
  const inits = existsSync(tasks) ? readdirSync(tasks).map((id) => ({ id, pid: initOf(join(tasks, id)) })) : []
  const isRunning = (init: { id: string, pid: number }): boolean => controlGroupsOf(init.pid).includes(init.id)
  for (const init of inits) if (isRunning(init)) signal(init.pid, 'SIGKILL')
  await until('the containers end', 10_000, async () => !inits.some(isRunning))

  const isShim = (pid: number): boolean => {
    const [command = '', ...parameters] = commandLineOf(pid)
    return basename(command) === 'containerd-shim-runc-v2' && parameters.includes(paths.containerdSocket)
  }
  const shims = readdirSync('/proc').map(Number).filter((pid) => pid > 1 && isShim(pid))
  for (const pid of shims) signal(pid, 'SIGKILL')
  await until('the shims end', 10_000, async () => !shims.some(isShim))
}

function initOf (task: string): number {
  const file = join(task, 'init.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
}

function controlGroupsOf (pid: number): string {
  try {
    return pid > 1 ? readFileSync(`/proc/${pid}/cgroup`, 'utf8') : ''
  } catch {
    return ''
  }
}

/**
 * Shims listen in /run/containerd/s wherever containerd's own state is, and the kubelet below /var/lib/kubelet for
 * device plugins wherever its root is. A socket that nobody listens on was left by one of ours that was killed.
 */
function removeDeadSockets (): void {
  const listening = readFileSync('/proc/net/unix', 'utf8')
  for (const folder of ['/run/containerd/s', '/var/lib/kubelet/device-plugins']) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder)) {
      const socket = join(folder, name)
      if (lstatSync(socket).isSocket() && !listening.includes(socket)) unlinkSync(socket)
    }
    removeEmpty(folder, dirname(folder))
  }
}

/** The kubelet binds its own root, containerd mounts each container's, pods mount volumes: deepest first. */
async function removeMounts (paths: Paths): Promise<void> {
  const mounted = (): string[] => readFileSync('/proc/self/mounts', 'utf8').split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((target) => target.startsWith(`${paths.run}/`))
    .sort().reverse()
  for (const target of mounted()) await succeeds('umount', [target])
  for (const target of mounted()) await run('umount', ['--lazy', target])
  // What follows deletes the folder: never through a mount into a volume's data.
  const left = mounted()
  if (left.length > 0) throw new Error(`Still mounted: ${left.join(', ')}. Unmount and run down again.`)
}

/** CNI's cache says which network namespace each of our pods had; its loopback has an entry of its own. */
async function removePodNetworks (): Promise<void> {
  const cache = '/var/lib/cni/results'
  if (!existsSync(cache)) return
  const ours = new RegExp(`^${settings.network}-(\\w+)-`)
  for (const name of readdirSync(cache)) {
    const id = ours.exec(name)?.[1]
    if (id === undefined) continue
    const entry = JSON.parse(readFileSync(join(cache, name), 'utf8')) as { netns?: string }
    if (entry.netns !== undefined && basename(entry.netns).startsWith('cni-') && existsSync(entry.netns)) {
      await succeeds('umount', [entry.netns])
      unlinkSync(entry.netns)
    }
    unlinkSync(join(cache, name))
    rmSync(join(cache, `cni-loopback-${id}-lo`), { force: true })
  }
  removeEmpty(cache, '/var/lib/cni/cache', '/var/lib/cni')
}

/** The kubelet links every log in /var/log/containers, a name it has no setting for. */
function removeContainerLogLinks (paths: Paths): void {
  const folder = '/var/log/containers'
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const link = join(folder, name)
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${paths.run}/`)) unlinkSync(link)
  }
  removeEmpty(folder)
}

/** A control group with a process in it cannot be removed, so another kubelet's stay. */
function removeCgroups (): void {
  const roots = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup', { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map((entry) => join('/sys/fs/cgroup', entry.name))]
  for (const root of roots) removeTree(join(root, 'kubepods'))
}

function removeTree (folder: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(folder, entry.name))
  removeEmpty(folder)
}

function removeEmpty (...folders: string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder)
    } catch {
      // Someone else keeps something there.
    }
  }
}
