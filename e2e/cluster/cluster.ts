import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBaseImages, sourcesOf } from './base-images.ts'
import { ensureBinaries } from './binaries.ts'
import { build, type ImageBuild, save } from './buildah.ts'
import { makeCertificates } from './certificates.ts'
import { run } from './command.ts'
import { kubectlAnswers, startControlPlane } from './control-plane.ts'
import { startDns } from './dns.ts'
import { externalCluster } from './external.ts'
import { exclusively } from './lock.ts'
import { makeNetwork } from './network.ts'
import { startContainerd, startNode } from './node.ts'
import { clusterPackages, ensurePackages } from './packages.ts'
import { type Paths, pathsFrom } from './paths.ts'
import { daemonPid, recordedDaemons } from './processes.ts'
import { buildProjectImages, type ProjectImages, projectImages } from './project-images.ts'
import { phase, say, until } from './progress.ts'
import { settings } from './settings.ts'
import { tearDown } from './teardown.ts'

/** A Kubernetes cluster to test against. */
export interface Cluster {
  /** Full path of its kubeconfig, with every right. */
  kubeconfig: string
  /** A folder with kubectl, helm and (where Go is there to build it) collector; ctr too when `owned`. */
  bin: string
  /** Whether we made it; false when KUBECONFIG named one. */
  owned: boolean
  /** A folder of the node for `local` PersistentVolumes, gone with the cluster. Of use only when `owned`. */
  volumes: string
  /** Brings a docker or OCI archive onto the node. Pods name the image with `imagePullPolicy: IfNotPresent` or `Never`. */
  loadImage: (archive: string) => Promise<void>
  /** Builds an image and brings it onto the node. Throws with the last lines of the build. */
  buildImage: (image: ImageBuild) => Promise<void>
  /**
   * Compiles this checkout, builds the Dockerfile's targets (both, unless named) and brings them onto the node.
   * An app's own Dockerfile can then say `FROM localhost/wattapp/runtime:e2e`.
   */
  buildProjectImages: (names?: readonly (keyof ProjectImages)[]) => Promise<ProjectImages>
  /** Ends it and removes all of it but the cache. Does nothing to a cluster that is not ours. */
  down: () => Promise<void>
}

const daemons = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'containerd', 'kubelet', 'kube-proxy', 'coredns']

/**
 * The cluster that KUBECONFIG names, else one on this machine: the running one if it is whole and made from the same,
 * else a new one, which takes root, minutes for the first build and about fifteen seconds from then on.
 * @param install may install Debian packages (as root); without it, what is missing is an error that lists it
 */
export async function ensureCluster ({ install }: { install: boolean }): Promise<Cluster> {
  const paths = pathsFrom(process.env)
  const given = process.env['KUBECONFIG']
  if (given !== undefined && given !== '' && given !== paths.kubeconfig) return externalCluster(paths, given)
  if (process.getuid?.() !== 0 || process.platform !== 'linux') {
    throw new Error('A cluster can only be made as root on Linux. Set KUBECONFIG to use one you have (kind, minikube, k3d, Docker Desktop).')
  }
  await exclusively(paths.lock, async () => {
    await ensurePackages(clusterPackages, { purpose: 'the test cluster', otherwise: 'set KUBECONFIG to a cluster you have, which needs none of it', install })
    const binaries = await ensureBinaries(paths)
    const archives = await exclusively(paths.imagesLock, () => ensureBaseImages(paths))
    const fingerprint = fingerprintOf(paths, binaries, archives)
    const fault = await faultOf(paths, fingerprint)
    if (fault === undefined) return
    if (existsSync(paths.run)) {
      say(`    the cluster that was here cannot be used: ${fault}`)
      await phase('removing it', () => tearDown(paths))
    }
    await phase('a cluster from nothing', () => start(paths, archives, fingerprint))
  })
  return ownCluster(paths)
}

/** What a cluster is made from. One that was made from something else is replaced, so that no test runs on a stale one. */
function fingerprintOf (paths: Paths, binaries: string, archives: string[]): string {
  const configuration = ['settings', 'network', 'certificates', 'control-plane', 'node', 'dns'].map((noun) => join(paths.tools, `${noun}.ts`))
  const hash = createHash('sha256').update(binaries)
  for (const file of [...configuration, ...archives.map(sourcesOf)]) hash.update(readFileSync(file))
  return hash.digest('hex')
}

async function start (paths: Paths, archives: string[], fingerprint: string): Promise<void> {
  mkdirSync(paths.volumes, { recursive: true })
  await phase('network and certificates', async () => {
    await makeNetwork(paths)
    await makeCertificates(paths)
  })
  await Promise.all([
    phase('control plane', () => startControlPlane(paths)),
    phase('containerd and base images', async () => {
      await startContainerd(paths)
      for (const archive of archives) await importImage(paths, archive)
    })
  ])
  await Promise.all([
    phase('kubelet and kube-proxy', () => startNode(paths)),
    phase('DNS', () => startDns(paths))
  ])
  // A pod created before its namespace has this account is refused.
  const account = ['get', 'serviceaccount', 'default', '--namespace', 'default']
  await until('the default ServiceAccount exists', 30_000, () => kubectlAnswers(paths, account))
  writeFileSync(join(paths.run, 'fingerprint'), fingerprint)
}

/** Why the cluster in `paths.run` cannot be used, or undefined when it can. The fingerprint is written last, so half a start is a fault. */
async function faultOf (paths: Paths, fingerprint?: string): Promise<string | undefined> {
  const file = join(paths.run, 'fingerprint')
  if (!existsSync(paths.run)) return 'there is none'
  if (!existsSync(file)) return 'its start was cut short'
  if (fingerprint !== undefined && readFileSync(file, 'utf8') !== fingerprint) return 'it was made from other binaries or settings'
  const gone = daemons.filter((name) => daemonPid(paths, name) === undefined)
  if (gone.length > 0) return `${gone.join(', ')} no longer ${gone.length === 1 ? 'runs' : 'run'}`
  const ready = ['wait', '--for=condition=Ready', `node/${settings.nodeName}`, '--timeout=3s']
  return await kubectlAnswers(paths, ready) ? undefined : 'its node is not ready'
}

function ownCluster (paths: Paths): Cluster {
  const bring = async (tag: string): Promise<void> => {
    const archive = join(paths.images, `${tag.replaceAll(/[^\w.-]/g, '_')}.tar`)
    await save(paths, tag, archive)
    await importImage(paths, archive)
    rmSync(archive)
  }
  return {
    kubeconfig: paths.kubeconfig,
    bin: paths.bin,
    owned: true,
    volumes: paths.volumes,
    loadImage: (archive) => importImage(paths, archive),
    buildImage: (image) => phase(`building the image ${image.tag}`, () => exclusively(paths.imagesLock, async () => {
      await build(paths, image)
      await bring(image.tag)
    })),
    buildProjectImages: async (names = ['operator', 'runtime']) => {
      await phase(`building the images ${names.join(', ')}`, () => exclusively(paths.imagesLock, async () => {
        await buildProjectImages(paths, names)
        for (const name of names) await bring(projectImages[name])
      }))
      return projectImages
    },
    down: () => bringDown(paths)
  }
}

async function importImage (paths: Paths, archive: string): Promise<void> {
  await run(join(paths.bin, 'ctr'), ['--address', paths.containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive])
}

/** Ends the cluster on this machine, whole or not. Nothing happens when there is none. */
export async function bringDown (paths: Paths): Promise<void> {
  await exclusively(paths.lock, async () => {
    if (existsSync(paths.run)) await phase('removing the cluster', () => tearDown(paths))
  })
}

/** One line a daemon, and what is wrong with the whole, if anything. */
export async function statusOf (paths: Paths): Promise<{ fault: string | undefined, lines: string[] }> {
  const names = [...new Set([...daemons, ...recordedDaemons(paths)])]
  const lines = names.map((name) => `${name.padEnd(24)} ${daemonPid(paths, name) ?? 'not running'}`)
  return { fault: await faultOf(paths), lines }
}
