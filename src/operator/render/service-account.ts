// The identity of the app's pods: no token is mounted, so it can do nothing; it is there to be named, in policies and logs.
import type { WattApp } from '../../api/wattapp.ts'
import { childMetadata } from './metadata.ts'
import type { ServiceAccount } from './objects.ts'

/** None when the app brings its own. */
export function renderServiceAccount (app: WattApp): ServiceAccount | undefined {
  if (app.spec.podTemplate?.serviceAccountName !== undefined) return undefined
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: childMetadata(app, app.metadata.name),
    automountServiceAccountToken: false
  }
}

export function serviceAccountName ({ metadata, spec }: WattApp): string {
  return spec.podTemplate?.serviceAccountName ?? metadata.name
}
