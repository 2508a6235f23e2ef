// What can go wrong between the operator and the API server.
import { errorTable, WattError } from '../../base/error.ts'

export const errors = errorTable({
  WATT_KUBE_NO_CLUSTER: {
    status: 500,
    message: (where: string) => `no cluster to talk to: ${where}`,
    hint: 'run inside a pod with a service account, set KUBECONFIG, or pass --kubeconfig and --context'
  },
  WATT_KUBE_UNREACHABLE: {
    status: 503,
    message: (method: string, path: string, why: string) => `${method} ${path}: the API server did not answer: ${why}`,
    hint: 'check that the address of the kubeconfig is right and reachable from here'
  },
  WATT_KUBE_BAD_ANSWER: {
    status: 502,
    message: (path: string, why: string) => `${path}: the API server's answer is not JSON: ${why}`,
    hint: 'something between here and the API server (a proxy?) answers in its place'
  },
  WATT_KUBE_FENCED: {
    status: 409,
    message: (method: string, path: string) => `${method} ${path} was not sent: another operator may lead by now`,
    hint: 'nothing to do: the leader carries on with the work'
  }
})

/** The API server's own refusal: its HTTP status, and the `reason` and `message` of its Status object. */
export class KubeError extends WattError {
  readonly reason: string
  /** Milliseconds after which the server wants to be asked again, if it said so. */
  readonly retryAfterMs: number | undefined

  constructor (status: number, reason: string, message: string, retryAfterMs?: number) {
    super('WATT_KUBE_REFUSED', status, message, 'read the reason; a right may be missing from the role', undefined)
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

export function isNotFound (thrown: unknown): boolean {
  return thrown instanceof KubeError && thrown.status === 404
}

/** The resource version is too old to go on from: list again. */
export function isGone (thrown: unknown): boolean {
  return thrown instanceof KubeError && (thrown.status === 410 || thrown.reason === 'Expired' || thrown.reason === 'Gone')
}
