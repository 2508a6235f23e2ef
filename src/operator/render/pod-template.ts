// The app's pod: one container, no sidecar, no credentials, the restricted Pod Security Standard.
import type { AppConfig } from '../../api/app-config.ts'
import { threadPoolSize } from '../../api/thread-pool.ts'
import type { WattApp } from '../../api/wattapp.ts'
import { commonLabels, label, selectorLabels } from './metadata.ts'
import type { Container, PodTemplateSpec } from './objects.ts'
import { graceSeconds, renderProbes } from './probes.ts'
import type { Resources } from './resources.ts'
import { serviceAccountName } from './service-account.ts'
import { renderVolumes } from './volumes.ts'

export const httpPort = 8080
export const adminPort = 9464
/** `nonroot` of distroless images; no number of a person on any node. */
const uid = 65532

/** What is decided outside of the app: see LiveRevision. */
export interface Given { image: string, resources: Resources | undefined, revision: string }

export function renderPodTemplate (app: WattApp, config: AppConfig, { image, resources, revision }: Given): PodTemplateSpec {
  const { metadata, imagePullSecrets, nodeSelector, tolerations } = app.spec.podTemplate ?? {}
  const { volumes, volumeMounts } = renderVolumes(app, revision)
  return {
    metadata: {
      labels: { ...metadata?.labels, ...commonLabels(app), [label.revision]: revision },
      ...(metadata?.annotations !== undefined && { annotations: metadata.annotations })
    },
    spec: {
      serviceAccountName: serviceAccountName(app),
      automountServiceAccountToken: false,
      // A variable for each Service of the namespace: thousands of them slow the start and say nothing.
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: uid,
        // Makes mounted volumes writable for us; changed only where needed, since a large volume takes minutes.
        fsGroup: uid,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' }
      },
      terminationGracePeriodSeconds: graceSeconds(config),
      topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorLabels(app) },
        // Pods of the revision that is leaving do not count, else the new ones are spread around them.
        matchLabelKeys: ['pod-template-hash']
      })),
      ...(imagePullSecrets !== undefined && { imagePullSecrets }),
      ...(nodeSelector !== undefined && { nodeSelector }),
      ...(tolerations !== undefined && { tolerations }),
      containers: [{ ...renderContainer(app, config, image), ...(resources !== undefined && { resources }), volumeMounts }],
      volumes
    }
  }
}

function renderContainer (app: WattApp, config: AppConfig, image: string): Omit<Container, 'volumeMounts'> {
  const { imagePullPolicy } = app.spec
  return {
    name: 'app',
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    ports: [
      { name: 'http', containerPort: httpPort, protocol: 'TCP' },
      { name: 'admin', containerPort: adminPort, protocol: 'TCP' }
    ],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'UV_THREADPOOL_SIZE', value: String(threadPoolSize) }
    ],
    ...renderProbes(config),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] }
    }
  }
}
