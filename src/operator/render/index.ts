// An app → the objects that it is. The operator applies exactly these, `wattapp render` prints them.
import type { AppConfig } from '../../api/app-config.ts'
import { withDefaults } from '../../api/defaults.ts'
import { toAppConfig } from '../../api/to-app-config.ts'
import type { WattApp, WattAppManifest } from '../../api/wattapp.ts'
import { renderConfigMap } from './config-map.ts'
import { renderDeployment } from './deployment.ts'
import type { ConfigMap, Deployment, Service, ServiceAccount } from './objects.ts'
import { renderPodTemplate } from './pod-template.ts'
import { defaultResources, type Resources } from './resources.ts'
import { revisionOf } from './revision.ts'
import { renderService } from './service.ts'
import { renderServiceAccount } from './service-account.ts'

export interface RenderContext {
  /** Image that runs apps whose code is not in an image of their own. */
  runtimeImage: string
  /** Hash of the code of `source.configMap`: tells running pods of new code. Empty when it is not known (no cluster). */
  sourceHash?: string
  /** What the live objects say of the revision in force. */
  live?: LiveRevision | undefined
}

/**
 * An app keeps its runtime image until something of its own rolls it: an upgrade of the operator restarts nobody.
 * So these are carried over as long as the revision stays: also the memory that was asked of the scheduler for an app that
 * says nothing of it, because ceilings may change while the pod runs.
 */
export interface LiveRevision { revision: string, runtimeImage?: string | undefined, firstConfigHash?: string | undefined, resources?: Resources | undefined }

export interface RenderedObjects {
  revision: string
  config: AppConfig
  serviceAccount?: ServiceAccount
  configMap: ConfigMap
  service: Service
  deployment: Deployment
}

/** In the image's place while the revision is computed, so that the operator's own choice of image is no part of it. */
const stockImage = 'wattapp/runtime'

/** @throws RangeError when a duration or a quantity is malformed: validate first */
export function render (manifest: WattApp | WattAppManifest, context: RenderContext): RenderedObjects {
  const app = withDefaults(manifest)
  const { sourceHash = '' } = context
  const config = { ...toAppConfig(app), ...(app.spec.source !== undefined && sourceHash !== '' && { sourceHash }) }
  const asked = app.spec.podTemplate?.resources
  const revision = revisionOf(renderPodTemplate(app, config, { image: app.spec.image ?? stockImage, resources: asked, revision: '' }), config)
  const kept = context.live?.revision === revision ? context.live : undefined
  const runtimeImage = kept?.runtimeImage ?? context.runtimeImage
  const resources = asked ?? kept?.resources ?? defaultResources(app)
  const template = renderPodTemplate(app, config, { image: app.spec.image ?? runtimeImage, resources, revision })
  const serviceAccount = renderServiceAccount(app)
  return {
    revision,
    config,
    ...(serviceAccount !== undefined && { serviceAccount }),
    configMap: renderConfigMap(app, config, revision, kept?.firstConfigHash),
    service: renderService(app),
    deployment: renderDeployment(app, config, { revision, template, ...(app.spec.image === undefined && { runtimeImage }) })
  }
}

/** In the order in which they are applied: what a pod needs before the pod. */
export function inOrder ({ serviceAccount, configMap, service, deployment }: RenderedObjects): Array<ServiceAccount | ConfigMap | Service | Deployment> {
  return [...(serviceAccount === undefined ? [] : [serviceAccount]), configMap, service, deployment]
}
