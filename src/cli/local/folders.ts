// The folders of an app on this machine: its root, and its volumes below `.wattapp/volumes` beside the manifest.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import type { PodTemplate, Volume, WattAppManifest } from '../../api/wattapp.ts'
import type { Lifetime } from '../../base/lifetime.ts'
import { errors } from '../errors.ts'
import type { Mount } from './mounts.ts'
import type { Files, LocalObjects, ObjectKind } from './objects.ts'

export interface LocalFolders {
  /** The app's root. */
  root: string
  mounts: Mount[]
}

/**
 * Makes them. Claims keep their files from run to run; an emptyDir begins empty; code of a ConfigMap goes to a temporary folder
 * that is removed with `life`.
 * @throws WATT_FILES_NOT_HERE, WATT_KEY_NOT_HERE, WATT_KEY_OUTSIDE
 */
export async function makeFolders ({ spec }: WattAppManifest, folder: string, objects: LocalObjects, life: Lifetime): Promise<LocalFolders> {
  const root = spec.source?.configMap === undefined ? resolve(folder) : await sourceFolder(spec.source.configMap.name, objects, life)
  const volumes = resolve(folder, '.wattapp', 'volumes')
  const { volumes: wanted = [], volumeMounts = [] } = spec.podTemplate ?? {}
  if (wanted.length > 0) {
    await mkdir(volumes, { recursive: true })
    await writeFile(join(dirname(volumes), '.gitignore'), '*\n')
  }
  await Promise.all(wanted.map((volume) => makeVolume(volume as Volume, join(volumes, volume.name), objects)))
  const mounts = await Promise.all(volumeMounts.map((mount) => toMount(mount, volumes)))
  return { root, mounts: [...mounts, { mountPath: '/app', folder: root }] }
}

async function sourceFolder (name: string, objects: LocalObjects, life: Lifetime): Promise<string> {
  const files = objects.find('ConfigMap', name)
  if (files === undefined) throw errors.WATT_FILES_NOT_HERE('spec.source.configMap', 'ConfigMap', name)
  const root = life.add(await mkdtemp(join(tmpdir(), 'wattapp-')), (path) => rm(path, { recursive: true, force: true }))
  await writeFiles(root, files)
  return root
}

async function toMount ({ name, mountPath, subPath = '' }: NonNullable<PodTemplate['volumeMounts']>[number], volumes: string): Promise<Mount> {
  const folder = join(volumes, name, subPath)
  // The kubelet makes a subPath that is not there, too. One that is there may be a file.
  await mkdir(folder, { recursive: true }).catch((thrown: NodeJS.ErrnoException) => { if (thrown.code !== 'EEXIST') throw thrown })
  return { mountPath, folder }
}

async function makeVolume ({ name, emptyDir, configMap, secret }: Volume, folder: string, objects: LocalObjects): Promise<void> {
  const keys = configMap ?? secret
  // What is a copy is made anew, so that a key that went is gone.
  if (emptyDir !== undefined || keys !== undefined) await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: secret === undefined ? 0o777 : 0o700 })
  if (keys === undefined) return
  const kind: ObjectKind = configMap === undefined ? 'Secret' : 'ConfigMap'
  const source = 'name' in keys ? keys.name : keys.secretName
  const files = objects.find(kind, source)
  if (files === undefined) {
    if (keys.optional === true) return
    throw errors.WATT_FILES_NOT_HERE(`the volume "${name}"`, kind, source)
  }
  const chosen = keys.items?.flatMap(({ key, path }) => {
    const bytes = files.get(key)
    if (bytes === undefined && keys.optional !== true) throw errors.WATT_KEY_NOT_HERE(`the volume "${name}"`, kind, source, key)
    return bytes === undefined ? [] : [[path, bytes] as const]
  })
  await writeFiles(folder, chosen === undefined ? files : new Map(chosen))
}

async function writeFiles (folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of files) {
    const file = join(folder, path)
    // The API server refuses such a key; on a laptop nobody has asked it.
    if (!file.startsWith(`${folder}${sep}`)) throw errors.WATT_KEY_OUTSIDE(path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }
}
