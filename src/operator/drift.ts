// Does a live object still say what we last applied? Pure, so that a reconcile that changes nothing sends nothing.
import { annotation } from './render/metadata.ts'
import { canonicalJson, shortHash } from './render/revision.ts'
import type { KubeObject } from './client/object.ts'

/** The object with a mark of its own content. */
export function marked<Wanted extends KubeObject> (wanted: Wanted): Wanted {
  const annotations = { ...wanted.metadata.annotations, [annotation.applied]: shortHash(canonicalJson(wanted)) }
  return { ...wanted, metadata: { ...wanted.metadata, annotations } }
}

/**
 * Paths at which the live object is not as wanted. Empty: nothing to apply.
 * @param wanted marked; a live object with another mark was applied with other fields, some of which may have to go
 * @param settled what the API server made of exactly this object when it was last applied: it rewrites quantities
 *   ("1000m" → "1"), and asking again would not change its mind
 */
export function drift (live: KubeObject, wanted: KubeObject, settled?: unknown): string[] {
  const now = project(live, wanted)
  const paths = differences(now, wanted, '')
  return paths.length === 0 || (settled !== undefined && canonicalJson(now) === canonicalJson(settled)) ? [] : paths
}

/** Of `live`, the fields that `shape` names. What others added to the object is not ours to judge. */
export function project (live: unknown, shape: unknown): unknown {
  if (Array.isArray(shape)) {
    if (!Array.isArray(live)) return live
    const key = keyOfItems(shape)
    if (key === undefined) return shape.length === live.length ? shape.map((item, i) => project(live[i], item)) : live
    return shape.flatMap((item) => {
      const same = live.find((other) => isRecord(other) && isRecord(item) && other[key] === item[key])
      return same === undefined ? [] : [project(same, item)]
    })
  }
  if (!isRecord(shape) || !isRecord(live)) return live
  return Object.fromEntries(Object.keys(shape).map((name) => [name, atomic.has(name) ? live[name] : project(live[name], shape[name])]))
}

// Maps that the API's schemas take as one value: a key that another adds to a Service's selector leaves it without pods.
const atomic = new Set(['selector', 'nodeSelector', 'matchLabels'])

// Lists of things with an identity, to which others may add: by the key that the API's schemas merge them by.
const keys = ['mountPath', 'containerPort', 'port', 'topologyKey', 'uid', 'name']

function keyOfItems (items: unknown[]): string | undefined {
  return items.length === 0 ? undefined : keys.find((key) => items.every((item) => isRecord(item) && key in item))
}

/** Paths of the leaves in which two values differ: `spec.template.spec.containers[app].image`. */
export function differences (a: unknown, b: unknown, at: string): string[] {
  if (Array.isArray(a) && Array.isArray(b)) {
    const key = keyOfItems([...a, ...b])
    if (key === undefined) return canonicalJson(a) === canonicalJson(b) ? [] : [at]
    const names = new Set([...a, ...b].map((item) => String(item[key])))
    return [...names].flatMap((name) => {
      const [x, y] = [a, b].map((items) => items.find((item) => String(item[key]) === name))
      return differences(x, y, `${at}[${name}]`)
    })
  }
  if (isRecord(a) && isRecord(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .flatMap((name) => differences(a[name], b[name], at === '' ? name : `${at}.${name}`))
  }
  return a === b ? [] : [at]
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
