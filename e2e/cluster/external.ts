import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBinaries } from './binaries.ts'
import type { ImageBuild } from './buildah.ts'
import type { Cluster } from './cluster.ts'
import { find, run } from './command.ts'
import type { Paths } from './paths.ts'
import { type ProjectImages, projectImages } from './project-images.ts'

/**
 * A cluster that someone gave us by KUBECONFIG: nothing is started, installed or ended. Images are built with docker,
 * and handed over in the way that the context's name tells (kind, minikube, k3d; Docker Desktop's shares them).
 */
export async function externalCluster (paths: Paths, kubeconfig: string): Promise<Cluster> {
  const bin = join(paths.cache, 'external-bin')
  rmSync(bin, { recursive: true, force: true })
  mkdirSync(bin, { recursive: true })
  for (const name of ['kubectl', 'helm']) {
    const found = find(name)
    if (found === undefined) throw new Error(`KUBECONFIG is set, so the tests use your cluster, and they need ${name} on the PATH.`)
    symlinkSync(found, join(bin, name))
  }
  // Only the tracing tests need it, and they say so when it is not there.
  if (find('go') !== undefined) {
    await ensureBinaries(paths, ['collector'])
    symlinkSync(join(paths.bin, 'collector'), join(bin, 'collector'))
  }
  const kubectl = join(bin, 'kubectl')
  const context = (await run(kubectl, ['--kubeconfig', kubeconfig, 'config', 'current-context'])).trim()
  await run(kubectl, ['--kubeconfig', kubeconfig, 'get', '--raw', '/readyz'], { timeoutMs: 15_000 })

  const buildImage = async (image: ImageBuild): Promise<void> => {
    await docker(['build', '--tag', image.tag, '--file', image.dockerfile,
      ...(image.target === undefined ? [] : ['--target', image.target]),
      ...Object.entries(image.buildArgs ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      image.context])
    await handOver(context, image.tag)
  }
  return {
    kubeconfig,
    bin,
    owned: false,
    volumes: '',
    buildImage,
    buildProjectImages: async (names = ['operator', 'runtime']): Promise<ProjectImages> => {
      for (const name of names) {
        await buildImage({ tag: projectImages[name], context: paths.repository, dockerfile: join(paths.repository, 'Dockerfile'), target: name })
      }
      return projectImages
    },
    loadImage: async (archive) => {
      const loaded = await docker(['load', '--quiet', '--input', archive])
      for (const [, tag] of loaded.matchAll(/Loaded image: (\S+)/g)) if (tag !== undefined) await handOver(context, tag)
    },
    down: async () => {}
  }
}

async function docker (parameters: string[]): Promise<string> {
  const engine = find('docker')
  if (engine === undefined) {
    throw new Error('With a cluster of your own (KUBECONFIG) the images are built by docker, which is not on the PATH. Install it, or unset KUBECONFIG to get a cluster made here.')
  }
  return run(engine, parameters)
}

async function handOver (context: string, tag: string): Promise<void> {
  if (['docker-desktop', 'orbstack', 'rancher-desktop'].includes(context)) return
  const loaders: { match: RegExp, command: (name: string) => string[] }[] = [
    { match: /^kind-(.+)$/, command: (name) => ['kind', 'load', 'docker-image', tag, '--name', name] },
    { match: /^k3d-(.+)$/, command: (name) => ['k3d', 'image', 'import', tag, '--cluster', name] },
    { match: /^(minikube)$/, command: (name) => ['minikube', 'image', 'load', tag, '--profile', name] }
  ]
  for (const { match, command } of loaders) {
    const [program = '', ...parameters] = command(match.exec(context)?.[1] ?? '')
    if (!match.test(context)) continue
    if (find(program) === undefined) throw new Error(`The context ${context} looks like a ${program} cluster, and ${program} is not on the PATH to load ${tag} into it.`)
    await run(program, parameters)
    return
  }
  throw new Error(`The image ${tag} is built, and there is no known way to bring it to the nodes of the context ${context}. Use kind, k3d, minikube or Docker Desktop, or unset KUBECONFIG to get a cluster made here.`)
}
