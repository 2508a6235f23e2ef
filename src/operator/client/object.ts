// The shape that every Kubernetes object has, and the kinds that the operator speaks of. Raw JSON: a typed
// serialiser drops the fields it does not know, and with server-side apply a dropped field is a pruned field.
import type { ObjectMeta as AppMeta } from '../../api/wattapp.ts'

export interface OwnerReference { apiVersion: string, kind: string, name: string, uid: string, controller?: boolean, blockOwnerDeletion?: boolean }

export interface ObjectMeta extends AppMeta {
  ownerReferences?: OwnerReference[]
  managedFields?: unknown[]
}

export interface KubeObject { apiVersion: string, kind: string, metadata: ObjectMeta }

/** A kind, and where the API server keeps it. */
export interface Resource { apiVersion: string, kind: string, plural: string }

export const resources = {
  wattApp: { apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', plural: 'wattapps' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  service: { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  pod: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' },
  event: { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' }
} as const satisfies Record<string, Resource>

/** `/apis/apps/v1/namespaces/shop/deployments`; without a namespace the collection of the whole cluster. */
export function collectionPath ({ apiVersion, plural }: Resource, namespace: string | undefined): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

export function objectPath (resource: Resource, namespace: string, name: string): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`
}

/** `namespace/name`: how caches and the queue name an object. */
export function keyOf (namespace: string, name: string): string {
  return `${namespace}/${name}`
}

export function keyOfObject ({ metadata }: KubeObject): string {
  return keyOf(metadata.namespace ?? '', metadata.name)
}
