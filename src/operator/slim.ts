// What the operator keeps of an object: what it compares, counts or reports. The rest would only cost memory.
import { withDefaults } from '../api/defaults.ts'
import type { WattApp } from '../api/wattapp.ts'
import type { KubeObject, ObjectMeta } from './client/object.ts'
import { annotation } from './render/metadata.ts'

export interface LiveDeployment extends KubeObject {
  spec: { replicas?: number, template: unknown }
  status: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    conditions?: Array<{ type: string, status: string, reason?: string, message?: string }>
  }
}

export interface LiveConfigMap extends KubeObject { data?: Record<string, string> }

export interface LivePod extends KubeObject {
  status: {
    phase?: string
    podIP?: string
    conditions?: Array<{ type: string, status: string, reason?: string, message?: string }>
    containerStatuses?: Array<{
      restartCount: number
      state?: { waiting?: { reason?: string, message?: string } }
      lastState?: { terminated?: { reason?: string, exitCode?: number } }
    }>
  }
}

const ours = new Set<string>(Object.values(annotation))

function slimMetadata ({ name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, labels, annotations, ownerReferences }: ObjectMeta): ObjectMeta {
  const kept = Object.entries(annotations ?? {}).filter(([key]) => ours.has(key))
  const annotationsKept = kept.length === 0 ? undefined : Object.fromEntries(kept)
  const metadata = { namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, labels, annotations: annotationsKept, ownerReferences }
  return { name, ...Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)) }
}

/** Everything, since we compare all that we set; without other people's annotations. */
export function slimObject<Kept extends KubeObject> (object: KubeObject): Kept {
  return { ...object, metadata: slimMetadata(object.metadata) } as Kept
}

/** With every default: the API server has filled them in, unless the object was stored before a field had one. */
export function slimApp (object: KubeObject): WattApp & KubeObject {
  const slim = slimObject<WattApp & KubeObject>(object)
  return { ...slim, ...withDefaults(slim), metadata: slim.metadata }
}

export function slimPod (object: KubeObject): LivePod {
  const { status } = object as LivePod
  const { apiVersion, kind, metadata } = object
  return {
    apiVersion,
    kind,
    metadata: slimMetadata(metadata),
    status: {
      ...(status.phase !== undefined && { phase: status.phase }),
      ...(status.podIP !== undefined && { podIP: status.podIP }),
      conditions: (status.conditions ?? []).filter(({ type }) => type === 'Ready' || type === 'PodScheduled'),
      containerStatuses: status.containerStatuses ?? []
    }
  }
}
