// What an app no longer asks for: owned minus wanted, when nothing that runs needs it any more.
import { label } from './render/metadata.ts'
import type { KubeObject } from './client/object.ts'

export interface PruneInput<Owned extends KubeObject> {
  /** Of the kinds we render, all that name this app as their controller, and so are ours to delete. */
  owned: readonly Owned[]
  wanted: readonly KubeObject[]
  /** Revisions of the pods that exist, the leaving ones too: until a pod is gone its files must be there. */
  podRevisions: ReadonlySet<string>
  /** The Deployment has no pods of an older revision, and will make none. */
  isRolledOut: boolean
}

/**
 * Nothing goes while a roll is under way: the old ReplicaSet may still have to replace a lost pod, which needs its
 * ConfigMap and ServiceAccount.
 */
export function prune<Owned extends KubeObject> ({ owned, wanted, podRevisions, isRolledOut }: PruneInput<Owned>): Owned[] {
  if (!isRolledOut) return []
  const keep = new Set(wanted.map(nameOf))
  return owned.filter((object) => !keep.has(nameOf(object)) && object.metadata.deletionTimestamp === undefined &&
    !podRevisions.has(object.metadata.labels?.[label.revision] ?? ''))
}

/** Is the object controlled by the app with this uid? Names can be the same by chance; uids cannot. */
export function isOwnedBy ({ metadata }: KubeObject, uid: string | undefined): boolean {
  return uid !== undefined && metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) === true
}

function nameOf ({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`
}
