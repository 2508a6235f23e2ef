// The folders of an app on this machine: its root, and its volumes below `.wattapp/volumes` beside the manifest.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
 * @param inUse the app's root of a run that goes on: what it holds is brought up to date, and no volume begins anew
 * @throws WATT_FILES_NOT_HERE, WATT_KEY_NOT_HERE, WATT_KEY_OUTSIDE
 */
export async function makeFolders ({ spec }: WattAppManifest, folder: string, objects: LocalObjects, life: Lifetime, inUse?: string): Promise<LocalFolders> {
  const root = spec.source?.configMap === undefined ? resolve(folder) : await sourceFolder(spec.source.configMap.name, objects, life, inUse)
  const volumes = resolve(folder, '.wattapp', 'volumes')
  const { volumes: wanted = [], volumeMounts = [] } = spec.podTemplate ?? {}
  if (wanted.length > 0) {
    await mkdir(volumes, { recursive: true })
    await writeFile(join(dirname(volumes), '.gitignore'), '*\n')
  }
  await Promise.all(wanted.map((volume) => makeVolume(volume as Volume, join(volumes, volume.name), objects, inUse !== undefined)))
  const mounts = await Promise.all(volumeMounts.map((mount) => toMount(mount, volumes)))
  return { root, mounts: [...mounts, { mountPath: '/app', folder: root }] }
}

async function sourceFolder (name: string, objects: LocalObjects, life: Lifetime, inUse: string | undefined): Promise<string> {
  const files = objects.find('ConfigMap', name)
  if (files === undefined) throw errors.WATT_FILES_NOT_HERE('spec.source.configMap', 'ConfigMap', name)
  if (inUse !== undefined) {
    await renewFiles(inUse, files)
    return inUse
  }
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

async function makeVolume ({ name, emptyDir, configMap, secret }: Volume, folder: string, objects: LocalObjects, isInUse: boolean): Promise<void> {
  const keys = configMap ?? secret
  // What is a copy is made anew, so that a key that went is gone.
  if ((emptyDir !== undefined && !isInUse) || keys !== undefined) await rm(folder, { recursive: true, force: true })
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

/** Writes what differs, so that whoever watches hears of nothing else, and removes what went. */
async function renewFiles (folder: string, files: Files): Promise<void> {
  const before = await readdir(folder)
  await Promise.all(before.filter((name) => !files.has(name)).map((name) => rm(join(folder, name), { recursive: true })))
  const differing = await Promise.all([...files].map(async ([path, bytes]) => {
    const is = await readFile(join(folder, path)).catch(() => undefined)
    return is?.equals(bytes) === true ? [] : [[path, bytes] as const]
  }))
  await writeFiles(folder, new Map(differing.flat()))
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
