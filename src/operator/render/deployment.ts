// The app's one Deployment. Equal apps give byte-equal objects: no clock, no chance, no operator version.
import type { AppConfig } from '../../api/app-config.ts'
import type { WattApp } from '../../api/wattapp.ts'
import { annotation, childMetadata, label, selectorLabels } from './metadata.ts'
import type { Deployment, PodTemplateSpec } from './objects.ts'
import { startSeconds } from './probes.ts'

export interface Rolled { revision: string, template: PodTemplateSpec, runtimeImage?: string }

export function renderDeployment (app: WattApp, config: AppConfig, { revision, template, runtimeImage }: Rolled): Deployment {
  const metadata = childMetadata(app, app.metadata.name, { [label.revision]: revision })
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, ...(runtimeImage !== undefined && { annotations: { [annotation.runtimeImage]: runtimeImage } }) },
    spec: {
      replicas: app.spec.replicas,
      // For people to look at. Going back is done by the app's own spec; `kubectl rollout undo` would be put back.
      revisionHistoryLimit: 2,
      // Not given up while a pod may still be within its start time.
      progressDeadlineSeconds: startSeconds(config) + 60,
      selector: { matchLabels: selectorLabels(app) },
      strategy: app.spec.rollout.type === 'Recreate'
        ? { type: 'Recreate' }
        : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template
    }
  }
}
