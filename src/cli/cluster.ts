// The cluster that the kubeconfig (or the pod's service account) names: one connection for one command.
import type { AppStatus } from '../api/app-status.ts'
import type { WattApp } from '../api/wattapp.ts'
import { systemClock } from '../base/clock.ts'
import { connect } from '../operator/client/connection.ts'
import { createKube, get, type Kube } from '../operator/client/kube.ts'
import { collectionPath, objectPath, resources } from '../operator/client/object.ts'
import type { LivePod } from '../operator/slim.ts'
import { errors } from './errors.ts'

export interface ClusterOptions { namespace?: string, context?: string, kubeconfig?: string }

export interface Cluster {
  namespace: string
  /** @throws WATT_APP_NOT_FOUND */
  app: (name: string) => Promise<WattApp>
  pods: (name: string) => Promise<LivePod[]>
  /** What a pod says of itself, by the API server's proxy to its admin port; undefined when it cannot be asked. */
  statusOf: (pod: LivePod) => Promise<AppStatus | undefined>
  /** The log of the pod's one container, as bytes. */
  log: (pod: LivePod, query: { follow: boolean, tailLines?: string, sinceSeconds?: string }, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>
}

/** Calls `use` with a cluster, and lets go of it. @throws WATT_KUBE_NO_CLUSTER */
export async function withCluster<Result> ({ namespace, context, kubeconfig }: ClusterOptions, use: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const connection = await connect(process.env, { ...(kubeconfig !== undefined && { file: kubeconfig }), ...(context !== undefined && { context }) }, systemClock)
  // A quiet log is no broken one: no bound on silence.
  const kube = createKube({ connection, silenceMs: 0 })
  try {
    return await use(clusterOf(kube, namespace ?? connection.namespace))
  } finally {
    await kube.close()
  }
}

function clusterOf (kube: Kube, namespace: string): Cluster {
  return {
    namespace,
    async app (name) {
      const app = await get(kube, resources.wattApp, namespace, name)
      if (app === undefined) throw errors.WATT_APP_NOT_FOUND(name, namespace)
      return app as WattApp & typeof app
    },
    async pods (name) {
      const list = await kube.request('GET', collectionPath(resources.pod, namespace), { query: { labelSelector: `wattapp.dev/app=${name}` } })
      return (list as { items: LivePod[] }).items.sort((one, other) => one.metadata.name < other.metadata.name ? -1 : 1)
    },
    async statusOf ({ metadata }) {
      try {
        const answer = await kube.request('GET', `${objectPath(resources.pod, namespace, `${metadata.name}:9464`)}/proxy/api/v1/status`)
        return isAppStatus(answer) ? answer : undefined
      } catch {
        // A right that is missing, a pod that starts: the figures are a help, not the answer.
        return undefined
      }
    },
    log: async ({ metadata }, { follow, ...query }, signal) =>
      await kube.stream(`${objectPath(resources.pod, namespace, metadata.name)}/log`, { query: { container: 'app', follow: String(follow), ...query }, signal })
  }
}

function isAppStatus (answer: unknown): answer is AppStatus {
  return typeof answer === 'object' && answer !== null && 'services' in answer && Array.isArray(answer.services) &&
    answer.services.every((service: unknown) => typeof service === 'object' && service !== null && 'workers' in service && Array.isArray(service.workers))
}
