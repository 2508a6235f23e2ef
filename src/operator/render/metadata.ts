// Names, labels and owner of what an app is rendered to.
import { apiVersion, kind } from '../../api/schema.ts'
import type { WattApp } from '../../api/wattapp.ts'
import type { ObjectMeta, OwnerReference } from '../client/object.ts'

export const label = {
  app: 'wattapp.dev/app',
  revision: 'wattapp.dev/revision',
  managedBy: 'app.kubernetes.io/managed-by'
} as const

export const annotation = {
  /** Hash of what was last applied: tells a field that we name no more from one that is another's. */
  applied: 'wattapp.dev/applied',
  /** On a Deployment: the runtime image it was rolled with, so that an upgrade of the operator rolls nobody. */
  runtimeImage: 'wattapp.dev/runtime-image',
  /** On a pod: the app config it should hold; changing it makes the kubelet refresh its files at once. */
  configHash: 'wattapp.dev/config-hash',
  /** On a ConfigMap: the app config that its revision began with; pods need no refresh while it is still that. */
  firstConfigHash: 'wattapp.dev/first-config-hash',
  /** On a WattApp: "true" stops reconciling. */
  paused: 'wattapp.dev/paused'
} as const

export const managedBy = 'wattapp-operator'

/**
 * What Deployment and Service select by: our own label alone. Helm and kustomize set `app.kubernetes.io/instance` on
 * what is not ours, and a selector can never be changed.
 */
export function selectorLabels ({ metadata }: WattApp): Record<string, string> {
  return { [label.app]: metadata.name }
}

export function commonLabels ({ metadata }: WattApp): Record<string, string> {
  return {
    'app.kubernetes.io/name': metadata.name,
    'app.kubernetes.io/instance': metadata.name,
    'app.kubernetes.io/part-of': metadata.name,
    [label.managedBy]: managedBy,
    [label.app]: metadata.name
  }
}

/** Without a uid (`wattapp render`, no cluster) there is no owner to name. */
export function childMetadata (app: WattApp, name: string, labels: Record<string, string> = {}): ObjectMeta {
  const { namespace, uid } = app.metadata
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: { ...commonLabels(app), ...labels },
    ...(uid !== undefined && { ownerReferences: [ownerReference(app, uid)] })
  }
}

function ownerReference ({ metadata }: WattApp, uid: string): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid, controller: true, blockOwnerDeletion: true }
}
