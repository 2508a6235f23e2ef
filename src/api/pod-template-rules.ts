// What makes the pod template wrong beyond its single fields: each rule in CEL and in TypeScript.
import { list, matches } from './cel.ts'
import type { Finding, Rule } from './field.ts'
import { parseBytes, parseMillicores } from './quantity.ts'
import { reservedAnnotations, reservedLabels, reservedMounts, reservedParents, reservedVolumePrefix } from './reserved.ts'

interface Amounts { cpu?: string, memory?: string, 'ephemeral-storage'?: string }
interface Resources { requests?: Amounts, limits?: Amounts }
interface Toleration { key?: string, operator?: string, value?: string, effect?: string, tolerationSeconds?: number }
interface Pod { volumes?: Array<{ name: string }>, volumeMounts?: Array<{ name: string }> }

const when = (isBroken: boolean, ...at: Array<string | number>): Finding[] => isBroken ? [{ at }] : []

const keyPattern = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$'

export const keyMalformed: Rule = {
  reason: 'KeyMalformed',
  cel: `self.all(k, k.size() <= 317 && ${matches('k', keyPattern)})`,
  message: 'a key is not a name with an optional prefix',
  remedy: 'write letters, digits, `-`, `_` and `.`, with an optional `domain/` before them, such as example.com/team',
  broken: (self: Record<string, string>) =>
    Object.keys(self).filter((key) => key.length > 317 || !new RegExp(keyPattern).test(key)).map((key) => ({ at: [key] }))
}

const reservedKey = (reason: string, message: string, prefixes: readonly string[]): Rule => ({
  reason,
  cel: `!self.exists(k, ${prefixes.map((prefix) => `k.startsWith('${prefix}')`).join(' || ')})`,
  message: `${message} (${prefixes.join(', ')})`,
  remedy: 'use a prefix of your own, such as example.com/',
  broken: (self: Record<string, string>) =>
    Object.keys(self).filter((key) => prefixes.some((prefix) => key.startsWith(prefix))).map((key) => ({ at: [key] }))
})

export const labelReserved = reservedKey('LabelReserved', 'labels of the operator and of Kubernetes cannot be set', reservedLabels)
export const annotationReserved = reservedKey('AnnotationReserved', "annotations of the operator, and those that loosen the pod's confinement, cannot be set", reservedAnnotations)

const compare: Record<keyof Amounts, (text: string) => number | undefined> = { cpu: parseMillicores, memory: parseBytes, 'ephemeral-storage': parseBytes }

export const requestAboveLimit: Rule = {
  reason: 'RequestAboveLimit',
  cel: '!has(self.requests) || !has(self.limits) || (' + (['cpu', 'memory', 'ephemeral__dash__storage'] as const).map((name) => {
    const [request, limit] = [`self.requests.${name}`, `self.limits.${name}`]
    return `(!has(${request}) || !has(${limit}) || !isQuantity(${request}) || !isQuantity(${limit}) || quantity(${request}).compareTo(quantity(${limit})) <= 0)`
  }).join(' && ') + ')',
  message: 'a request is above its limit',
  remedy: 'raise the limit, or lower the request',
  broken: ({ requests = {}, limits = {} }: Resources) => (['cpu', 'memory', 'ephemeral-storage'] as const).flatMap((name) =>
    when((compare[name](requests[name] ?? '0') ?? 0) > (compare[name](limits[name] ?? '') ?? Infinity), 'requests', name))
}

export const tolerationInvalid: Rule = {
  reason: 'TolerationInvalid',
  cel: "(self.operator == 'Exists' ? !has(self.value) : has(self.key)) && (!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute'))",
  message: 'Kubernetes does not take this toleration',
  remedy: 'with operator Exists leave value out; with Equal name a key; tolerationSeconds needs effect NoExecute',
  broken: (self: Toleration) => when(
    (self.operator === 'Exists' ? self.value !== undefined : self.key === undefined) || (self.tolerationSeconds !== undefined && self.effect !== 'NoExecute'))
}

export const volumeNameReserved: Rule = {
  reason: 'VolumeNameReserved',
  cel: `!self.startsWith('${reservedVolumePrefix}')`,
  message: `volumes whose names begin with ${reservedVolumePrefix} belong to the operator`,
  remedy: 'give the volume another name',
  broken: (self: string) => when(self.startsWith(reservedVolumePrefix))
}

const volumeKinds = ['emptyDir', 'persistentVolumeClaim', 'configMap', 'secret'] as const

export const volumeOneKind: Rule = {
  reason: 'VolumeOneKind',
  cel: `[${volumeKinds.map((kind) => `has(self.${kind})`).join(', ')}].exists_one(x, x)`,
  message: 'a volume has exactly one of emptyDir, persistentVolumeClaim, configMap and secret',
  remedy: 'write one of them, such as `emptyDir: {}`',
  broken: (self: Record<string, unknown>) => when(volumeKinds.filter((kind) => self[kind] !== undefined).length !== 1)
}

export const mountReserved: Rule = {
  reason: 'MountReserved',
  cel: `!(self in ${list(reservedParents)}) && !${list(reservedMounts)}.exists(p, self == p || self.startsWith(p + '/'))`,
  message: "this place holds the system's or the supervisor's own files, or the app's code",
  remedy: 'mount the volume elsewhere, such as /data; /tmp is writable already',
  broken: (self: string) => when(
    reservedParents.some((place) => self === place) || reservedMounts.some((place) => self === place || self.startsWith(`${place}/`)))
}

export const mountOfUnknownVolume: Rule = {
  reason: 'MountOfUnknownVolume',
  cel: '!has(self.volumeMounts) || self.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name))',
  message: 'volumeMounts names a volume that does not exist',
  remedy: 'add the volume to podTemplate.volumes, or correct the name',
  broken: ({ volumes = [], volumeMounts = [] }: Pod) => volumeMounts.flatMap((mount, index) =>
    when(!volumes.some(({ name }) => name === mount.name), 'volumeMounts', index, 'name'))
}
