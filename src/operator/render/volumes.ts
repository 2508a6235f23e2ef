// What the container finds on its disk: app config, files of environment variables, code of a ConfigMap, /tmp, and what
// the app's own podTemplate mounts. Names that begin with `wattapp-` are ours; the schema keeps others off them.
import { isFromFile } from '../../api/to-app-config.ts'
import type { Variable, WattApp } from '../../api/wattapp.ts'
import { configMapName } from './config-map.ts'
import type { ProjectedSource, Volume, VolumeMount } from './objects.ts'

/** /tmp is the one place that every service may write: small, or one service's logs would fill the node's disk. */
const tmpSize = '256Mi'

/**
 * The container's memory limit as a file, which the kubelet rewrites when the pod is resized in place (KEP-1287); a variable
 * of the environment is frozen at the start.
 */
const podFacts: Volume = {
  name: 'wattapp-pod',
  downwardAPI: { items: [{ path: 'memory-limit', resourceFieldRef: { containerName: 'app', resource: 'limits.memory' } }] }
}

interface Mounted { volume: Volume, mount: VolumeMount }

export function renderVolumes (app: WattApp, revision: string): { volumes: Volume[], volumeMounts: VolumeMount[] } {
  const { podTemplate = {}, source } = app.spec
  const ours: Mounted[] = [
    mounted({ name: 'wattapp-config', configMap: { name: configMapName(app, revision) } }, '/etc/wattapp/config', true),
    mounted({ name: 'wattapp-tmp', emptyDir: { sizeLimit: tmpSize } }, '/tmp', false),
    ...(podTemplate.resources?.limits?.memory === undefined ? [] : [mounted(podFacts, '/etc/wattapp/pod', true)]),
    ...(source === undefined ? [] : [mounted({ name: 'wattapp-source', configMap: { name: source.configMap.name } }, '/app', true)]),
    ...app.spec.services.flatMap(({ name, env = [] }) => {
      const sources = env.filter(isFromFile).reduce(addSource, [])
      return sources.length === 0 ? [] : [mounted({ name: `wattapp-env-${name}`, projected: { sources } }, `/etc/wattapp/env/${name}`, true)]
    })
  ]
  return {
    volumes: [...ours.map(({ volume }) => volume), ...podTemplate.volumes ?? []],
    volumeMounts: [...ours.map(({ mount }) => mount), ...podTemplate.volumeMounts ?? []]
  }
}

function mounted (volume: Volume, mountPath: string, readOnly: boolean): Mounted {
  return { volume, mount: { name: volume.name, mountPath, ...(readOnly && { readOnly }) } }
}

/** A file named like the variable. Keys of one object share a source, unless one may be absent and the other may not. */
function addSource (sources: ProjectedSource[], { name, valueFrom }: Variable): ProjectedSource[] {
  const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef
  if (reference === undefined) return sources
  const item = { key: reference.key, path: name }
  const isSecret = valueFrom?.secretKeyRef !== undefined
  const same = sources.map((source) => 'secret' in source ? (isSecret ? source.secret : undefined) : isSecret ? undefined : source.configMap)
    .find((files) => files?.name === reference.name && files.optional === (reference.optional === true ? true : undefined))
  if (same !== undefined) {
    same.items.push(item)
    return sources
  }
  const files = { name: reference.name, items: [item], ...(reference.optional === true && { optional: true as const }) }
  return [...sources, isSecret ? { secret: files } : { configMap: files }]
}
