// The Kubernetes objects that an app is rendered to, as far as we set their fields. Plain JSON, applied as it is.
import type { PodTemplate, Volume as UserVolume } from '../../api/wattapp.ts'
import type { KubeObject } from '../client/object.ts'

export interface ConfigMap extends KubeObject { kind: 'ConfigMap', data: Record<string, string> }

export interface ServiceAccount extends KubeObject { kind: 'ServiceAccount', automountServiceAccountToken: false }

export interface Service extends KubeObject {
  kind: 'Service'
  spec: {
    type: 'ClusterIP'
    selector: Record<string, string>
    ports: Array<{ name: string, port: number, targetPort: string, protocol: 'TCP', appProtocol?: string }>
  }
}

export interface Deployment extends KubeObject {
  kind: 'Deployment'
  spec: {
    replicas: number
    revisionHistoryLimit: number
    progressDeadlineSeconds: number
    selector: { matchLabels: Record<string, string> }
    strategy: { type: 'Recreate' } | { type: 'RollingUpdate', rollingUpdate: { maxSurge: number, maxUnavailable: number } }
    template: PodTemplateSpec
  }
}

export interface PodTemplateSpec {
  metadata: { labels: Record<string, string>, annotations?: Record<string, string> }
  spec: PodSpec
}

export interface PodSpec extends Pick<PodTemplate, 'imagePullSecrets' | 'nodeSelector' | 'tolerations'> {
  serviceAccountName: string
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: Record<string, unknown>
  terminationGracePeriodSeconds: number
  topologySpreadConstraints: Array<Record<string, unknown>>
  containers: [Container]
  volumes: Volume[]
}

export interface Container {
  name: 'app'
  image: string
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never'
  ports: Array<{ name: string, containerPort: number, protocol: 'TCP' }>
  env: Array<{ name: string, value: string } | { name: string, valueFrom: { fieldRef: { fieldPath: string } } | { resourceFieldRef: { resource: string, divisor: string } } }>
  resources?: NonNullable<PodTemplate['resources']>
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  securityContext: Record<string, unknown>
  volumeMounts: VolumeMount[]
}

export interface Probe { httpGet: { path: string, port: string }, periodSeconds: number, timeoutSeconds: number, failureThreshold: number }

export interface VolumeMount { name: string, mountPath: string, subPath?: string, readOnly?: boolean }

export type Volume =
  | UserVolume
  | { name: string, projected: { sources: ProjectedSource[] } }
  | { name: string, downwardAPI: { items: Array<{ path: string, resourceFieldRef: { containerName: 'app', resource: string } }> } }

interface KeyFiles { name: string, items: Array<{ key: string, path: string }>, optional?: true }

export type ProjectedSource = { secret: KeyFiles } | { configMap: KeyFiles }
