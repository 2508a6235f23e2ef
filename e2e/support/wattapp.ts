// A WattApp as a test sees it.
import { get, kubectl, list, type KubeObject } from './kubectl.ts'
import { until } from './wait.ts'

export interface Condition { type: string, status: string, reason: string, message: string, observedGeneration: number }
export interface ServiceEntry { name: string, ready: number, workers: number, restarts: number, message?: string }

export function conditionOf (app: KubeObject, type: string): Condition | undefined {
  const conditions = app.status?.['conditions'] as Condition[] | undefined
  return conditions?.find((condition) => condition.type === type)
}

export function serviceOf (app: KubeObject, name: string): ServiceEntry | undefined {
  return (app.status?.['services'] as ServiceEntry[] | undefined)?.find((service) => service.name === name)
}

/** Waits until the condition has this status for the newest generation. */
export function untilCondition (name: string, namespace: string, type: string, status: string, timeoutMs = 120_000): Promise<KubeObject> {
  return until(`${name} ${type}=${status}`, async () => {
    const app = await get('wattapp', name, namespace)
    const condition = conditionOf(app, type)
    if (condition === undefined) throw new Error('no such condition yet')
    if (condition.status !== status || condition.observedGeneration !== app.metadata.generation) {
      throw new Error(JSON.stringify(app.status?.['conditions']))
    }
    return app
  }, timeoutMs)
}

/** Pods of the app that are not going away. */
export async function podsOf (name: string, namespace: string): Promise<KubeObject[]> {
  const pods = await list('pods', namespace, `wattapp.dev/app=${name}`)
  return pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
}

export function isReady (pod: KubeObject): boolean {
  const conditions = pod.status?.['conditions'] as Condition[] | undefined
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

/** A GET of a pod's admin port, through the API server. */
export function admin (pod: KubeObject, path: string): Promise<string> {
  return kubectl(['get', '--raw', `/api/v1/namespaces/${pod.metadata.namespace ?? 'default'}/pods/${pod.metadata.name}:9464/proxy${path}`])
}
